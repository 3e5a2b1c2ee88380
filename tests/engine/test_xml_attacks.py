"""Whatever a file tries, reading it ends within a second and 50 MB, gives nothing away, calls nobody."""

import json
import os
import resource
import socket
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from app import decisions
from app.decisions.errors import DmnRefused
from app.engine.errors import DiagramRefused
from app.engine.parse import parse_diagram
from tests.engine.xml_attacks import ROOTS, attacks

MEMORY = 50 * 1024 * 1024
SECONDS = 1
SECRET = "nobody but us knows this"
#: They hold nothing that does harm, so they may be read: what they point to is not looked at.
HARMLESS = {
    "sixty thousand attributes",
    "an attribute of two megabytes",
    "thousands of name spaces",
    "name spaces again at every depth",
    "two hundred thousand siblings",
    "comments without number",
    "instructions without number",
    "references to letters",
    "included",
    "a style sheet",
    "a schema",
}
NAMES = sorted(attacks("bpmn", "/s", "http://127.0.0.1:1"))


@pytest.fixture(scope="module")
def listener() -> Iterator[socket.socket]:
    """A server nobody may call."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        yield server


@pytest.fixture(scope="module")
def files(
    listener: socket.socket, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, Mapping[str, bytes]]:
    secret = tmp_path_factory.mktemp("attacked") / "secret"
    secret.write_text(SECRET)
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    return {kind: attacks(kind, str(secret), address) for kind in ROOTS}


def test_there_are_many_of_them() -> None:
    assert len(NAMES) >= 45


@pytest.mark.parametrize("kind", ROOTS)
@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_attacks_is_refused_or_does_nothing(
    kind: str, name: str, files: Mapping[str, Mapping[str, bytes]], listener: socket.socket
) -> None:
    found = read_in_a_child(kind, files[kind][name])
    assert found["what"] in ({"read", "refused"} if name in HARMLESS else {"refused"})
    assert found["said"].strip()
    assert SECRET not in found["said"]
    with pytest.raises(BlockingIOError):  # nobody called
        listener.accept()


def read_in_a_child(kind: str, file: bytes) -> dict[str, Any]:
    """What came of reading a file in a program that may have so much memory and time more."""
    warm_up()
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(out)
        _limit()
        os.write(into, json.dumps(_read(kind, file)).encode())
        os._exit(0)
    os.close(into)
    with os.fdopen(out, "rb") as pipe:
        found = pipe.read()
    _, status = os.waitpid(child, 0)
    assert status == 0, f"the program that read it died: {status}"
    answer: dict[str, Any] = json.loads(found)
    return answer


@cache
def warm_up() -> None:
    """What reading any file needs once does not count."""
    for kind in ROOTS:
        _read(kind, ROOTS[kind].replace("{name}", "x").replace("{inside}", "").encode())


def _limit() -> None:
    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY, size + MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))  # a child begins at nought


def _read(kind: str, file: bytes) -> dict[str, str]:
    try:
        read = parse_diagram.__wrapped__(file) if kind == "bpmn" else decisions.parse(file)
    except (DiagramRefused, DmnRefused) as refused:
        return {"what": "refused", "said": str(refused)}
    except Exception as error:  # noqa: BLE001  every crash is a finding
        return {"what": f"crashed: {error!r:.200}", "said": str(error)}
    return {"what": "read", "said": repr(read)[:10_000]}
