"""F22: a mail server that refuses, hangs and dies; every letter arrives, under one Message-ID."""

import asyncio
import email
import random
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from aiosmtpd.controller import Controller
from sqlalchemy import select

from app import clock
from app.config import Settings
from app.db import reading, transaction
from app.outbox import deliver
from app.outbox.models import OutboxMessage, State
from app.outbox.queue import queue_email
from tests.faults import crash_points
from tests.faults.crew import Member
from tests.faults.figures import Figures
from tests.faults.world import SECRET, World

#: What the server does to one message; ``accepts and …`` are the only ways to get it twice.
WAYS = {
    "accepts": 50,
    "refuses": 20,
    "drops the line": 10,
    "hangs": 5,
    "accepts and dies": 5,
    "accepts and hangs at the end": 5,
    "accepts and is rude at the end": 5,
}


@dataclass
class Post:
    """A mail server with bad days. ``received`` counts Message-IDs.

    It takes a letter at the last try at the latest: one that is refused as often as we come is
    given up, which is right and not what is looked for here.
    """

    chance: random.Random
    received: Counter[str] = field(default_factory=Counter)
    did: Counter[str] = field(default_factory=Counter)
    tried: Counter[str] = field(default_factory=Counter)
    may_repeat: Counter[str] = field(default_factory=Counter)
    ways: dict[str, int] = field(default_factory=lambda: dict(WAYS))
    at_the_end: dict[int, str] = field(default_factory=dict)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        (way,) = self.chance.choices(list(self.ways), list(self.ways.values()))
        name = str(email.message_from_bytes(envelope.content)["Message-ID"])
        self.tried[name] += 1
        if self.tried[name] >= deliver.MOST_ATTEMPTS:
            way = "accepts"
        self.did[way] += 1
        if way.startswith("accepts"):
            self.received[name] += 1
        if way == "refuses":
            return "451 come again"
        if way == "hangs":
            await asyncio.sleep(deliver.PATIENCE_SECONDS * 2)
        if way in ("drops the line", "accepts and dies"):
            self.may_repeat[name] += way == "accepts and dies"
            server.transport.abort()
        self.at_the_end[id(session)] = way
        return "250 OK"

    async def handle_QUIT(self, _server: Any, session: Any, _envelope: Any) -> str:  # noqa: N802
        way = self.at_the_end.pop(id(session), "")
        if way == "accepts and hangs at the end":
            await asyncio.sleep(deliver.PATIENCE_SECONDS * 2)
        if way == "accepts and is rude at the end":
            return "421 Too late"
        return "221 Bye"


def bad_days(world: World, *, letters: int, patience: float, seed: int = 1) -> Figures:
    """Letters queued, then workers that come by for days until nothing waits any more."""
    began = clock.now()
    _queue(letters)
    post = Post(random.Random(seed))
    before, deliver.PATIENCE_SECONDS = deliver.PATIENCE_SECONDS, patience  # type: ignore[assignment]
    visits = 0
    moment = began
    try:
        with served(post) as settings:
            while _waiting() and visits < 60:
                with clock.at(moment):
                    deliver.deliver_due(settings, most=letters * 2)
                moment += timedelta(hours=3)
                visits += 1
    finally:
        deliver.PATIENCE_SECONDS = before
    return {
        "letters": letters,
        "visits": visits,
        "server_did": dict(post.did),
        "arrived_twice": sum(count - 1 for count in post.received.values()),
        "broken": _wrong(post),
    }


def dying_worker(world: World, *, times: int) -> Figures:
    """The worker dies before it sends, and after the server took the letter but before it noted so."""
    post = Post(random.Random(1), ways={"accepts": 1})
    wrong: list[str] = []
    with served(post) as settings:
        for point, copies in (("letter claimed", 1), ("letter accepted", 2)):
            for number in range(times):
                (key,) = _queue(1, f"{point} {number}")
                victim = Member(world.url, SECRET, partial(crash_points.arm, point))
                victim.order(partial(deliver.deliver_due, settings))
                if victim.ended_with() != crash_points.EXIT:
                    wrong.append(f"F22 nothing died at “{point}”")
                victim.kill()
                if deliver.deliver_due(settings):
                    wrong.append("F22 a letter was sent while its first worker might live")
                with clock.at(clock.now() + deliver.LEASE + timedelta(seconds=1)):
                    deliver.deliver_due(settings)
                found = sum(n for name, n in post.received.items() if key in name)
                if found != copies:
                    wrong.append(f"F22 “{point}”: the letter arrived {found} times")
    post.may_repeat = Counter(post.received)  # how often is said above
    return {"crashes": 2 * times, "broken": [*wrong, *_wrong(post)]}


@contextmanager
def served(post: Post) -> Iterator[Settings]:
    """Settings that lead to this server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(post, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield Settings(smtp_host="127.0.0.1", smtp_port=port)
    finally:
        controller.stop()


def _queue(count: int, name: str = "letter") -> list[str]:
    """The keys under which they went into the outbox."""
    with transaction() as session:
        for number in range(count):
            queue_email(
                session,
                to="family.worker@example.org",
                template="something_to_do",
                payload={"reference": "EH-1", "what": "Look.", "link": "https://example.org/"},
                key=f"{name}:{number}",
            )
    with reading() as session:
        keys = select(OutboxMessage.key).order_by(OutboxMessage.id.desc()).limit(count)
        return list(session.scalars(keys))


def _waiting() -> bool:
    with reading() as session:
        return bool(session.scalars(select(OutboxMessage).where(_is_waiting())).first())


def _is_waiting() -> Any:
    return OutboxMessage.state == State.WAITING


def _wrong(post: Post) -> list[str]:
    """Every letter arrived, none was given up, and only those twice whose sender could not know."""
    wrong = []
    with reading() as session:
        rows = session.scalars(select(OutboxMessage)).all()
    for row in rows:
        names = [name for name in post.received if row.key in name]
        count = sum(post.received[name] for name in names)
        excused = sum(post.may_repeat[name] for name in names)
        if len(names) != 1:
            wrong.append(f"F22 letter {row.id} arrived under {len(names)} names")
        elif count > 1 + excused:
            wrong.append(f"F22 letter {row.id} arrived {count} times")
        if row.state is not State.SENT:
            wrong.append(f"F22 letter {row.id} arrived, but counts as {row.state.value}")
    return wrong
