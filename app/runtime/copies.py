"""A running process taken out of the database: all that is needed to try something on it.

Everything here goes from one program to the next as JSON, so a copy can be tried where nothing
is in memory and nothing can be written.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from app import clock, feel
from app.calendars import WorkingCalendar
from app.definitions import parsed
from app.definitions.live import live_pack
from app.definitions.models import DefinitionSet, DefinitionVersion
from app.definitions.pins import PinnedSet
from app.engine.errors import AutomaticStepFailed
from app.engine.results import DecisionOutcome, ElementRef, Facts, FiredRule

Spot = tuple[str, str]
Path = tuple[str, ...]


@dataclass(frozen=True)
class Copy:
    """``known`` are facts that the move adds, by the calls around them; ``newer`` replace others."""

    instance_id: int
    state: bytes
    from_key: str
    to_key: str
    places: Mapping[Spot, Spot] = field(default_factory=dict)
    known: Mapping[Path, Facts] = field(default_factory=dict)
    newer: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "instance_id": self.instance_id,
            "state": b64encode(self.state).decode(),
            "from_key": self.from_key,
            "to_key": self.to_key,
            "places": [[*old, *new] for old, new in self.places.items()],
            "known": [[list(path), facts] for path, facts in self.known.items()],
            "newer": list(self.newer),
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> "Copy":
        return cls(
            instance_id=said["instance_id"],
            state=b64decode(said["state"]),
            from_key=said["from_key"],
            to_key=said["to_key"],
            places={(a, b): (c, d) for a, b, c, d in said["places"]},
            known={tuple(path): facts for path, facts in said["known"]},
            newer=tuple(said["newer"]),
        )


class CopyHost:
    """The engine's ``Host`` for a copy: real tables and days, automatic steps that do nothing."""

    def __init__(self, pinned: PinnedSet, parameters: Mapping[str, Any], closures: Iterable[date]):
        self._pinned = pinned
        self._parameters = dict(parameters)
        self._calendar = WorkingCalendar(closures=frozenset(closures))

    def environment(self) -> feel.Environment:
        return feel.Environment(now=clock.now(), calendar=self._calendar)

    def parameters(self) -> Mapping[str, object]:
        return self._parameters

    def decide(self, decision_id: str, facts: Facts) -> DecisionOutcome:
        model = self._pinned.models.get(decision_id)
        if model is None:
            raise AutomaticStepFailed(f"The table “{decision_id}” is not part of this process.")
        known = {
            **dict.fromkeys(model.names(decision_id)),
            **facts,
            "parameters": self._parameters,
        }
        values = {name: feel.from_json(value) for name, value in known.items()}
        result = model.evaluate(decision_id, values, self.environment())
        fired = tuple(
            FiredRule(r.table_id, r.rule_id, r.description, r.index, r.table) for r in result.fired
        )
        return DecisionOutcome(feel.to_json(result.value), fired, steps=result.steps)

    def run_automatic(self, task_type: str, element: ElementRef, inputs: Facts) -> Facts:
        del task_type, element, inputs
        return {}


def described(session: Session, keys: Iterable[str]) -> dict[str, Any]:
    """Pinned choices of versions with all their files, each file once."""
    chosen = [session.get_one(DefinitionSet, key) for key in sorted(set(keys))]
    wanted = {v for each in chosen for v in (*each.processes.values(), *each.decisions.values())}
    rows = session.scalars(
        select(DefinitionVersion)
        .where(DefinitionVersion.id.in_(wanted))
        .options(undefer(DefinitionVersion.content))
    )
    return {
        "files": {str(row.id): row.content for row in rows},
        "sets": [_set(session, each) for each in chosen],
    }


def _set(session: Session, chosen: DefinitionSet) -> dict[str, Any]:
    pack = live_pack(session, chosen.pack)
    return {
        "key": chosen.key,
        "process_id": chosen.process_id,
        "pack": chosen.pack,
        "processes": chosen.processes,
        "decisions": chosen.decisions,
        "parameters": dict(pack.parameters),
        "closures": sorted(day.isoformat() for day in pack.closures),
    }


def hosts(said: Mapping[str, Any]) -> dict[str, tuple[PinnedSet, CopyHost]]:
    """What ``described`` wrote, read in another program, by key."""
    files, found = said["files"], {}
    for each in said["sets"]:
        pinned = PinnedSet(
            key=each["key"],
            process_id=each["process_id"],
            pack_id=each["pack"],
            diagrams={n: parsed.diagram(files[str(v)]) for n, v in each["processes"].items()},
            models={n: parsed.model(files[str(v)]) for n, v in each["decisions"].items()},
        )
        closures = [date.fromisoformat(day) for day in each["closures"]]
        found[each["key"]] = (pinned, CopyHost(pinned, each["parameters"], closures))
    return found
