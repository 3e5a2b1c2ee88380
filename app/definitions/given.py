"""Which values the facts of each process can have, in the light of everything an area sees.

What a caller maps in is followed back into the caller. Of what comes from outside (the property
``facts``, messages) nothing is known. A file that several areas use is judged by all of them: an
area may call its processes with other values, and ask with forms of its own.
"""

from collections.abc import Mapping
from functools import lru_cache

from app.definitions.crossing import crossing_of
from app.definitions.domains import ANYTHING, Domain
from app.definitions.domains_of import domains, of_text
from app.definitions.facts import ALWAYS_THERE
from app.definitions.library import Library, SourceFile, View
from app.definitions.packs import PackRefused
from app.engine.catalogue import ProcessInfo


class Given:
    def __init__(self, view: View) -> None:
        self._view = view
        self._known: dict[str, Mapping[str, Domain]] = {}

    def of(self, process: ProcessInfo) -> Mapping[str, Domain]:
        """By name. A name that is missing is given by nothing that is seen from here."""
        if process.id not in self._known:
            self._known[process.id] = {}  # for what calls itself: nothing is known of it
            self._known[process.id] = domains(self._view, process, self._from_outside(process))
        return self._known[process.id]

    def _from_outside(self, process: ProcessInfo) -> Mapping[str, Domain]:
        crossing = crossing_of(self._view)
        found: dict[str, Domain] = {}
        for caller in crossing.callers.get(process.id, ()):
            calling = self._process(caller.process_id)
            known = self.of(calling) if calling else {}
            for name, text in caller.inputs.items():
                given = of_text(text, known)
                found[name] = found[name].or_else(given) if name in found else given
        open_names = {*ALWAYS_THERE, *process.properties.get("facts", "").split(",")}
        for message in {e.message for e in process.elements.values() if e.message}:
            for end in (crossing.senders, crossing.receivers):
                open_names |= {name for e in end.get(message, ()) for name in e.inputs}
        return found | {name.strip(): ANYTHING for name in open_names}

    def _process(self, process_id: str) -> ProcessInfo | None:
        diagram = self._view.diagrams.get(process_id)
        processes = diagram.processes if diagram else ()
        return next((each for each in processes if each.id == process_id), None)


@lru_cache(maxsize=16)
def given_in(view: View) -> Given:
    return Given(view)


def in_all_areas(library: Library, file: SourceFile, process: ProcessInfo) -> Mapping[str, Domain]:
    """The facts of a process in ``file``, whichever area runs it."""
    found: dict[str, Domain] = {}
    for view in views_of(library, file):
        for name, domain in given_in(view).of(process).items():
            found[name] = found[name].or_else(domain) if name in found else domain
    return found


def views_of(library: Library, file: SourceFile) -> list[View]:
    """What each area sees that works with this file; its own pack's first.

    A pack that cannot be read works with nothing.
    """
    found = [library.view(file.pack)]
    for pack_id in sorted({each.pack for each in library.files.values()} - {file.pack}):
        try:
            view = library.view(pack_id)
        except PackRefused:
            continue
        here = (p for p in view.pack.chain if (file.kind, p, file.key) in library.files)
        if next(here, None) == file.pack:
            found.append(view)
    return found
