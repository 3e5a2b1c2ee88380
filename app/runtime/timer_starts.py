"""Processes that begin by the calendar: one row for each process and area says when next."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app import clock, feel
from app.definitions.live import effective, live_pack
from app.definitions.models import Kind
from app.definitions.packs import Pack
from app.engine.moments import next_start
from app.identity.models import Area
from app.runtime.actor import STARTS
from app.runtime.postpone import WAITS
from app.runtime.records import TimerStart
from app.runtime.step import start_process


def sync_starts(session: Session) -> None:
    """Bring the rows in line with what is live: new ones wait for their next moment from now."""
    wanted: dict[tuple[str, str], tuple[str, Pack]] = {}
    for area in session.scalars(select(Area)):
        pack = live_pack(session, area.pack)
        for process_id, version in effective(session, Kind.BPMN, pack).items():
            if version.start_timer:
                wanted[process_id, area.id] = (version.start_timer, pack)
    _add_missing(session, wanted)
    for row in session.scalars(select(TimerStart).with_for_update(skip_locked=True)):
        if (row.process_id, row.area_id) not in wanted:
            session.delete(row)
            continue
        timer, pack = wanted[row.process_id, row.area_id]
        if row.timer != timer:
            row.timer = timer
            row.next_at = row.try_at = next_moment(timer, pack, row.area_id, clock.now())


def _add_missing(session: Session, places: Iterable[tuple[str, str]]) -> None:
    """Rows without a timer yet; another worker may add the same ones at the same moment."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    rows = [
        {"process_id": process_id, "area_id": area_id, "timer": "", "attempts": 0, "problem": ""}
        for process_id, area_id in sorted(places)
    ]
    if rows:
        session.execute(insert(TimerStart).values(rows).on_conflict_do_nothing())


def next_moment(timer: str, pack: Pack, area_id: str, after: datetime) -> datetime | None:
    """When a timer start comes round next after a moment; it may be FEEL over the parameters."""
    if not timer.startswith("="):
        return next_start(timer, after)
    known = {"parameters": feel.from_json(dict(pack.parameters)), "area": area_id}
    environment = feel.Environment(now=after, calendar=pack.calendar)
    value = feel.to_json(feel.parse(timer[1:]).evaluate(known, environment).value)
    return next_start(str(value), after)


def start(session: Session, row: TimerStart) -> None:
    """Start the process of a due row, which the caller's transaction has locked."""
    moment = row.next_at or clock.now()
    pack = live_pack(session, session.get_one(Area, row.area_id).pack)
    facts = {"started_for": moment.isoformat()}
    start_process(session, row.process_id, area_id=row.area_id, facts=facts, actor=STARTS)
    row.last_at, row.attempts, row.problem = moment, 0, ""
    row.next_at = row.try_at = next_moment(row.timer, pack, row.area_id, moment)


def postpone_start(session: Session, process_id: str, area_id: str, problem: str) -> None:
    """Try again later; the problem is shown until it worked."""
    row = session.get_one(TimerStart, (process_id, area_id), with_for_update=True)
    row.try_at = clock.now() + WAITS[min(row.attempts, len(WAITS) - 1)]
    row.attempts += 1
    row.problem = problem
