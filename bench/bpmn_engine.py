"""The same processes in npm ``bpmn-engine``, its state saved to SQLite at every step."""

import json
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.config import ROOT
from bench.plain import Stalled
from bench.processes import ANSWERS, Measured
from bench.timing import Took

SCRIPT = ROOT / "bench" / "bpmn_engine.mjs"
FRONTEND = ROOT / "app" / "frontend"


class BpmnEngine:
    """A program beside ours; times are taken in it, so that talking to it costs nothing."""

    def __init__(self, program: "subprocess.Popen[str]", processes: Mapping[str, str]) -> None:
        self._program = program
        self.node = str(self.ask({"define": processes})["node"])

    def start(self, process: Measured) -> "NodeCase":
        return NodeCase(self, int(self.ask({"start": process.process_id})["id"]))

    def warm_up(self, process: Measured, cases: int, length: int) -> None:
        """Play it untimed: V8 compiles what runs often, and is a tenth faster after 200 completions."""
        for _ in range(cases):
            case = self.start(process)
            for number in range(length):
                case.complete(cold=number % 2 == 0)

    def ask(self, request: Mapping[str, object]) -> dict[str, Any]:
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        self._program.stdin.write(json.dumps(request) + "\n")
        self._program.stdin.flush()
        answer = self._program.stdout.readline()
        if not answer:
            raise RuntimeError("bpmn-engine has stopped; is it installed (npm ci)?")
        found: dict[str, Any] = json.loads(answer)
        return found


@dataclass
class NodeCase:
    """One process. ``complete`` takes it from memory, or loads it first."""

    engine: BpmnEngine
    id: int
    state_bytes: int = 0
    waits: bool = True

    def complete(self, *, cold: bool = False) -> Took:
        if not self.waits:
            raise Stalled
        said = self.engine.ask({"complete": {"id": self.id, "cold": cold, "answers": ANSWERS}})
        self.state_bytes, self.waits = said["bytes"], said["waits"]
        return Took(said["seconds"], said["busy"])


@contextmanager
def bpmn_engine(*processes: Measured, folder: Path = FRONTEND) -> Iterator[BpmnEngine]:
    """``folder`` holds the ``node_modules`` with bpmn-engine in them."""
    node = str(ROOT / ".venv" / "bin" / "node")
    with tempfile.TemporaryDirectory(prefix="earlyhelp-bench-") as place:
        command = [node, "--no-warnings", str(SCRIPT), str(folder), f"{place}/node.sqlite"]
        program = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        try:
            yield BpmnEngine(program, {p.process_id: p.node.decode() for p in processes})
        finally:
            program.communicate()
