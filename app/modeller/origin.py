"""What the import of a file said about it, kept with each of its drafts."""

import json
from dataclasses import asdict, dataclass

from app.importing.imported import Imported
from app.importing.work import Line
from app.modeller.models import Draft


@dataclass(frozen=True)
class Origin:
    """``changes`` and ``notes`` as the import told them; ``drafts`` are all of the file, by id."""

    file: str
    changes: tuple[Line, ...]
    notes: tuple[Line, ...]
    drafts: tuple[tuple[int, str], ...]


def keep_origin(drafts: list[Draft], file: str, imported: Imported) -> None:
    """Write it to the drafts of one file, in the order of its processes."""
    lines = [asdict(line) for line in imported.lines]
    names = [[draft.id, made.name] for draft, made in zip(drafts, imported.drafts, strict=True)]
    for draft in drafts:
        draft.origin = json.dumps({"file": file, "lines": lines, "drafts": names})


def origin_of(draft: Draft) -> Origin | None:
    if draft.origin is None:
        return None
    kept = json.loads(draft.origin)
    lines = [Line(**{**line, "left_out": tuple(line["left_out"])}) for line in kept["lines"]]
    return Origin(
        file=kept["file"],
        changes=tuple(line for line in lines if not line.is_note),
        notes=tuple(line for line in lines if line.is_note),
        drafts=tuple((number, name) for number, name in kept["drafts"]),
    )
