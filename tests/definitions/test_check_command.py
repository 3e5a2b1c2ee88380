"""``earlyhelp check``: one run says everything, whatever single files are like."""

from argparse import Namespace
from pathlib import Path

import pytest

from app.cli.check import run
from tests.support.published import CORE_PACK

NOT_XML = b"not xml at all"


def folder_with(tmp_path: Path, **files: bytes) -> Path:
    core = tmp_path / "core"
    core.mkdir()
    (core / "pack.toml").write_text(CORE_PACK, encoding="utf-8")
    for name, content in files.items():
        (core / f"{name}.bpmn").write_bytes(content)
    return tmp_path


def said(folder: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    assert run(Namespace(folders=[folder], json=False)) == 1
    return capsys.readouterr().out.splitlines()


def test_a_file_that_is_not_utf_8_does_not_stop_the_rest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = folder_with(tmp_path, a="<caf\u00e9".encode("latin-1"), b=NOT_XML)
    lines = said(folder, capsys)

    assert any("core/a.bpmn" in line and "UTF-8" in line for line in lines)
    assert any("core/b.bpmn" in line for line in lines)


def test_nor_does_one_that_cannot_be_opened(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = folder_with(tmp_path, b=NOT_XML)
    (folder / "core" / "a.bpmn").mkdir()
    lines = said(folder, capsys)

    assert any("core/a.bpmn" in line and "cannot be read" in line for line in lines)
    assert any("core/b.bpmn" in line for line in lines)


def test_nor_does_a_pack_that_is_not_utf_8(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = folder_with(tmp_path, b=NOT_XML)
    area = folder / "caf"
    area.mkdir()
    (area / "pack.toml").write_bytes('id = "caf"\nname = "Caf\u00e9"'.encode("latin-1"))
    lines = said(folder, capsys)

    assert any("caf/pack.toml" in line and "UTF-8" in line for line in lines)
    assert any("core/b.bpmn" in line for line in lines)
