"""What a family is found by: each of its names, from every letter on, one row a case.

A part of a name is the beginning of one of these rows, so an index finds it wherever in the name
it stands, on every database and without an extension. The rows follow families, people and cases
by themselves, in the same transaction; nothing else writes them.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Connection,
    Integer,
    Select,
    String,
    TextClause,
    bindparam,
    column,
    event,
    func,
    inspect,
    select,
    table,
    text,
    union,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db import Base
from app.prepared import Prepared

#: Letters kept of each row. Whoever searches for more is answered from the names themselves.
KEPT = 32
#: Comes after every letter there is, in the order the rows have.
LAST = "\U0010ffff"
#: Up to so many cases of a name are looked up one by one.
FEW = 8_000


class CaseName(Base):
    """Derived, so without a foreign key; ``of_family`` is 1 where the family is called so."""

    __tablename__ = "case_name"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    #: Compared letter by letter on every database.
    part: Mapped[str] = mapped_column(
        String().with_variant(String(collation="C"), "postgresql"), primary_key=True
    )
    case_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    of_family: Mapped[int]


NAMES = """
    WITH RECURSIVE named (case_id, name_key, of_family) AS (
        SELECT c.id, f.name_key, 1 FROM "case" c
        JOIN family f ON f.id = c.family_id WHERE {which}
        UNION ALL
        SELECT c.id, p.name_key, 0 FROM "case" c
        JOIN person p ON p.family_id = c.family_id WHERE {which}
    ), place (start) AS (
        SELECT 1 UNION ALL
        SELECT start + 1 FROM place
        WHERE start < (SELECT coalesce(max(length(name_key)), 0) FROM named)
    )
    INSERT INTO case_name (part, case_id, of_family)
    SELECT substr(name_key, start, {kept}), case_id, max(of_family)
    FROM named JOIN place ON start <= length(name_key)
    WHERE substr(name_key, start, 1) <> ' '
    GROUP BY substr(name_key, start, {kept}), case_id
    ORDER BY 1, 2
    ON CONFLICT (part, case_id) DO UPDATE
    SET of_family = excluded.of_family WHERE case_name.of_family < excluded.of_family
"""
OF_ALL = text(NAMES.format(kept=KEPT, which="true"))
OF_FAMILY = text(NAMES.format(kept=KEPT, which="c.family_id = :which"))
OF_CASE = text(NAMES.format(kept=KEPT, which="c.id = :which"))
# Reads all rows: nobody corrects a name often enough for an index on the case.
FORGET_FAMILY = text(
    'DELETE FROM case_name WHERE case_id IN (SELECT id FROM "case" WHERE family_id = :which)'
)
FORGET_CASE = text("DELETE FROM case_name WHERE case_id = :which")


ROWS = Base.metadata.tables[CaseName.__tablename__]


def _called(*, families_only: bool) -> CompoundSelect[Any]:
    found = _beginning(families_only).with_only_columns(ROWS.c.case_id).distinct().subquery()
    cases = table("case", column("id", Integer), column("reference", String))
    return union(
        select(found.c.case_id),
        select(cases.c.id).where(cases.c.reference == bindparam("reference")),
    )


def _beginning(families_only: bool) -> Select[Any]:
    rows = select(ROWS).where(ROWS.c.part >= bindparam("begins"), ROWS.c.part < bindparam("ends"))
    if families_only:
        rows = rows.where(ROWS.c.of_family == 1)
    return rows.limit(bindparam("most_called", type_=Integer))


def _many(*, families_only: bool) -> Prepared:
    some = _beginning(families_only).with_only_columns(ROWS.c.case_id).subquery()
    return Prepared(select(func.count()).select_from(some))


#: ``case_id`` of up to ``most_called`` cases with such a name, or with this reference. Of all
#: names, or of families only; asked with the values of a ``Search``.
CALLED = {only: _called(families_only=only) for only in (False, True)}
MANY = {only: _many(families_only=only) for only in (False, True)}


@dataclass(frozen=True)
class Search:
    """What somebody typed, as the statements of lists take it.

    ``few``: so few cases are called so that looking each of them up is quicker than going through
    a list in its order until enough are found.
    """

    values: dict[str, Any]
    few: bool
    #: Longer than the rows: the names themselves have the last word.
    is_long: bool


def search_for(session: Session, typed: str, *, families_only: bool = False) -> Search:
    key = name_key(typed)
    begins = key[:KEPT]
    for sign in "/%_":
        key = key.replace(sign, f"/{sign}")
    values = {
        "begins": begins,
        "ends": begins + LAST,
        "pattern": f"%{key}%",
        "reference": typed.strip().upper(),
        "most_called": FEW + 1,
    }
    found = MANY[families_only].first(session, values)
    few = found is not None and found[0] <= FEW
    return Search(values, few, len(begins) == KEPT)


def name_key(name: str) -> str:
    """A name folded for comparing: case and spacing do not count."""
    return " ".join(name.casefold().split())


def keep_up(family: type[Any], person: type[Any], case: type[Any]) -> None:
    """Let the rows follow whatever a session writes about these."""

    def joins(_mapper: object, connection: Connection, someone: Any) -> None:
        _write(connection, OF_FAMILY, someone.family_id)

    def leaves(_mapper: object, connection: Connection, someone: Any) -> None:
        _write(connection, FORGET_FAMILY, someone.family_id)
        _write(connection, OF_FAMILY, someone.family_id)

    def renamed(_mapper: object, connection: Connection, someone: Any) -> None:
        if _changed(someone, "name_key"):
            number = someone.id if isinstance(someone, family) else someone.family_id
            _write(connection, FORGET_FAMILY, number)
            _write(connection, OF_FAMILY, number)

    def matched(_mapper: object, connection: Connection, one: Any) -> None:
        if not _changed(one, "family_id"):
            return
        if any(inspect(one).attrs.family_id.history.deleted or ()):
            _write(connection, FORGET_CASE, one.id)
        if one.family_id is not None:
            _write(connection, OF_CASE, one.id)

    event.listen(person, "after_insert", joins)
    event.listen(person, "after_delete", leaves)
    event.listen(person, "after_update", renamed)
    event.listen(family, "after_update", renamed)
    event.listen(case, "after_insert", matched)
    event.listen(case, "after_update", matched)


def _changed(row: object, column: str) -> bool:
    return bool(inspect(row).attrs[column].history.has_changes())


def _write(connection: Connection, statement: TextClause, number: int) -> None:
    connection.execute(statement, {"which": number})


def write_all(connection: Connection) -> None:
    """For rows that were written past a session."""
    connection.execute(OF_ALL)
