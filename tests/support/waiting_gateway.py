"""A case whose assessment waits for its supervisor, for tests that try to get past them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db import reading, transaction
from app.identity.models import User
from app.identity.permissions import Role
from app.runtime.models import ProcessInstance, Task
from app.runtime.records import StepHistory
from app.runtime.step import live_processes
from app.tasks.policy import refusal_to_decide
from tests.support import snapshot
from tests.support.shipped import cast_of, open_for_business
from tests.support.story_driver import StoryDriver
from tests.support.storyteller import Story

UP_TO_GATEWAY = (
    "weigh_first_signs",
    "choose_level",
    "explain_sharing",
    "record_agreement",
    "prepare_assessment",
    "hear_the_family",
    "weigh_up_needs",
    "recommend_level",
)
GATEWAY = "decide_help"
ONWARD = "decide_help_to_register_team_plan"
#: Ways out of the gateway, as their flows begin.
OUT = "decide_help_to_%"


@dataclass(frozen=True)
class Waiting:
    """A gateway that waits, and the last work before it, which is done."""

    story: Story
    gateway: Task
    done: Task

    def user(self, role: Role, number: int = 0) -> User:
        return self.story.cast.one(role, number)

    def has_moved(self) -> bool:
        """Whether the token has left by one of the gateway’s ways."""
        with reading() as session:
            return has_moved_in(session, self.gateway)

    def state(self) -> tuple[object, ...]:
        """Everything that a step would change."""
        with reading() as session:
            instance = session.get_one(ProcessInstance, self.gateway.instance_id)
            steps = select(func.count()).where(StepHistory.instance_id == instance.id)
            is_open = session.get_one(Task, self.gateway.id).done_at is None
            return instance.lock_version, instance.state, session.scalar(steps), is_open


def has_moved_in(session: Session, gateway: Task) -> bool:
    left = select(func.count()).where(
        StepHistory.instance_id == gateway.instance_id, StepHistory.flow_id.like(OUT)
    )
    return bool(session.scalar(left))


_begun: list[snapshot.Rows] = []


def wait_at_gateway(driver: StoryDriver) -> Waiting:
    """Played once; after that the rows are put back as they were."""
    if _begun:
        snapshot.put_back(_begun[0])
        story = Story(cast_of("starter"), driver)
        story.case_id = _begun_case(_begun[0])
    else:
        story = Story(open_for_business("starter"), driver)
        story.concern()
        story.does_all(*UP_TO_GATEWAY)
        _begun.append(snapshot.take())
    return at_the_gateway(story)


def _begun_case(rows: snapshot.Rows) -> int:
    return int(rows["case"][0]["id"])


def at_the_gateway(story: Story) -> Waiting:
    with reading() as session:
        done = session.scalars(select(Task).where(Task.element_id == "recommend_level")).one()
    return Waiting(story, story.task(GATEWAY), done)


@contextmanager
def taken_back() -> Iterator[Session]:
    """A transaction of which nothing is kept, whatever happened in it."""
    with transaction() as session:
        yield session
        session.flush()
        session.rollback()
    live_processes.forget_all()


def may_not(waiting: Waiting) -> list[User]:
    """One person of each role who may not decide here, and a supervisor who did the work."""
    with reading() as session:
        task = session.get_one(Task, waiting.gateway.id)
        people = [each[0] for each in waiting.story.cast.people.values()]
        return [user for user in people if refusal_to_decide(session, user, task) is not None]
