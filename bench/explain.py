"""Which indexes the databases use, and which big tables they read from end to end."""

import re
from collections.abc import Iterable, Iterator
from time import perf_counter
from typing import Any

from bench.databases import SQLITE, Database
from bench.timing import Figures

#: Reading one of these whole costs more with every family.
BIG = frozenset({"task", "case", "case_member", "family", "person", "process_instance", "timer"})
Plan = dict[str, Any]


def explain(database: Database, statements: Iterable[tuple[str, Any]]) -> Figures:
    """Index names, and big tables that are scanned without one."""
    indexes: set[str] = set()
    scanned: set[str] = set()
    look = _sqlite if database.name == SQLITE else _postgres
    with database.reading.connect() as connection:
        for text, parameters in statements:
            if not text.startswith(("SELECT", "WITH")):
                continue
            for index, table in look(connection.connection.dbapi_connection, text, parameters):
                if index:
                    indexes.add(index)
                elif table in BIG:
                    scanned.add(table)
    return {"indexes": sorted(indexes), "read_whole": sorted(scanned)}


def replay(database: Database, statements: Iterable[tuple[str, Any]]) -> float:
    """The seconds the same statements take through the bare driver: the database's own share."""
    with database.reading.connect() as connection:
        cursor = connection.connection.dbapi_connection.cursor()  # type: ignore[union-attr]
        began = perf_counter()
        for text, parameters in statements:
            cursor.execute(text, parameters)
            cursor.fetchall()
        return perf_counter() - began


def _sqlite(connection: Any, text: str, parameters: Any) -> Iterator[tuple[str, str]]:
    for *_, detail in connection.execute(f"EXPLAIN QUERY PLAN {text}", parameters):
        if found := re.search(r"USING (?:COVERING )?INDEX (\w+)", detail):
            yield found[1], ""
        elif found := re.match(r'SCAN "?(\w+)', detail):
            yield "", found[1]


def _postgres(connection: Any, text: str, parameters: Any) -> Iterator[tuple[str, str]]:
    (plans,) = connection.execute(f"EXPLAIN (FORMAT JSON) {text}", parameters).fetchone()
    yield from _walk(plans[0]["Plan"])


def _walk(plan: Plan) -> Iterator[tuple[str, str]]:
    if "Index Name" in plan:
        yield plan["Index Name"], ""
    elif plan["Node Type"] == "Seq Scan":
        yield "", plan["Relation Name"]
    for below in plan.get("Plans", ()):
        yield from _walk(below)
