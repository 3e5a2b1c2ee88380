"""The saved state of a process: its facts and its live tokens, no specifications, as bytes.

The order of keys means something to a reader of facts, so the bytes must stay bytes: a database's
JSON type would sort them.
"""

import json
import zlib
from collections.abc import Mapping
from typing import Any, TypeAlias, cast
from uuid import UUID

from app.engine.errors import StateUnreadable
from app.engine.run import Run
from app.engine.specset import SpecSet
from app.engine.spiff import Task, TaskState
from app.engine.workflow import ProcessWorkflow, Scope, Token

FORMAT = 1
#: Up to so many bytes a state is kept as it is: packing it would take longer than all the rest.
SMALL = 1_000
_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
Saved: TypeAlias = dict[str, object]


def save(workflow: ProcessWorkflow) -> bytes:
    text = _written(as_document(workflow)).encode()
    return text if len(text) <= SMALL else zlib.compress(text, 6)


def as_document(workflow: ProcessWorkflow) -> Saved:
    return {
        "format": FORMAT,
        "process": workflow.spec.name,
        "facts": workflow.data,
        "finished": workflow.completed,
        "tokens": _tokens(workflow, workflow),
    }


def _tokens(top: ProcessWorkflow, scope: Scope) -> list[Saved]:
    return [_token(top, task) for task in scope.live()]


def _token(top: ProcessWorkflow, task: Task) -> Saved:
    saved: Saved = {"id": task.id.hex, "at": task.task_spec.name, "state": task.state}
    if task.internal_data:
        saved["marks"] = task.internal_data
    if task.data:
        saved["own"] = task.data
    inner = top.subprocesses.get(task.id)
    if inner is not None:
        saved["facts"] = inner.data
        saved["inside"] = _tokens(top, inner)
    return saved


def load(specs: SpecSet, state: bytes, run: Run) -> ProcessWorkflow:
    """The process as it was saved.

    Raises:
        StateUnreadable: the bytes are damaged, or the diagrams have no place for a token.
    """
    return from_document(specs, read(state), run)


def read(state: bytes) -> dict[str, Any]:
    """The bytes as a document. Raises ``StateUnreadable``."""
    try:
        document: dict[str, Any] = json.loads(
            state if state[:1] == b"{" else zlib.decompress(state)
        )
        if document["format"] != FORMAT:
            raise StateUnreadable(f"unknown format {document['format']}")
    except (zlib.error, ValueError, KeyError, TypeError) as error:
        raise StateUnreadable(f"{StateUnreadable.__doc__} ({error!r})") from error
    return document


def from_document(specs: SpecSet, document: Mapping[str, Any], run: Run) -> ProcessWorkflow:
    """Raises ``StateUnreadable``: the diagrams have no place for a token."""
    try:
        workflow = ProcessWorkflow(document["process"], specs.specs, run)
        workflow.data = document["facts"]
        workflow.completed = document["finished"]
        _restore(workflow, workflow, document["tokens"])
    except (ValueError, KeyError, TypeError) as error:
        raise StateUnreadable(f"{StateUnreadable.__doc__} ({error!r})") from error
    return workflow


def _restore(top: ProcessWorkflow, scope: Scope, tokens: list[dict[str, object]]) -> None:
    for saved in tokens:
        spec = scope.spec.task_specs[saved["at"]]
        task = Token(
            scope,
            spec,
            parent=scope.task_tree,
            state=TaskState.WAITING,
            id=UUID(hex=str(saved["id"])),
        )
        task._state = cast("int", saved["state"])
        task.internal_data = saved.get("marks", {})
        task.data = saved.get("own", {})
        inside = saved.get("inside")
        if isinstance(inside, list):
            inner = top.open_scope(task, spec.spec)
            inner.data = saved["facts"]
            _restore(top, inner, inside)
