"""Keeps a filled database in memory, so that the next test starts from it at once."""

from typing import Any

from sqlalchemy import insert, select

from app import db
from app.db import Base

Rows = dict[str, list[dict[str, Any]]]


def take() -> Rows:
    """All rows of all tables, in the order in which they were written."""
    with db.write_engine().connect() as connection:
        return {
            table.name: [
                dict(row)
                for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()
            ]
            for table in Base.metadata.sorted_tables
        }


def put_back(rows: Rows) -> None:
    """Insert them again, with the ids they had."""
    with db.write_engine().begin() as connection:
        for table in Base.metadata.sorted_tables:
            if found := rows.get(table.name):
                connection.execute(insert(table), found)
