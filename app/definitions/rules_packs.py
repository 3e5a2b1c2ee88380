"""Rule: what an area writes into its pack is read by something."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from app.definitions.facts import elements_of
from app.definitions.findings import Finding
from app.definitions.library import Library, SourceFile, View
from app.definitions.packs import PackRefused, words_used


def entries_used(file: SourceFile, view: View, library: Library) -> Iterator[Finding]:
    """An entry of an area that nothing there reads, and that is spelt nearly as another.

    An area may note down what it will need, and what the core says may be read by the application
    itself: of those nothing is claimed.
    """
    own = library.pack_files[file.pack]
    if own.extends is None:
        return
    try:
        above = library.pack(own.extends)
    except PackRefused:
        return  # said of the pack itself
    text = _everything(library, view)
    lanes = {e.lane for d in view.diagrams.values() for e in elements_of(d) if e.lane}
    entries: tuple[tuple[str, Mapping[str, object], Mapping[str, object], set[str]], ...] = (
        ("words", own.words, above.words, set(words_used(text))),
        ("parameters", own.parameters, above.parameters, {n for n in own.parameters if n in text}),
        ("lanes", own.lanes, above.lanes, {lane for lane in lanes if lane}),
    )
    for part, mine, theirs, read in entries:
        for name in sorted(mine.keys() - theirs.keys() - read):
            near = get_close_matches(name, theirs.keys() | read, n=1, cutoff=0.8)
            if near:
                yield Finding(
                    file.name,
                    "",
                    "pack-entry-read",
                    f"[{part}] {name}: nothing in this area reads it, and there is “{near[0]}”.",
                    "note",
                    mend=f"Did you mean “{near[0]}”?",
                )


def _everything(library: Library, view: View) -> str:
    """All that is written in the files of an area, besides its packs."""
    kinds = (f for f in library.files.values() if f.pack in view.pack.chain and f.kind != "pack")
    return "\n".join(file.content for file in kinds)
