"""Each rule of the book has an example of ours that breaks it, and the checks say so, there."""

import pytest

from app.definitions.checks import check
from app.definitions.library import Library
from app.definitions.place import Surroundings
from app.definitions.rulebook import RULES
from tests.support.rule_examples import EXAMPLES

#: Rules about whole files, or about what only the modeller, the import or a move can see; each
#: has tests of its own there.
ELSEWHERE = frozenset(
    [
        "readable",
        "empty",
        "id-length",
        "encoding",
        "doctype",
        "too-large",
        "too-many",
        "not-xml",
        "not-bpmn",
        "pack",
        "form",
        "dmn",
        "id-stable",
        "move",
        "no-layout",
        "to-do",
        "soundness-disagrees",
        "message-expiry-thrown",
        "one-at-a-time",
        "check-works",
        "check-in-time",
        "check-in-memory",
    ]
)


def test_every_rule_has_an_example() -> None:
    assert set(RULES) - ELSEWHERE == set(EXAMPLES)


@pytest.mark.parametrize("rule", EXAMPLES)
def test_the_checks_find_it_at_its_element(rule: str) -> None:
    example = EXAMPLES[rule]
    library = Library([*example.others, example.file])
    around = Surroundings(library, frozenset({"known"}), example.members)
    found = check([example.file], around)
    assert (example.element_id, rule) in {(f.element_id, f.rule) for f in found}
    [finding] = [f for f in found if (f.element_id, f.rule) == (example.element_id, rule)][:1]
    answer = RULES[rule].answer
    assert answer == "refused or noted" or finding.is_error == (answer == "refused")
    assert finding.message
    assert finding.why
    assert finding.advice or not RULES[rule].mend
