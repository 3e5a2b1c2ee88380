"""Our engine and its saved state alone: what bpmn-engine does, and nothing of what councils need.

No inbox, no history, no audit trail, nobody's permission: the measure for comparing engines, and
what all the rest costs is the distance from here to ``take_step``.
"""

from dataclasses import dataclass

from app.engine.process import Process
from app.engine.specset import SpecSet
from bench.naive import Blobs
from bench.plain import Stalled
from bench.processes import ANSWERS, Measured
from bench.timing import Stopwatch, Took
from tests.support.engine import FakeHost, spec_set

HOST = FakeHost()


@dataclass
class BareCase:
    """One process in a row of the naive blobs' file: as durable, and nothing beside it."""

    blobs: Blobs
    specs: SpecSet
    id: int
    task_id: str | None

    @classmethod
    def start(cls, blobs: Blobs, measured: Measured) -> "BareCase":
        specs = spec_set(measured.ours)
        begun = Process.start(specs, measured.process_id, {}, HOST).snapshot()
        row = blobs.connection.execute(
            "INSERT INTO instance (version, state) VALUES (1, ?)", (begun.state,)
        )
        return cls(blobs, specs, int(row.lastrowid or 0), begun.open_tasks[0].engine_task_id)

    def complete(self) -> Took:
        """Load, complete the open task, save, commit.

        Raises:
            Stalled: nothing is open.
        """
        if self.task_id is None:
            raise Stalled
        watch = Stopwatch()
        connection = self.blobs.connection
        connection.execute("BEGIN IMMEDIATE")
        version, state = connection.execute(
            "SELECT version, state FROM instance WHERE id = ?", (self.id,)
        ).fetchone()
        process = Process.load(self.specs, state, HOST)
        process.complete(self.task_id, ANSWERS)
        after = process.snapshot()
        connection.execute(
            "UPDATE instance SET version = version + 1, state = ? WHERE id = ? AND version = ?",
            (after.state, self.id, version),
        )
        connection.execute("COMMIT")
        took = watch.took()
        self.task_id = next((task.engine_task_id for task in after.open_tasks), None)
        return took
