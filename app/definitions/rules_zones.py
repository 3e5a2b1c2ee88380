"""Rule: a moment with a time zone is not compared with one that has none."""

from collections.abc import Iterator, Mapping

from app.definitions.findings import Finding
from app.definitions.place import Place, called
from app.definitions.rules_names import decisive_texts, handed_in, other_texts
from app.definitions.zones import Zones
from app.engine.catalogue import ProcessInfo


def zones_meet(place: Place) -> Iterator[Finding]:
    parameters = place.view.pack.parameters
    for process in place.diagram.processes:
        zones = Zones(parameters, _known(process, parameters, handed_in(place, process)))
        for element in process.elements.values():
            texts = [*decisive_texts(place, element), *other_texts(element)]
            if any(zones.clash(text) for text in [*texts, *element.outputs.values()]):
                yield place.finding(
                    element.id,
                    "zones-meet",
                    f"{called(element)} compares a time that has a time zone, such as now(), with "
                    "one that has none.",
                )


def _known(
    process: ProcessInfo, parameters: Mapping[str, object], handed: set[str]
) -> dict[str, bool]:
    """Of the facts that only calculations and mappings of the process give, and all alike."""
    plain = Zones(parameters, {})
    found: dict[str, set[bool | None]] = {name: {None} for name in handed}
    for element in process.elements.values():
        given = {**element.inputs, **element.outputs}
        if element.result_variable and not element.outputs:
            given[element.result_variable] = element.script or ""
        for name, text in given.items():
            found.setdefault(name, set()).add(plain.of_text(text))
    return {
        name: zoned is True
        for name, each in found.items()
        for zoned in each
        if len(each) == 1 and zoned is not None
    }
