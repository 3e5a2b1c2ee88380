"""Why a process did what it did: the rows of tables that applied, and what had no answer."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, cast, select
from sqlalchemy.orm import Session

from app.runtime.models import ProcessInstance
from app.runtime.records import StepHistory

#: What an expression says of a fact that nobody has given yet. Diagrams ask for those on purpose.
NOT_GIVEN_YET = "nothing is called"
#: Words of ours before a name that the diagram or table gives; other quotations may be answers.
_NAMED = re.compile(
    r"(?P<kept>(?:Table|input|output|Decision|Input|argument|is called|function) )?“(?P<text>[^”]*)”"
)
#: Rows of history that one list is made from.
MOST_ROWS = 1_000


@dataclass(frozen=True)
class Ruling:
    """A table that was asked, and the rows that applied, as their authors describe them."""

    at: datetime
    instance_id: int
    element_id: str
    name: str
    rows: tuple[str, ...]


@dataclass(frozen=True)
class Unanswered:
    """Something an element could not work out, how often, and when last."""

    element_id: str
    name: str
    reason: str
    times: int
    last: datetime


def rulings(
    session: Session, case_id: int, *, before: datetime | None = None, size: int = 50
) -> list[Ruling]:
    """The tables that the processes of a case asked, the newest first."""
    query = (
        select(StepHistory)
        .join(ProcessInstance, ProcessInstance.id == StepHistory.instance_id)
        .where(ProcessInstance.case_id == case_id, cast(StepHistory.fired, String) != "[]")
        .order_by(StepHistory.at.desc(), StepHistory.id.desc())
        .limit(size)
    )
    if before is not None:
        query = query.where(StepHistory.at < before)
    return [
        Ruling(row.at, row.instance_id, row.element_id, row.name, tuple(rows_in_words(row.fired)))
        for row in session.scalars(query)
    ]


def rows_in_words(fired: Iterable[dict[str, object]]) -> Iterator[str]:
    """What each row says; of which table, where several were asked on the way to the answer."""
    fired = list(fired)
    several = len({rule.get("table") for rule in fired}) > 1
    for rule in fired:
        table = f"{rule['table']}: " if several and rule.get("table") else ""
        said = rule.get("description") or f"Row {rule.get('number') or rule.get('rule_id')}"
        yield f"{table}{said}"


def unanswered(session: Session, process_id: str, since: datetime) -> list[Unanswered]:
    """What expressions and tables of a process could not work out, the most frequent first.

    Says nothing about any family, so that whoever draws the process may read it.
    """
    query = (
        select(StepHistory)
        .where(
            StepHistory.process_id == process_id,
            StepHistory.problems.is_not(None),
            StepHistory.at >= since,
        )
        .order_by(StepHistory.at.desc())
        .limit(MOST_ROWS)
    )
    found: dict[tuple[str, str], Unanswered] = {}
    for row in session.scalars(query):
        for problem in row.problems or ():
            if NOT_GIVEN_YET in problem:
                continue
            reason = _without_answers(problem)
            key = row.element_id, reason
            known = found.get(key)
            times, last = (known.times + 1, known.last) if known else (1, row.at)
            found[key] = Unanswered(row.element_id, row.name, reason, times, last)
    return sorted(found.values(), key=lambda each: (-each.times, each.element_id, each.reason))


def _without_answers(problem: str) -> str:
    """The problem without what somebody answered: a quotation that the expression lacks."""

    def shown(match: re.Match[str]) -> str:
        known = match["kept"] or problem.count(match["text"]) > 1
        return match[0] if known else "“…”"

    return _NAMED.sub(shown, problem)
