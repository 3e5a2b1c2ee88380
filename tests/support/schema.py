"""Makes all tables, and empties them again quickly."""

import importlib
import importlib.util
import pkgutil

from sqlalchemy import Engine

import app
from app.db import Base


def create_tables(engine: Engine) -> None:
    """Every table of every package."""
    for package in pkgutil.iter_modules(app.__path__, "app."):
        if package.ispkg and importlib.util.find_spec(f"{package.name}.models"):
            importlib.import_module(f"{package.name}.models")
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
