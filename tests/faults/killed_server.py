"""F1: the web server is killed again and again while browsers hand in tasks."""

import http.client
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from functools import partial
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

from app.config import ROOT
from app.db import transaction
from app.identity.people import get_user
from app.identity.sessions import open_session
from tests.faults.acts import PATIENCE, Ack, Worked, begin, open_task_of
from tests.faults.crew import crew
from tests.faults.figures import Figures
from tests.faults.invariants import broken_rules
from tests.faults.world import SECRET, World

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class Server:
    """Gunicorn with two processes, as in ``docs``; killed as a whole, or one process of it."""

    def __init__(self, world: World, folder: Path) -> None:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            self.port = int(listener.getsockname()[1])
        self._environment = {
            **os.environ,
            "DATABASE_URL": world.url,
            "SECRET_KEY": SECRET,
            "SECURE_COOKIES": "0",
        }
        self._log = folder / "server.log"
        self.start()

    def start(self) -> None:
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            "--preload",
            "-w",
            "2",
            "-k",
            "gthread",
            "--threads",
            "4",
        ]
        command += ["-b", f"127.0.0.1:{self.port}", "--log-level", "warning", "app.wsgi:app"]
        with self._log.open("ab") as output:
            self._program = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self._environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def kill(self) -> None:
        """The whole of it."""
        os.killpg(self._program.pid, signal.SIGKILL)
        self._program.wait()

    def kill_one(self, chance: random.Random) -> None:
        """One of its processes; the server starts another."""
        pid = self._program.pid
        workers = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        if workers:
            os.kill(int(chance.choice(workers)), signal.SIGKILL)

    def answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/sign-in")
            return connection.getresponse().status < 500
        except OSError:
            return False
        finally:
            connection.close()

    def wait(self, seconds: float = 90) -> float:
        """Until it answers; how long that took."""
        began = time.monotonic()
        while not self.answers():
            assert time.monotonic() - began < seconds, self._log.read_text(encoding="utf-8")
            time.sleep(0.05)
        return time.monotonic() - began


def kills(
    world: World, folder: Path, *, whole: int, workers: int, clients: int, seed: int = 1
) -> Figures:
    """``whole`` times the whole server dies, ``workers`` times one of its processes."""
    chance = random.Random(seed)
    rings = [begin("ring") for _ in range(clients * 2)]  # without a case that one must see
    server = Server(world, folder)
    server.wait()
    plan = ["whole"] * whole + ["one"] * workers
    chance.shuffle(plan)
    recoveries = []
    stop = folder / "stop"
    stop.unlink(missing_ok=True)
    with crew(world.url, SECRET, clients) as members:
        for number, member in enumerate(members):
            person = world.people[number % len(world.people)]
            member.order(partial(browse, server.port, rings, person, str(stop), number))
        for kind in plan:
            time.sleep(chance.uniform(0.2, 1.5))
            if kind == "whole":
                server.kill()
                server.start()
                recoveries.append(server.wait())
            else:
                server.kill_one(chance)
        time.sleep(1)
        stop.touch()
        answers = [member.answer() for member in members]
    server.kill()
    found = [answer for answer in answers if isinstance(answer, Worked)]
    acks = [ack for each in found for ack in each.acks]
    return {
        "kills_of_the_server": whole,
        "kills_of_one_worker": workers,
        "clients": clients,
        "acknowledged": len(acks),
        "requests_sent_again": sum(each.retries for each in found),
        "answers_seen": dict(sum((each.problems for each in found), Counter())),
        "down_s_at_most": round(max(recoveries, default=0), 1),
        "down_s_mean": round(sum(recoveries) / max(len(recoveries), 1), 1),
        "broken": [
            *(f"F1 {answer}" for answer in answers if not isinstance(answer, Worked)),
            *(f"F1 a client was told {each}" for w in found for each in w.problems if "50" in each),
            *broken_rules(acks),
        ],
    }


def browse(port: int, instances: list[int], user_id: int, stop: str, seed: int) -> Worked:
    """A person with a browser that sends the form again until something answers."""
    chance = random.Random(seed)
    worked = Worked()
    browser = Browser(port, user_id)
    until = Path(stop)
    while not until.exists():
        task_id = open_task_of(chance.choice(instances))
        if task_id is not None:
            browser.hand_in(worked, task_id)
    return worked


class Browser:
    """Keeps cookies and the token of a form."""

    def __init__(self, port: int, user_id: int) -> None:
        self._port = port
        with transaction() as session:
            token = open_session(session, get_user(session, user_id), device="Firefox on Linux")
        self._cookies = {"session_id": token}
        self._token = ""

    def hand_in(self, worked: Worked, task_id: int) -> None:
        key = uuid4().hex
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                status, page = self._once(task_id, key)
            except (OSError, http.client.HTTPException):
                worked.retries += 1
                time.sleep(0.05)
                continue
            worked.problems[f"HTTP {status}"] += 1
            if status in {302, 303}:
                worked.acks.append(Ack(task_id, key))
            elif status == 409:
                worked.refused += 1
            else:
                raise AssertionError(f"the form was answered with {status}: {page[:300]}")
            return
        raise AssertionError("nothing answered for a minute")

    def _once(self, task_id: int, key: str) -> tuple[int, str]:
        path = f"/tasks/{task_id}"
        if not self._token:
            status, page = self._ask("GET", path)
            found = TOKEN.search(page)
            if status != 200 or not found:
                return 409, page  # somebody was faster already
            self._token = found[1]
        said = {"csrf_token": self._token, "idempotency_key": key, "text": key}
        return self._ask("POST", path, urlencode({**said, "stop": "", "friend": ""}))

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            headers = {
                "Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items()),
                "Content-Type": "application/x-www-form-urlencoded",
                "Sec-Fetch-Site": "same-origin",
            }
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            page = response.read().decode()
            for line in response.headers.get_all("Set-Cookie") or ():
                name, _, value = line.partition(";")[0].partition("=")
                self._cookies[name] = value
            return response.status, page
        finally:
            connection.close()
