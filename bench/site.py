"""Completions through the whole site: gunicorn, sign-in cookie, CSRF token, form, redirect."""

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie
from time import perf_counter
from urllib.parse import urlencode, urlsplit

from app.config import ROOT
from app.db import transaction
from app.identity.sessions import open_session
from bench.council import Council
from bench.databases import Database
from bench.processes import LENGTH, NOTE, Measured
from bench.sizes import Sizes
from bench.timing import Figures, Stopwatch, Took, milliseconds, say

HOST = "127.0.0.1"
START_SECONDS = 30


class ServerDidNotStart(RuntimeError):
    """The site did not answer in time."""


class UnexpectedAnswer(RuntimeError):
    """The site answered something else than a finished task or its page."""


def measure(councils: Sequence[Council], line: Measured, sizes: Sizes) -> Figures:
    """One worker with threads, on the same machine as the browsers: all share its cores."""
    figures: Figures = {}
    for council in councils:
        say(f"http: {council.database.name}")
        council.database.use()
        tasks = [council.start(line).task_id for _ in range(sizes.http_cases)]
        with transaction() as session:
            token = open_session(session, council.lead)
        with _server(council.database) as port:
            figures[council.database.name] = _visits(port, token, tasks, sizes.http_clients)
    return figures


def _visits(port: int, token: str, tasks: Sequence[int], clients: int) -> Figures:
    """First one person, page by page; then several at once who only hand in."""
    alone = Browser(port, token)
    pages, posts = alone.work_through(tasks[0])
    shares = [tasks[1:][number::clients] for number in range(clients)]
    browsers = [Browser(port, token) for _ in shares]
    for browser, share in zip(browsers, shares, strict=True):
        if share:
            browser.open_page(share[0])  # gets a CSRF token
    began = perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        done = sum(pool.map(Browser.hand_in_all, browsers, shares))
    seconds = perf_counter() - began
    return {
        "task_page": milliseconds(pages),
        "hand_in": milliseconds(posts),
        "clients": clients,
        "completions": done,
        "completions_per_second": round(done / seconds, 1),
    }


class Browser:
    """Keeps its cookies and its connection, and sends what a real one sends."""

    def __init__(self, port: int, token: str) -> None:
        self._connection = HTTPConnection(HOST, port, timeout=60)
        self._cookies = {"session_id": token}
        self._fields: dict[str, str] = {}

    def work_through(self, task_id: int) -> tuple[list[Took], list[Took]]:
        """A whole case, page by page; the time of each page and of each hand-in."""
        pages, posts = [], []
        following: int | None = task_id
        while following is not None:
            watch = Stopwatch()
            self.open_page(following)
            pages.append(watch.took())
            watch = Stopwatch()
            following = self.hand_in(following)
            posts.append(watch.took())
        return pages, posts

    def hand_in_all(self, tasks: Sequence[int]) -> int:
        """Whole cases without looking at the pages; how many tasks that were."""
        for task_id in tasks:
            following: int | None = task_id
            while following is not None:
                following = self.hand_in(following)
        return len(tasks) * LENGTH

    def open_page(self, task_id: int) -> None:
        response, text = self._send("GET", f"/tasks/{task_id}")
        if response.status != 200:
            raise UnexpectedAnswer(f"the page of a task: {response.status}")
        form = _Form()
        form.feed(text)
        self._fields = form.fields

    def hand_in(self, task_id: int) -> int | None:
        """Send the form; the id of the next task of this case, if the site leads there."""
        ours = {name: value or NOTE for name, value in self._fields.items()}
        ours["idempotency_key"] = secrets.token_urlsafe(16)
        response, _ = self._send("POST", f"/tasks/{task_id}", urlencode(ours))
        if response.status != 302:
            raise UnexpectedAnswer(f"handing in: {response.status}")
        parts = urlsplit(response.headers["Location"]).path.strip("/").split("/")
        return int(parts[1]) if parts[0] == "tasks" and len(parts) == 2 else None

    def _send(self, method: str, path: str, body: str | None = None) -> tuple[HTTPResponse, str]:
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items()),
            "Sec-Fetch-Site": "same-origin",
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        text = response.read().decode()
        for line in response.headers.get_all("Set-Cookie", []):
            self._cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return response, text


class _Form(HTMLParser):
    """The fields of the main form of a page, with their values."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "form":
            self._inside = "idempotency_key" not in self.fields
        if self._inside and tag in ("input", "textarea") and said.get("name"):
            self.fields[str(said["name"])] = said.get("value") or ""


@contextmanager
def _server(database: Database) -> Iterator[int]:
    """The site on a free port, in a process of its own, as it runs in production."""
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", "--worker-class", "gthread", "--threads", "8"]
    command += ["--log-level", "warning", "--bind", f"{HOST}:{port}", "app.wsgi:app"]
    environment = {
        **os.environ,
        "DATABASE_URL": database.url,
        "SECRET_KEY": secrets.token_hex(32),
        "SECURE_COOKIES": "0",
    }
    server = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(port, server)
        yield port
    finally:
        server.terminate()
        server.wait(10)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind((HOST, 0))
        return int(found.getsockname()[1])


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    last = perf_counter() + START_SECONDS
    while perf_counter() < last and server.poll() is None:
        try:
            connection = HTTPConnection(HOST, port, timeout=5)
            connection.request("GET", "/sign-in")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise ServerDidNotStart
