"""Makes all tables, and empties them again quickly."""

import importlib
from pathlib import Path

from sqlalchemy import Engine

import app
from app.db import Base


def create_tables(engine: Engine) -> None:
    """Every table of every package."""
    for models in sorted(Path(app.__path__[0]).glob("*/models.py")):
        importlib.import_module(f"app.{models.parent.name}.models")
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)


def empty_tables(engine: Engine) -> None:
    """Delete all rows. References are not checked meanwhile, so any order will do."""
    is_sqlite = engine.dialect.name == "sqlite"
    quote = engine.dialect.identifier_preparer.quote
    with engine.begin() as connection:
        off = (
            "PRAGMA defer_foreign_keys=ON"
            if is_sqlite
            else "SET LOCAL session_replication_role = replica"
        )
        connection.exec_driver_sql(off)
        for name in Base.metadata.tables:
            connection.exec_driver_sql(f"DELETE FROM {quote(name)}")
