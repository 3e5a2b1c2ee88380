"""Rules: an automatic step is given what it needs, and in words that it knows."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from app.definitions.domains import Domain
from app.definitions.domains_of import of_text
from app.definitions.findings import Finding
from app.definitions.given import in_all_areas
from app.definitions.place import Place, called
from app.definitions.steps import Terms, terms_of
from app.definitions.telling import near_option, told, told_options
from app.engine.catalogue import Element

MOST_TOLD = 3


def steps_given(place: Place) -> Iterator[Finding]:
    for process in place.diagram.processes:
        steps = [e for e in process.elements.values() if e.kind == "service"]
        known = in_all_areas(place.around.library, place.file, process) if steps else {}
        for step in steps:
            terms = terms_of(step.task_type)
            if terms is not None:
                yield from _missing(place, step, terms, known)
                yield from _not_read(place, step, terms)
                yield from _unknown_texts(place, step, terms, known)


def _missing(
    place: Place, step: Element, terms: Terms, known: Mapping[str, Domain]
) -> Iterator[Finding]:
    for name in sorted(terms.needs):
        text = step.inputs.get(name, "").strip()
        if not text or of_text(text, known).kinds == frozenset():
            near = get_close_matches(name, step.inputs.keys() - terms.needs - terms.takes, n=1)
            yield place.finding(
                step.id,
                "step-given",
                f"{called(step)} is the automatic step “{step.task_type}”, which needs “{name}”, "
                "and nothing is given under that name.",
                mend=f"Is “{near[0]}” meant? Call it “{name}”." if near else "",
            )


def _not_read(place: Place, step: Element, terms: Terms) -> Iterator[Finding]:
    for name in sorted(step.inputs.keys() - terms.needs - terms.takes):
        yield place.finding(
            step.id,
            "step-reads",
            f"{called(step)} gives “{name}” to the automatic step “{step.task_type}”, which does not "
            "read it.",
            severity="note",
        )


def _unknown_texts(
    place: Place, step: Element, terms: Terms, known: Mapping[str, Domain]
) -> Iterator[Finding]:
    for name, texts in terms.texts.items():
        given = of_text(step.inputs.get(name, ""), known).options or frozenset()
        strange = sorted(str(each) for each in given - texts - {""})
        for text in strange[:MOST_TOLD]:
            yield place.finding(
                step.id,
                "step-understands",
                f"{called(step)} gives the automatic step “{step.task_type}” the {name} "
                f"{told(text)}, which it does not know. It knows {told_options(texts)}.",
                mend=near_option(text, texts),
            )
