"""Fills an empty database with fictional people and families.

Families are not inserted: the real engine is run with scripted answers under a moved clock, so
that history, audit, clocks and diagrams are true.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, select

from app import clock, db
from app.audit.models import AuditEvent
from app.audit.record import record
from app.definitions.live import pack_of_area
from app.demo.days import Days
from app.demo.people import add_people
from app.demo.player import Player
from app.demo.stories import Story, read_stories
from app.errors import AppError
from app.identity.models import User

BEGUN, FINISHED = "demonstration.begun", "demonstration.finished"
ACTOR = "system:demonstration"
#: Whose calendar of working days the stories are laid out by; all areas share the bank holidays.
CALENDAR_OF = "starter"


class DemonstrationHalfMade(AppError):
    """The demonstration families were only half made. Run `make reset`, then start again."""


def is_wanted() -> bool:
    """Whether nobody is there yet; a database with people of its own is left alone.

    Raises:
        DemonstrationHalfMade: an earlier start was interrupted while it was being made.
    """
    with db.reading() as session:
        marks = set(
            session.scalars(
                select(AuditEvent.action).where(AuditEvent.action.in_((BEGUN, FINISHED)))
            )
        )
        people = session.scalar(select(func.count()).select_from(User)) or 0
    if marks == {BEGUN}:
        raise DemonstrationHalfMade
    return not people


def load_demo() -> int:
    """Make the demonstration in an empty database; returns how many stories were played.

    Dates count from today; the same seed gives the same stories.
    """
    with db.transaction() as session:
        record(session, actor=ACTOR, action=BEGUN)
        add_people(session)
        calendar = pack_of_area(session, CALENDAR_OF).calendar
    days = Days(clock.now().astimezone(clock.LONDON), calendar)
    stories = read_stories(days)
    play(stories, days)
    with db.transaction() as session:
        record(session, actor=ACTOR, action=FINISHED, detail={"stories": len(stories)})
    return len(stories)


def play(stories: Sequence[Story], days: Days) -> Player:
    """Play stories from the first step of any to now, the weekly panel with them."""
    player = Player(days)
    if panels := [step.moment for story in stories if not story.family for step in story.steps]:
        player.start_calendar(min(panels) - timedelta(days=9))
    player.play(stories)
    return player
