"""Files of packs: checked with everything around them, as before publishing."""

from functools import partial
from pathlib import Path
from typing import Any

from app.cli.children import TOGETHER, in_children, in_shared_children
from app.cli.verdicts import FileResult, of_death, of_drive, of_pack
from app.definitions.alone import judge
from app.definitions.checks import check_file
from app.definitions.findings import Finding
from app.definitions.library import Library, SourceFile, View, read_what_can_be
from app.definitions.models import Kind
from app.definitions.packs import PackRefused
from app.definitions.place import Surroundings
from app.engine.drive.play import drive
from app.runtime.automatic import registered

LARGE = 100_000
"""Letters. Reading what is smaller cannot take too much; what is larger is tried in a child."""


def check_packs(packs: dict[Path, set[Path]], *, drive: bool) -> list[FileResult]:
    return [result for folder in packs for result in _folder(folder, packs[folder], drive=drive)]


def _folder(folder: Path, wanted: set[Path], *, drive: bool) -> list[FileResult]:
    """The files that are wanted, in the light of all that lie in this folder of packs."""
    files, unreadable = read_what_can_be(folder)
    results = _too_much(files)
    files = [file for file in files if file.name not in results]
    around = Surroundings(Library(files), registered())
    _load(around.library)
    asked = {str(path.relative_to(folder)) for path in wanted}
    chosen = [file for file in files if file.name in asked]
    before = {file.name: [f for f in unreadable if f.file == file.name] for file in chosen}
    jobs = [partial(_checked, file, around, before[file.name], drive=drive) for file in chosen]
    for number, said, died in in_shared_children(jobs, together=1 if drive else TOGETHER):
        name = chosen[number].name
        results[name] = said or of_death(name, died or "fault")
    for finding in unreadable:
        results.setdefault(finding.file, of_pack(finding.file, [finding]))
    return [results[name] for name in sorted(results) if name in asked]


def _too_much(files: list[SourceFile]) -> dict[str, FileResult]:
    """Large diagrams and tables that take more than they may."""
    large = [f for f in files if f.kind in {Kind.BPMN, Kind.DMN} and len(f.content) > LARGE]
    jobs = [partial(_looked, file) for file in large]
    return {
        large[number].name: of_death(large[number].name, died)
        for number, _said, died in in_children(jobs)
        if died in {"time", "memory"}
    }


def _looked(file: SourceFile) -> None:
    judge(file.name, file.content.encode())


def _load(library: Library) -> None:
    """What every child needs is read once, before they begin."""
    for pack in {file.pack for file in library.files.values()}:
        try:
            library.view(pack)
        except PackRefused:
            continue  # told by the check of each file


def _checked(
    file: SourceFile, around: Surroundings, before: list[Finding], *, drive: bool
) -> FileResult:
    """In the child."""
    result = of_pack(file.name, [*before, *check_file(file, around)])
    if drive and file.kind is Kind.BPMN and result["status"] == "runs":
        result["drive"] = _driven(file, around.library.view(file.pack))
    return result


def _driven(file: SourceFile, view: View) -> list[dict[str, Any]]:
    return [of_drive(file.key, drive(file.name, view.diagrams, file.key, _offered(view)))]


def _offered(view: View) -> dict[str, list[object]]:
    """By field, what forms offer to choose from."""
    return {
        field.key: [choice.value for choice in field.choices]
        for form in view.forms.values()
        for field in form.fields
        if field.choices
    }
