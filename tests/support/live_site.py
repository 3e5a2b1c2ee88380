"""The real application, served by its real server in a program of its own, for browsers."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

from app import db
from app.audit.record import use_key
from app.cases.registration import register_with_runtime
from app.cli.database import migrate_database
from app.config import ROOT
from tests.support.shipped import Cast, open_for_business

AREA = "starter"
#: Seconds until the server has to answer; a machine may be busy with other tests.
PATIENCE = 90


@dataclass(frozen=True)
class LiveSite:
    """``address`` is where a browser finds it; the test reaches the same database."""

    address: str
    database_url: str
    secret: str
    cast: Cast

    def connect(self) -> None:
        """Point this test's own ``transaction()`` and ``reading()`` at the site's database."""
        if db.write_engine().url != make_url(self.database_url):
            db.connect(self.database_url)
        use_key(self.secret)
        register_with_runtime()


@contextmanager
def live_site(folder: Path, *, secret: str) -> Iterator[LiveSite]:
    """Published processes, an area with people of every role, and the server in front of them."""
    url = f"sqlite:///{folder / 'live.sqlite'}"
    migrate_database(url)
    db.connect(url)
    use_key(secret)
    register_with_runtime()
    cast = open_for_business(AREA)
    with _served(folder, url, secret) as address:
        yield LiveSite(address, url, secret, cast)


@contextmanager
def _served(folder: Path, url: str, secret: str) -> Iterator[str]:
    port = _free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "SECRET_KEY": secret,
        "DEMO_MODE": "1",
        "COUNCIL_NAME": "Examplebridge Council",
    }
    log = folder / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "run", "--port", str(port)],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/sign-in", server, log)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=30)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_for(page: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert server.poll() is None, log.read_text(encoding="utf-8")
        try:
            with urllib.request.urlopen(page, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"no answer after {PATIENCE} seconds: {log.read_text(encoding='utf-8')}")
