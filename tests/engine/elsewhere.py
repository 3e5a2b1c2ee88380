"""One step of a process in a Python of its own: ``python -m tests.engine.elsewhere``.

Reads a JSON object from standard input (files, state, action) and writes what the process then
waits for. A process that can only be reloaded where it was started would not get past this.
"""

import json
import sys
from base64 import b64decode, b64encode
from datetime import datetime

from app import clock
from app.engine.process import Process
from app.engine.results import Message
from tests.support.engine import FakeHost, spec_set


def main() -> None:
    asked = json.load(sys.stdin)
    host = FakeHost(steps={"echo": lambda inputs: {"echoed": inputs}})
    specs = spec_set(*(b64decode(file) for file in asked["files"]))
    process = Process.load(specs, b64decode(asked["state"]), host)
    with clock.at(datetime.fromisoformat(asked["now"])):
        act(process, asked["action"])
        now = process.snapshot()
    json.dump(
        {
            "state": b64encode(now.state).decode(),
            "open": [[t.element_id, t.engine_task_id] for t in now.open_tasks],
            "finished": now.finished,
            "facts": now.facts,
            "timers": [t.due_at.isoformat() for t in now.timers],
        },
        sys.stdout,
    )


def act(process: Process, action: list[object]) -> None:
    match action:
        case ["do", str(task_id), dict(answers)]:
            process.complete(task_id, answers)
        case ["sign", str(task_id), str(flow_id)]:
            process.decide_gateway(task_id, flow_id)
        case ["fire"]:
            process.fire_due_timers()
        case ["deliver", str(name), str(key)]:
            process.deliver(Message(name, key, {}))


if __name__ == "__main__":
    main()
