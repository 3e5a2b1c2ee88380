"""The words of each area read well where the shipped diagrams, forms and pages put them."""

import re

import pytest

from app.cases.starting import OFFERED
from app.config import ROOT
from app.definitions.library import Library, read_folder
from app.definitions.models import Kind

#: Two articles, or one before a name that has none.
TWICE = re.compile(r"\b(the|an?) (the\b|EHASH\b)", re.IGNORECASE)


@pytest.mark.parametrize("area", ["core", "hull", "hampshire", "southampton", "worcestershire"])
def test_no_sentence_has_an_article_too_many(area: str) -> None:
    library = Library(read_folder(ROOT / "processes"))
    pack = library.pack(area)
    texts = [
        file.content
        for file in library.files.values()
        if file.kind in {Kind.BPMN, Kind.FORM} and file.pack in pack.chain
    ]
    texts += [text for offer in OFFERED for text in (offer.words, offer.hint)]
    wrong = [found[0] for text in texts for found in TWICE.finditer(pack.in_words(text))]
    assert wrong == []


def test_hull_contacts_ehash_and_the_others_the_front_door_of_theirs() -> None:
    library = Library(read_folder(ROOT / "processes"))
    words = next(offer.words for offer in OFFERED if offer.process_id == "slot_front_door")
    assert library.pack("hull").in_words(words) == "Contact EHASH"
    assert library.pack("starter").in_words(words) == "Contact the front door"
    assert library.pack("hampshire").in_words(words) == "Contact the MASH"
