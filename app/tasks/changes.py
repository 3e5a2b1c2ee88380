"""The answers a supervisor may correct while agreeing: a small form cut out of the judged ones."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from app import clock, feel
from app.cases.known import known
from app.cases.models import Case
from app.cases.options import options
from app.definitions.live import pack_of_area
from app.definitions.models import DefinitionVersion
from app.forms import BoundForm, Choice, load
from app.runtime.models import Submission, Task


@dataclass(frozen=True)
class Correctable:
    """The cut-out form, and the answers it started from."""

    bound: BoundForm
    before: Mapping[str, Any]

    @property
    def changes(self) -> dict[str, Any]:
        """Only what differs from what was handed in."""
        answers = self.bound.answers
        return {key: value for key, value in answers.items() if value != self.before.get(key)}


def correctable(
    session: Session,
    task: Task,
    case: Case | None,
    judged: Sequence[Task],
    posted: Mapping[str, Sequence[str]] | None = None,
) -> Correctable | None:
    """The form for "agree, with changes"; None where the diagram allows no changes."""
    wanted = list((task.sign_off or {}).get("fields", ()))
    components, before = _cut_out(session, wanted, judged)
    if not components:
        return None
    pack = pack_of_area(session, task.area_id)
    schema = {"type": "default", "id": "changes", "schemaVersion": 18, "components": components}
    form = load(schema, in_words=pack.in_words)
    kept = {name: values for name, values in (posted or {}).items() if _is_of(name, wanted)}
    bound = form.bind(
        kept if posted is not None else None,
        known(session, case, wanted=form.wanted, facts=task.facts, item=task.item),
        answers=before,
        options={
            name: [
                Choice(each.value, each.label)
                for each in options(session, name, area_id=task.area_id, case=case)
            ]
            for name in form.option_lists
        },
        env=feel.Environment(now=clock.now(), calendar=pack.calendar),
    )
    return Correctable(bound, before)


def _is_of(name: str, keys: Sequence[str]) -> bool:
    """Whether a posted name belongs to one of these questions: itself or a part such as -day."""
    return any(name == key or name.startswith(f"{key}-") for key in keys)


def _cut_out(
    session: Session, wanted: Sequence[str], judged: Sequence[Task]
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Components of the wanted questions, each from the latest document that answers it."""
    found: dict[str, dict[str, Any]] = {}
    before: dict[str, Any] = {}
    rows = session.scalars(
        select(Submission)
        .where(Submission.task_id.in_([t.id for t in judged]), Submission.superseded.is_(False))
        .order_by(Submission.id.desc())
    )
    for row in rows:
        missing = [key for key in wanted if key not in found and key in row.answers]
        if not missing or row.form_version_id is None:
            continue
        version = session.get_one(
            DefinitionVersion, row.form_version_id, options=[undefer(DefinitionVersion.content)]
        )
        for component in _questions(json.loads(version.content)):
            if component.get("key") in missing:
                kept = {name: said for name, said in component.items() if name != "conditional"}
                found[component["key"]] = kept
                before[component["key"]] = row.answers[component["key"]]
    return [found[key] for key in wanted if key in found], before


def _questions(node: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for component in node.get("components", ()):
        if component.get("type") == "group":
            yield from _questions(component)
        elif component.get("key"):
            yield component
