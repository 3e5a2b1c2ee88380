"""The exact versions a process runs on: chosen once, when it starts, and never changed silently."""

import json
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, undefer

from app import decisions
from app.definitions import facts, parsed
from app.definitions.live import effective, live_pack
from app.definitions.models import DefinitionSet, DefinitionVersion, Kind
from app.definitions.packs import Pack
from app.engine.parse import Diagram
from app.errors import AppError


class ProcessNotLive(AppError):
    """This process is not published, so it cannot be started."""


@dataclass(frozen=True, eq=False)
class PinnedSet:
    """A pinned choice, parsed. Shared between threads; nothing in it may be changed."""

    key: str
    process_id: str
    pack_id: str
    diagrams: Mapping[str, Diagram] = field(repr=False)
    models: Mapping[str, decisions.Model] = field(repr=False)

    @cached_property
    def names_read(self) -> frozenset[str]:
        """The names any expression or table reads: only these answers become process facts."""
        return facts.names_read(self.diagrams.values(), self.models)

    @cached_property
    def origins(self) -> facts.Origins:
        return facts.Origins(self.diagrams.values(), self.models)


Versions: TypeAlias = dict[str, DefinitionVersion]

#: Parsed sets by key. The key hashes the contents, so one cache serves any database.
KEPT = 300
_loaded: OrderedDict[str, PinnedSet] = OrderedDict()
_lock = threading.Lock()


def pin(session: Session, process_id: str, pack: Pack) -> DefinitionSet:
    """Choose the live versions of a process and of everything it calls, and store the choice.

    Raises:
        ProcessNotLive: it, or something it calls, is not published for this pack.
    """
    live = effective(session, Kind.BPMN, pack)
    chosen = _closure(process_id, live, effective(session, Kind.DMN, pack))
    return _stored(session, process_id, pack, *chosen)


def _closure(
    process_id: str,
    live: Mapping[str, DefinitionVersion],
    tables: Mapping[str, DefinitionVersion],
) -> tuple[Versions, Versions]:
    """The process and all that it calls, and the tables they ask, out of what there is."""
    processes: dict[str, DefinitionVersion] = {}
    wanted = [process_id]
    used: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name in processes:
            continue
        processes[name] = _must(live, name, f"The process {name}")
        diagram = parsed.diagram(processes[name].content)
        wanted += facts.called_processes(diagram, name)
        used |= facts.used_decisions(diagram, name)
    chosen = {name: _must(tables, name, f"The decision table {name}") for name in sorted(used)}
    return processes, chosen


def repin(session: Session, chosen: DefinitionSet, version: DefinitionVersion) -> DefinitionSet:
    """The same choice with one file in another version; what that newly calls, as it is live.

    Raises:
        ProcessNotLive: something that it newly calls is not published for this pack.
    """
    processes, tables = _with_version(session, chosen, version)
    pack = live_pack(session, chosen.pack)
    return _stored(session, chosen.process_id, pack, processes, tables)


def would_run_on(
    session: Session, chosen: DefinitionSet, version: DefinitionVersion
) -> dict[str, Diagram]:
    """The drawings that ``repin`` would choose, by process; nothing is stored.

    Raises:
        ProcessNotLive: as ``repin``.
    """
    processes, _ = _with_version(session, chosen, version)
    return {name: parsed.diagram(row.content) for name, row in processes.items()}


def _with_version(
    session: Session, chosen: DefinitionSet, version: DefinitionVersion
) -> tuple[Versions, Versions]:
    pack = live_pack(session, chosen.pack)
    live = {**effective(session, Kind.BPMN, pack), **_rows(session, chosen.processes)}
    live |= {name: version for name in version.provides if name in chosen.processes}
    tables = {**effective(session, Kind.DMN, pack), **_rows(session, chosen.decisions)}
    return _closure(chosen.process_id, live, tables)


def load_set(session: Session, key: str) -> PinnedSet:
    """The parsed set behind ``process_instance.definition_set_key``."""
    with _lock:
        found = _loaded.get(key)
        if found is not None:
            _loaded.move_to_end(key)
            return found
    found = _load(session, key)
    with _lock:
        _loaded[key] = found
        while len(_loaded) > KEPT:
            _loaded.popitem(last=False)
    return found


def _must(found: Mapping[str, DefinitionVersion], name: str, words: str) -> DefinitionVersion:
    if name not in found:
        raise ProcessNotLive(f"{words} is not published for this area.")
    return found[name]


def _stored(
    session: Session,
    process_id: str,
    pack: Pack,
    processes: Mapping[str, DefinitionVersion],
    tables: Mapping[str, DefinitionVersion],
) -> DefinitionSet:
    said = [process_id, pack.id, _identities(processes), _identities(tables)]
    key = parsed.sha256(json.dumps(said, sort_keys=True))
    values = {
        "key": key,
        "process_id": process_id,
        "pack": pack.id,
        "processes": {name: row.id for name, row in sorted(processes.items())},
        "decisions": {name: row.id for name, row in sorted(tables.items())},
    }
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(insert(DefinitionSet).values(values).on_conflict_do_nothing())
    return session.get_one(DefinitionSet, key)


def _identities(rows: Mapping[str, DefinitionVersion]) -> dict[str, list[object]]:
    """Id and content hash: the id for people, the hash so that a cache serves any database."""
    return {name: [row.id, row.sha256] for name, row in rows.items()}


def _load(session: Session, key: str) -> PinnedSet:
    chosen = session.get_one(DefinitionSet, key)
    contents = _contents(session, [*chosen.processes.values(), *chosen.decisions.values()])
    return PinnedSet(
        key=chosen.key,
        process_id=chosen.process_id,
        pack_id=chosen.pack,
        diagrams={
            name: parsed.diagram(contents[version]) for name, version in chosen.processes.items()
        },
        models={
            name: parsed.model(contents[version]) for name, version in chosen.decisions.items()
        },
    )


def _rows(session: Session, chosen: Mapping[str, int]) -> dict[str, DefinitionVersion]:
    ids = set(chosen.values())
    rows = session.scalars(select(DefinitionVersion).where(DefinitionVersion.id.in_(ids)))
    by_id = {row.id: row for row in rows}
    return {name: by_id[version_id] for name, version_id in chosen.items()}


def _contents(session: Session, version_ids: Iterable[int]) -> dict[int, str]:
    rows = session.scalars(
        select(DefinitionVersion)
        .where(DefinitionVersion.id.in_(set(version_ids)))
        .options(undefer(DefinitionVersion.content))
    )
    return {row.id: row.content for row in rows}
