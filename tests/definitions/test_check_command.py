"""``earlyhelp check``: one run says everything, whatever single files are like."""

import json
import os
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

from app.cli.check import FIELDS, run
from app.cli.check_alone import check_alone
from app.config import ROOT
from tests.support.diagrams import (
    bpmn,
    call,
    end,
    flow,
    parallel,
    process,
    simple,
    start,
    user,
    xor,
)
from tests.support.published import CORE_PACK
from tests.support.tables import decision_table

NOT_XML = b"not xml at all"
GOOD = simple(user("ask", groups="practitioner"), flow("start > ask > end"))
FOREIGN = GOOD.replace(b' id="start_ask"', b"")
UNSAID = simple(
    xor("which"),
    user("a", groups="practitioner"),
    flow("start > which > a > end"),
    flow("which > end"),
)
CALLS = simple(call("go", "other"), flow("start > go > end"))
OTHER = bpmn(process("other", start("s"), end("e"), flow("s > e")))


def folder_with(tmp_path: Path, **files: bytes) -> Path:
    core = tmp_path / "core"
    core.mkdir()
    (core / "pack.toml").write_text(CORE_PACK, encoding="utf-8")
    for name, content in files.items():
        (core / f"{name}.bpmn").write_bytes(content)
    return tmp_path


def said(folder: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    assert run(Namespace(paths=[folder], json=False, drive=False)) == 1
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


def checked(
    capsys: pytest.CaptureFixture[str], *paths: Path, drive: bool = False
) -> tuple[int, dict[str, dict[str, Any]]]:
    """The exit code, and what is said of each file, by the end of its name."""
    code = run(Namespace(paths=list(paths), json=True, drive=drive))
    results = json.loads(capsys.readouterr().out)
    return code, {Path(result["file"]).name: result for result in results}


def put(folder: Path, **files: bytes) -> Path:
    for name, content in files.items():
        (folder / f"{name}.bpmn").write_bytes(content)
    return folder


def test_each_file_runs_is_repaired_or_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tmp_path, good=GOOD, foreign=FOREIGN, unsaid=UNSAID, broken=NOT_XML)
    code, said = checked(capsys, tmp_path)
    assert code == 1
    assert {name: result["status"] for name, result in said.items()} == {
        "good.bpmn": "runs",
        "foreign.bpmn": "repaired",
        "unsaid.bpmn": "repaired",
        "broken.bpmn": "refused",
    }
    assert said["good.bpmn"]["processes"] == [{"id": "p", "name": "p"}]
    assert [each["rule"] for each in said["foreign.bpmn"]["repairs"]] == ["flow-has-id"]
    assert said["foreign.bpmn"]["todos"] == []
    assert {each["element"] for each in said["unsaid.bpmn"]["todos"]} == {"which_a", "which_end"}
    (reason,) = said["broken.bpmn"]["findings"]
    assert (reason["element"], reason["rule"]) == ("", "not-xml")
    assert reason["why"]


def test_when_all_run_the_code_is_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert checked(capsys, put(tmp_path, good=GOOD))[0] == 0


def test_a_process_that_only_calls_itself_does_not_run(tmp_path: Path) -> None:
    file = tmp_path / "a.bpmn"
    file.write_bytes(simple(call("go", "p"), flow("start > go > end")))
    (result,) = check_alone([file], drive=False)
    assert result["status"] == "repaired"
    assert [(todo["element"], todo["rule"]) for todo in result["todos"]] == [("go", "loop-depth")]


@pytest.mark.parametrize("name", ["pay all", "&lt;pay&gt; &quot;all&quot;", "1st"])
def test_a_call_by_a_name_that_no_process_can_have_is_no_fault_of_ours(
    tmp_path: Path, name: str
) -> None:
    file = tmp_path / "a.bpmn"
    file.write_bytes(simple(call("go", name), flow("start > go > end")))
    (result,) = check_alone([file], drive=True)
    assert result["status"] == "repaired"
    assert [todo["rule"] for todo in result["todos"]] == ["call-target-deployed"]


def test_processes_of_one_file_that_only_call_each_other_do_not_run(tmp_path: Path) -> None:
    file = tmp_path / "a.bpmn"
    other = process("q", start("s"), call("back", "p"), end("e"), flow("s > back > e"))
    one = process("p", start(), call("go", "q"), end(), flow("start > go > end"))
    file.write_bytes(bpmn(one, other))
    (result,) = check_alone([file], drive=False)
    assert {todo["element"] for todo in result["todos"]} == {"go", "back"}


def test_names_that_are_no_text_are_told_in_letters(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / os.fsdecode(b"a\xff.bpmn")).write_bytes(GOOD)
    assert run(Namespace(paths=[tmp_path], json=True, drive=False)) == 0
    (result,) = json.loads(capsys.readouterr().out.encode())
    assert result["file"].endswith(r"a\udcff.bpmn")


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.bpmn")
    (result,) = check_alone([tmp_path / "a.bpmn"], drive=False)
    assert "it is a pipe or a device" in result["findings"][0]["words"]


def test_a_task_that_nobody_would_get_is_left_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nobodys = simple(user("ask"), flow("start > ask > end"))
    code, said = checked(capsys, put(tmp_path, nobodys=nobodys))
    assert (code, said["nobodys.bpmn"]["status"]) == (1, "repaired")
    (todo,) = said["nobodys.bpmn"]["todos"]
    assert (todo["element"], todo["rule"]) == ("ask", "user-task-has-assignee-rule")


def test_a_role_that_only_another_tool_knows_is_noted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    theirs = simple(user("ask", groups="clerks"), flow("start > ask > end"))
    code, said = checked(capsys, put(tmp_path, theirs=theirs))
    assert (code, said["theirs.bpmn"]["status"]) == (0, "runs")
    notes = [(note["element"], note["rule"]) for note in said["theirs.bpmn"]["notes"]]
    assert ("ask", "role-exists") in notes


def test_nothing_to_check_is_a_matter_of_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(Namespace(paths=[tmp_path], json=False, drive=False)) == 2
    assert run(Namespace(paths=[tmp_path / "gone"], json=False, drive=False)) == 2
    said = capsys.readouterr()
    assert "no such file" in said.err
    assert said.out == ""  # there, a program reads JSON


def test_folders_are_walked_for_every_kind_of_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    (deep / "one.bpmn20.xml").write_bytes(GOOD)
    (deep / "two.xml").write_bytes(GOOD)
    (deep / "page.xml").write_bytes(b"<html/>")
    (deep / "notes.txt").write_bytes(GOOD)
    (deep / "table.dmn").write_bytes(NOT_XML)
    (deep / "ask.form").write_bytes(b"{")
    assert set(checked(capsys, tmp_path)[1]) == {
        "one.bpmn20.xml",
        "two.xml",
        "table.dmn",
        "ask.form",
    }


def test_a_called_process_may_lie_in_another_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tmp_path, calls=CALLS)
    code, said = checked(capsys, tmp_path)
    assert (code, said["calls.bpmn"]["status"]) == (1, "repaired")
    assert said["calls.bpmn"]["todos"][0]["rule"] == "call-target-deployed"
    put(tmp_path, other=OTHER)
    assert checked(capsys, tmp_path)[0] == 0


def calling(process_id: str, called: str, *before: str, way: str = "") -> bytes:
    first, last = f"{process_id}_s", f"{process_id}_e"
    go = f"{process_id}_go"
    line = flow(f"{first} > {way}{go} > {last}")
    return bpmn(process(process_id, start(first), end(last), *before, call(go, called), line))


def test_files_that_open_each_other_in_a_circle_do_not_run(tmp_path: Path) -> None:
    """Neither shows it by itself."""
    for name, called in (("a", "b"), ("b", "c"), ("c", "a"), ("d", "a")):
        (tmp_path / f"{name}.bpmn").write_bytes(calling(name, called))
    results = {Path(each["file"]).stem: each for each in check_alone(_files(tmp_path), drive=False)}
    assert {name: each["status"] for name, each in results.items()} == {
        **dict.fromkeys("abc", "repaired"),
        "d": "runs",
    }
    [todo] = results["a"]["todos"]
    assert (todo["element"], todo["rule"]) == ("a_go", "loop-depth")
    assert "It calls “b”, which opens this same process again" in todo["words"]


def test_files_in_a_circle_in_which_somebody_does_something_run(tmp_path: Path) -> None:
    (tmp_path / "a.bpmn").write_bytes(calling("a", "b"))
    task = user("ask", groups="practitioner")
    (tmp_path / "b.bpmn").write_bytes(calling("b", "a", task, way="ask > "))
    assert [each["status"] for each in check_alone(_files(tmp_path), drive=False)] == ["runs"] * 2


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.bpmn"))


def test_two_files_of_a_pack_that_draw_one_process_do_not_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = folder_with(tmp_path, a=GOOD, b=GOOD)
    lines = said(folder, capsys)
    assert any("core/a.bpmn: p: error: The id “p” is that of core/b.bpmn too" in e for e in lines)


def test_two_tables_of_a_pack_that_make_one_decision_do_not_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = folder_with(tmp_path)
    (folder / "core" / "decisions").mkdir()
    for name in ("a", "b"):
        xml = decision_table(("-", '"x"'), columns=["n"])
        (folder / "core" / "decisions" / f"{name}.dmn").write_text(xml, encoding="utf-8")
    assert sum("The decision “choose” is made in" in line for line in said(folder, capsys)) == 2


def test_a_file_of_a_pack_that_is_far_too_large_is_not_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = folder_with(tmp_path, a=GOOD)
    with (folder / "core" / "huge.bpmn").open("wb") as file:
        file.seek(600_000_000)
        file.write(b"x")
    assert any(
        "core/huge.bpmn: : error: This file is larger than 2 MB" in e for e in said(folder, capsys)
    )


def test_with_json_there_is_json_even_where_there_is_nothing_to_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(Namespace(paths=[tmp_path / "gone"], json=True, drive=False)) == 2
    assert json.loads(capsys.readouterr().out) == []


def test_what_a_file_is_called_cannot_colour_a_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "two\nlines \x1b[31m é 😀.bpmn").write_bytes(NOT_XML)
    lines = said(tmp_path, capsys)
    assert len(lines) == 3
    assert "two\\nlines \\x1b[31m é 😀.bpmn: refused" in lines[0]


def test_a_diagram_that_would_get_stuck_does_not_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stuck = simple(
        xor("which", "which_b"),
        *(user(name, groups="practitioner") for name in ("a", "b")),
        parallel("join"),
        flow("start > which"),
        flow("which > a", "=x"),
        flow("which > b > join > end"),
        flow("a > join"),
    )
    _code, said = checked(capsys, put(tmp_path, stuck=stuck))
    assert "join" in {each["element"] for each in said["stuck.bpmn"]["todos"]}


def test_a_file_in_a_pack_is_checked_with_its_pack(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = folder_with(tmp_path, b=GOOD.replace(b"practitioner", b"nobody"))
    code, said = checked(capsys, folder / "core" / "b.bpmn")
    assert code == 1
    assert [each["rule"] for each in said["b.bpmn"]["findings"]] == ["role-exists"]


def test_driving_plays_to_the_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tmp_path, good=GOOD, calls=CALLS, other=OTHER)
    code, said = checked(capsys, tmp_path, drive=True)
    assert code == 0
    for result in said.values():
        (driven,) = result["drive"]
        assert driven["ok"]
        assert driven["ends"] > 0
        assert driven["not_reached"] == []


def test_the_help_names_every_field(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (result,) = checked(capsys, put(tmp_path, good=GOOD), drive=True)[1].values()
    for field in [*result, *result["drive"][0]]:
        assert field in FIELDS


def test_in_words_every_fault_stands_on_a_line_with_its_file_and_element(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tmp_path, unsaid=UNSAID, foreign=FOREIGN)
    assert run(Namespace(paths=[tmp_path], json=False, drive=False)) == 1
    lines = capsys.readouterr().out.splitlines()
    assert any("unsaid.bpmn: which_a: to do: " in line for line in lines)
    assert any("foreign.bpmn: start_to_ask" in line or "had no id" in line for line in lines)
    assert lines[-1].startswith("2 files checked: 0 run, 2 repaired, 0 refused")


def test_that_nobody_was_counted_for_a_role_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(Namespace(paths=[folder_with(tmp_path, good=GOOD)], json=True, drive=False))
    printed = capsys.readouterr()
    assert json.loads(printed.out)
    assert printed.err.startswith("Not checked: whether somebody has each role.")


def test_the_shipped_packs_have_neither_errors_nor_notes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(Namespace(paths=[ROOT / "processes"], json=True, drive=False)) == 0
    results = json.loads(capsys.readouterr().out)
    assert [note for result in results for note in result["notes"]] == []


def test_a_choice_without_a_way_for_all_other_cases_is_noted(tmp_path: Path) -> None:
    file = tmp_path / "a.bpmn"
    file.write_bytes(
        simple(
            xor("which"),
            user("a", groups="practitioner"),
            flow("start > which"),
            flow("which > a", "=count > 1"),
            flow("which > end", "=count = 0"),
            flow("a > end"),
        )
    )
    (result,) = check_alone([file], drive=False)
    assert result["status"] == "runs"
    assert ("which", "every-choice-answered") in {
        (note["element"], note["rule"]) for note in result["notes"]
    }
