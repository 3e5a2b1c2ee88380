"""Starting the site where it cannot be started says why, and what to type."""

import re
import socket
from collections.abc import Iterator

import pytest

from app.cli import main
from tests.conftest import SECRET


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen(1)
        yield other.getsockname()[1]


@pytest.fixture(autouse=True)
def _environment(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/never.sqlite")
    monkeypatch.setenv("SECRET_KEY", SECRET)


def test_a_port_in_use_is_named_with_another_to_take(
    taken: int, capsys: pytest.CaptureFixture[str], tmp_path: object
) -> None:
    assert main(["run", "--port", str(taken)]) == 1
    printed = capsys.readouterr()
    assert f"Port {taken} is in use already" in printed.err
    suggested = re.search(r"make run PORT=(\d+)", printed.err)
    assert suggested is not None
    assert int(suggested[1]) != taken
    assert "Early Help Pathways is at" not in printed.out


@pytest.mark.parametrize("port", ["0", "70000", "-1"])
def test_a_number_that_is_no_port_is_refused_in_words(
    port: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", f"--port={port}"]) == 1
    assert f"{port} is not a port" in capsys.readouterr().err


def test_an_address_of_another_machine_is_refused_in_words(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["run", "--host", "192.0.2.1", "--port", "8099"]) == 1
    assert "Nothing can listen at 192.0.2.1, port 8099" in capsys.readouterr().err
