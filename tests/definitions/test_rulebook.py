"""The rulebook: whatever a check can say stands in it, with a reason people understand."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.config import ROOT
from app.definitions.findings import Finding
from app.definitions.rulebook import RULES
from app.engine.errors import Finding as Reason

#: Functions that make findings, and where the name of the rule stands among their arguments.
MAKERS = {"Finding": (1, 2), "refuse": (1,), "finding": (1,), "_refused": (0,)}
KEBAB = frozenset("abcdefghijklmnopqrstuvwxyz-")


def written(folder: str) -> Iterator[tuple[str, str]]:
    """File and name of every rule that is written in a call."""
    for path in sorted((ROOT / "app" / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield from ((_name(path), rule) for rule in _rules(node))


def _rules(call: ast.Call) -> Iterator[str]:
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    for position in MAKERS.get(name, ()):
        argument = call.args[position] if len(call.args) > position else None
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            text = argument.value
            if text and set(text) <= KEBAB:
                yield text


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("folder", ["engine", "definitions", "modeller", "importing"])
def test_every_rule_that_is_reported_stands_in_the_book(folder: str) -> None:
    found = set(written(folder))
    assert len(found) > 2
    assert {(file, rule) for file, rule in found if rule not in RULES} == set()


@pytest.mark.parametrize("rule", RULES)
def test_every_entry_says_what_it_asks_and_why(rule: str) -> None:
    entry = RULES[rule]
    assert set(rule) <= KEBAB
    assert entry.about
    for sentence in (entry.asks, entry.why):
        assert sentence[0].isupper()
        assert sentence.endswith(".")


def test_a_finding_says_why_and_what_to_do() -> None:
    said = Finding("core/p.bpmn", "x", "every-choice-answered", "Nothing is said.").as_json()
    assert said["why"] == RULES["every-choice-answered"].why
    assert said["mend"] == RULES["every-choice-answered"].mend


def test_what_the_engine_says_is_told_apart_into_fault_and_mend() -> None:
    reason = Reason("x", "no-implicit-end", "Nothing follows. Add an end event.")
    found = Finding.of_engine("core/p.bpmn", reason)
    assert (found.message, found.mend) == ("Nothing follows.", "Add an end event.")
