"""Without the parents' agreement only a worry about harm goes to the front door."""

import pytest

from app.config import ROOT
from app.forms import load
from tests.support.forms import ENV

FORMS = ("core/forms/make_front_door_contact.form", "hull/forms/make_ehash_contact.form")


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize(
    ("judgement", "agreed", "refused"),
    [
        ("targeted_help", "no", True),
        ("targeted_help", "yes", False),
        ("targeted_help", "not_asked", False),
        ("complex_or_cp", "no", False),
    ],
)
def test_targeted_help_is_not_asked_for_against_the_parents(
    path: str, judgement: str, agreed: str, refused: bool
) -> None:
    answers = {
        "practitioner_judgement": judgement,
        "parents_informed": "yes",
        "consent_to_share": agreed,
    }
    bound = load((ROOT / "processes" / path).read_bytes()).bind(answers, env=ENV)
    bound.validate()
    assert ("Talk to your safeguarding lead" in str(bound.errors)) is refused
