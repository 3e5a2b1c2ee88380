"""``make bench-engine`` runs, and says what it promises to say. Its figures are nobody's test."""

import json
import subprocess
import sys
from typing import Any

import pytest

from app.config import ROOT

SEVERAL = ("in_memory_stock", "naive_blob", "bpmn_engine", "sqlite")


@pytest.fixture(scope="module")
def found() -> Any:
    command = [sys.executable, "-m", "bench.engine", "--size", "tiny", "--on", "sqlite"]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def test_one_json_document_holds_all_parts(found: Any) -> None:
    assert set(found) == {"about", "completions", "turns", "compared", "aims"}
    assert found["about"]["node"].startswith("v")


@pytest.mark.parametrize("process", ["line_of_20", "review_turn_1"])
def test_everybody_completes_the_same_processes(found: Any, process: str) -> None:
    figures = found["completions"][process]
    for name in (*SEVERAL, "bpmn_engine_loaded", "sqlite_loaded", "sqlite_floor"):
        assert figures[name]["ms_p95"] >= figures[name]["ms_p50"] > 0
        assert figures[name]["per_second"] > 0
    assert figures["sqlite_over_memory"]["wall"] > 0
    assert figures["bpmn_engine_over_sqlite_loaded"]["busy"] > 0
    assert figures["engine_and_state_only_loaded"]["per_second"] > 0
    assert figures["bpmn_engine_over_engine_and_state_only_loaded"]["busy"] > 0


def test_each_turn_says_how_long_it_took_and_what_is_kept(found: Any) -> None:
    for turn in ("turn_1", "turn_2"):
        ours = found["turns"]["sqlite"][turn]
        assert ours["warm_statements"]["most"] >= 1
        assert ours["commits"] == 1
        assert 0 < ours["state_bytes"] <= 4096
        for name in ("naive_blob", "bpmn_engine"):
            assert found["turns"][name][turn]["state_bytes"] > ours["state_bytes"]
            assert found["turns"][name][turn]["loaded"]["ms_p50"] > 0


def test_each_aim_is_said_with_what_was_found(found: Any) -> None:
    assert {"aim", "found", "met"} == set().union(*(set(aim) for aim in found["aims"]))
    said = {aim["aim"]: aim["met"] for aim in found["aims"]}
    assert said["at most 12 statements from memory"]
    assert said["one commit"]
    assert said["state of at most 4,096 bytes"]
