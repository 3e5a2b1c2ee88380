"""How long a person waits for lists when a council has 100,000 open tasks, or a million."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeAlias

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.cases.families import CaseFilters, list_cases
from app.cases.visible import Viewer, sees_case
from app.db import reading
from app.runtime.models import Task
from app.tasks import inbox
from app.tasks.inbox import Filters
from app.tasks.paging import Order
from app.tasks.upcoming import upcoming
from app.tasks.waiting_decisions import waiting_decisions
from bench.council import Council
from bench.crowd import FIRST, Crowd, gather
from bench.databases import Database
from bench.explain import explain, replay
from bench.sizes import Sizes
from bench.timing import Figures, milliseconds, ms, percentile, say, timed, undisturbed

#: One family of 110 is called so: a common surname and then some.
COMMON = "ashley"
#: One look of a viewer; the text is what they search for.
Look: TypeAlias = Callable[[Session, Viewer, str], object]

LOOKS: dict[str, Look] = {
    "mine": lambda session, viewer, _: inbox.mine(session, viewer, Filters()),
    "mine_by_family": lambda session, viewer, _: inbox.mine(
        session, viewer, Filters(order=Order.FAMILY)
    ),
    "mine_next_page": lambda session, viewer, _: _second_page(session, viewer),
    "mine_search": lambda session, viewer, text: inbox.mine(session, viewer, Filters(text=text)),
    "team": lambda session, viewer, _: inbox.team(session, viewer, Filters()),
    "team_search": lambda session, viewer, text: inbox.team(session, viewer, Filters(text=text)),
    "team_search_common": lambda session, viewer, _: inbox.team(
        session, viewer, Filters(text=COMMON)
    ),
    "team_by_family": lambda session, viewer, _: inbox.team(
        session, viewer, Filters(order=Order.FAMILY)
    ),
    "waiting": lambda session, viewer, _: inbox.waiting(session, viewer, Filters()),
    "coming_up": lambda session, viewer, _: upcoming(session, viewer),
    "counts": lambda session, viewer, _: inbox.counts(session, viewer),
    "decisions": lambda session, viewer, _: waiting_decisions(session, viewer),
    "families": lambda session, viewer, _: list_cases(session, viewer, CaseFilters()),
    "families_search": lambda session, viewer, text: list_cases(
        session, viewer, CaseFilters(text=text)
    ),
    "families_search_common": lambda session, viewer, _: list_cases(
        session, viewer, CaseFilters(text=COMMON)
    ),
    "may_see_a_case": lambda session, viewer, _: sees_case(session, viewer, FIRST),
}


def measure(councils: Sequence[Council], sizes: Sizes) -> Figures:
    """Every viewer opens every list; the databases take turns."""
    crowds = []
    for council in councils:
        say(f"inbox: writing {sizes.open_tasks} open tasks, {council.database.name}")
        crowds.append(gather(council.database.writing, sizes.open_tasks, sizes.viewers))
    figures: Figures = {"open_tasks": _open_tasks(councils[0].database)}
    for name, look in LOOKS.items():
        say(f"inbox: {name}")
        places = zip(councils, crowds, strict=True)
        figures[name] = {
            council.database.name: _looked(council.database, crowd, look, sizes.looks)
            for council, crowd in places
        }
    return figures


def _looked(database: Database, crowd: Crowd, look: Look, times: int) -> Figures:
    """Nobody's first look is timed: it compiles the statements."""
    database.use()
    pairs = list(zip(crowd.viewers, crowd.names, strict=True))
    _once(look, *pairs[0])
    took = []
    with undisturbed():
        for _ in range(times):
            took += [timed(partial(_once, look, *pair)) for pair in pairs]
    asked = []
    for pair in pairs:
        with database.remembering() as seen:
            _once(look, *pair)
        asked.append(seen)
    inside = [replay(database, seen) for seen in asked]
    return {
        **milliseconds(took),
        "database_ms_p50": ms(percentile(inside, 50)),
        "database_ms_p95": ms(percentile(inside, 95)),
        "statements": max(len(seen) for seen in asked),
        **explain(database, [each for seen in asked[:6] for each in seen]),
    }


def _once(look: Look, viewer: Viewer, text: str) -> None:
    with reading() as session:
        look(session, viewer, text)


def _second_page(session: Session, viewer: Viewer) -> object:
    first = inbox.mine(session, viewer, Filters(size=5))
    return inbox.mine(session, viewer, Filters(size=5, after=first.following))


def _open_tasks(database: Database) -> int:
    database.use()
    with reading() as session:
        count = select(func.count()).select_from(Task).where(Task.done_at.is_(None))
        return session.scalar(count) or 0
