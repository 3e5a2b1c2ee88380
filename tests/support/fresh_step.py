"""Takes one step in a newly started program, as after a deployment: nothing is in memory."""

import importlib
import pickle
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from app import clock, db


def run(path: Path) -> None:
    """Read what to do from a file, do it, write what came of it beside it."""
    url, moment, modules, call = _read(path)
    for name in modules:
        importlib.import_module(name)
    db.connect(url)
    try:
        with clock.at(moment):
            answer: Any = call()
    except Exception as error:  # noqa: BLE001  the test that asked for it sees the error
        answer = error
    finally:
        db.disconnect()
    path.with_suffix(".answer").write_bytes(pickle.dumps(answer))


def _read(path: Path) -> tuple[str, datetime, tuple[str, ...], Callable[[], Any]]:
    found: tuple[str, datetime, tuple[str, ...], Callable[[], Any]]
    found = pickle.loads(path.read_bytes())
    return found


if __name__ == "__main__":
    run(Path(sys.argv[1]))
