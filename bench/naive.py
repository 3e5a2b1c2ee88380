"""What one does first: the stock engine's own serializer, everything in one blob, in SQLite."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.util.task import TaskState

from bench.plain import PlainProcess, Stalled
from bench.processes import ANSWERS
from bench.timing import Stopwatch, Took


class Blobs:
    """A file with one row for each process, as durable as our own database."""

    def __init__(self, file: Path) -> None:
        self.connection = sqlite3.connect(file, isolation_level=None)
        self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.execute("PRAGMA synchronous=FULL")
        self.connection.execute(
            "CREATE TABLE instance (id INTEGER PRIMARY KEY, version INTEGER, state TEXT)"
        )
        self.serializer = BpmnWorkflowSerializer()

    def start(self, process: PlainProcess) -> "NaiveCase":
        workflow = process.started()
        state = self.serializer.serialize_json(workflow)
        row = self.connection.execute(
            "INSERT INTO instance (version, state) VALUES (1, ?)", (state,)
        )
        return NaiveCase(self, int(row.lastrowid or 0))


class NaiveCase:
    def __init__(self, blobs: Blobs, instance_id: int) -> None:
        self._blobs = blobs
        self._id = instance_id
        self.state_bytes = 0

    def complete(self) -> Took:
        """Load, complete the open task, save, commit.

        Raises:
            Stalled: nothing is open.
        """
        watch = Stopwatch()
        connection, serializer = self._blobs.connection, self._blobs.serializer
        connection.execute("BEGIN IMMEDIATE")
        version, state = connection.execute(
            "SELECT version, state FROM instance WHERE id = ?", (self._id,)
        ).fetchone()
        workflow: BpmnWorkflow = serializer.deserialize_json(state)
        task = workflow.get_next_task(state=TaskState.READY, manual=True)
        if task is None:
            connection.execute("ROLLBACK")
            raise Stalled
        task.set_data(**ANSWERS)
        try:
            task.run()
            workflow.do_engine_steps()
            state = serializer.serialize_json(workflow)
        except RecursionError as error:
            connection.execute("ROLLBACK")
            raise Stalled from error
        connection.execute(
            "UPDATE instance SET version = version + 1, state = ? WHERE id = ? AND version = ?",
            (state, self._id, version),
        )
        connection.execute("COMMIT")
        self.state_bytes = len(state.encode())
        return watch.took()


@contextmanager
def blobs() -> Iterator[Blobs]:
    with tempfile.TemporaryDirectory(prefix="earlyhelp-bench-") as folder:
        found = Blobs(Path(folder) / "naive.sqlite")
        try:
            yield found
        finally:
            found.connection.close()
