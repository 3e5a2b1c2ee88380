"""One automatic step by itself: what people wrote before it, and what comes of it."""

from typing import Any
from uuid import uuid4

from sqlalchemy import select

import app.tasks.automatic  # noqa: F401  registers the automatic steps
from app import clock
from app.cases.models import Case
from app.db import reading, transaction
from app.definitions.models import DefinitionSet
from app.identity.models import User
from app.identity.permissions import Role
from app.runtime.actor import TIMERS, Actor
from app.runtime.automatic import StepContext, handler_of
from app.runtime.instance import Instance
from app.runtime.models import ProcessInstance, Submission, Task
from tests.support.scenario_world import add_family_in_need
from tests.support.shipped import Cast


class OneStep:
    """A family’s case in the starter area, and a process that is at a service task of it."""

    def __init__(self, cast: Cast, process_id: str = "early_help_pathway") -> None:
        self.cast = cast
        self.worker = cast.one(Role.PRACTITIONER)
        self.case_id = add_family_in_need(cast, self.worker)
        self.instance_id = self.begin(process_id, self.case_id)

    def begin(self, process_id: str, case_id: int | None) -> int:
        """A running process, as far as a step can see one."""
        with transaction() as session:
            if session.get(DefinitionSet, "alone") is None:
                session.add(
                    DefinitionSet(
                        key="alone", process_id="p", pack="core", processes={}, decisions={}
                    )
                )
                session.flush()
            instance = ProcessInstance(
                process_id=process_id,
                definition_set_key="alone",
                area_id=self.cast.area,
                locality_id=self.cast.locality,
                case_id=case_id,
                started_by_id=self.worker.id,
                state=b"",
                facts={},
                started_at=clock.now(),
            )
            session.add(instance)
            session.flush()
            return instance.id

    def said(self, element_id: str, by: User | None = None, **answers: Any) -> None:
        """Somebody has handed this in."""
        who = by or self.worker
        with transaction() as session:
            task = Task(
                instance_id=self.instance_id,
                engine_task_id=uuid4().hex,
                process_id="p",
                element_id=element_id,
                kind="user",
                name=element_id,
                path=[],
                facts={},
                item=None,
                role="practitioner",
                area_id=self.cast.area,
                case_id=self.case_id,
                opened_at=clock.now(),
                done_at=clock.now(),
                done_by_id=who.id,
            )
            session.add(task)
            session.flush()
            session.add(
                Submission(
                    task_id=task.id,
                    instance_id=self.instance_id,
                    case_id=self.case_id,
                    element_id=element_id,
                    answers=answers,
                    by_id=who.id,
                    at=clock.now(),
                )
            )

    def run(self, step: str, *, by: User | None = None, **inputs: Any) -> dict[str, Any]:
        """What the step gives back. ``by`` is who set the process moving; nobody: a timer."""
        handler = handler_of(step)
        assert handler is not None, f"there is no step {step}"
        with transaction() as session:
            context = StepContext(
                session=session,
                instance=Instance.of(session.get_one(ProcessInstance, self.instance_id)),
                element_id="the_step",
                actor=TIMERS if by is None else Actor.person(by),
                properties={},
            )
            return handler(context, inputs)

    def case(self) -> Case:
        with reading() as session:
            return session.get_one(Case, self.case_id)

    def rows(self, model: type[Any]) -> list[Any]:
        """What the case has in a table, oldest first."""
        with reading() as session:
            query = select(model).where(model.case_id == self.case_id).order_by(model.id)
            return list(session.scalars(query))
