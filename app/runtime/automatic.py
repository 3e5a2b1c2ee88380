"""Automatic steps: plain functions that run when a process reaches a service task.

A function is registered under the task type that diagrams name. It never sends anything
itself: what is to be sent goes to the outbox, in the same transaction.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.definitions.steps import Terms, agree
from app.runtime.actor import Actor
from app.runtime.instance import Instance
from app.runtime.models import Submission


@dataclass(frozen=True, kw_only=True)
class StepContext:
    """What an automatic step may use.

    ``actor`` is whoever set the process moving; ``item`` what this is done for, when the step lies
    inside an activity that is done once for each item.
    """

    session: Session
    instance: Instance
    element_id: str
    actor: Actor
    properties: Mapping[str, str]
    item: object | None = None

    @property
    def case_id(self) -> int | None:
        return self.instance.case_id

    def latest_submission(self, element_id: str) -> dict[str, Any] | None:
        """The form document last handed in at this task: of this instance, else of the case."""
        own = self._latest(Submission.instance_id == self.instance.id, element_id)
        if own is not None or self.case_id is None:
            return own
        return self._latest(Submission.case_id == self.case_id, element_id)

    def _latest(self, scope: ColumnElement[bool], element_id: str) -> dict[str, Any] | None:
        return self.session.scalar(
            select(Submission.answers)
            .where(scope, Submission.element_id == element_id)
            .order_by(Submission.id.desc())
            .limit(1)
        )


Handler: TypeAlias = Callable[[StepContext, dict[str, Any]], dict[str, Any]]

_handlers: dict[str, Handler] = {}


def automatic(
    task_type: str,
    *,
    needs: Iterable[str] | None = None,
    takes: Iterable[str] = (),
    gives: Iterable[str] = (),
    texts: Mapping[str, Iterable[str]] | None = None,
) -> Callable[[Handler], Handler]:
    """Register a function for the service tasks of this type.

    Args:
        task_type: as diagrams name it.
        needs: inputs that a diagram has to give it. Nothing is held to any of this when None.
        takes: inputs it can do without.
        gives: facts it hands back.
        texts: for some inputs, the only texts it knows.

    Raises:
        ValueError: another function has the name already.
    """

    def register(handler: Handler) -> Handler:
        if _handlers.setdefault(task_type, handler) is not handler:
            raise ValueError(f"two automatic steps are called {task_type!r}")
        if needs is not None:
            known = {name: frozenset(each) for name, each in (texts or {}).items()}
            terms = Terms(frozenset(needs), frozenset(takes), frozenset(gives), known)
            agree(task_type, terms)
        return handler

    return register


def registered() -> frozenset[str]:
    """The task types that diagrams may name."""
    return frozenset(_handlers)


def handler_of(task_type: str) -> Handler | None:
    return _handlers.get(task_type)
