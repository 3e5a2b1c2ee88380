"""A set of files seen together: what lies in a folder, or is live, or would be after publishing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from app import decisions
from app.definitions import parsed
from app.definitions.findings import Finding
from app.definitions.models import Kind
from app.definitions.packs import CORE, Pack, PackFile, lay_over
from app.engine.errors import DiagramRefused
from app.engine.parse import Diagram
from app.engine.xml import MAX_BYTES
from app.errors import InvalidInput
from app.forms import Form, FormRefused

FOLDERS = {
    Kind.PACK: ("", "pack.toml"),
    Kind.BPMN: ("", "*.bpmn"),
    Kind.DMN: ("decisions", "*.dmn"),
    Kind.FORM: ("forms", "*.form"),
}


@dataclass(frozen=True)
class SourceFile:
    """One file of a pack. ``name`` is how messages call it, e.g. ``hull/forms/decide.form``."""

    kind: Kind
    pack: str
    key: str
    content: str
    name: str

    @property
    def place(self) -> tuple[Kind, str, str]:
        return self.kind, self.pack, self.key


def file_key(kind: Kind, content: str, stem: str, pack: str) -> str:
    """What a file is called by in ``definition_version.key``.

    A diagram that cannot be parsed goes by its file name, so that it can still be reported.
    """
    match kind:
        case Kind.PACK:
            return pack
        case Kind.BPMN:
            try:
                processes = parsed.diagram(content).processes
            except DiagramRefused:
                return stem
            return processes[0].id if processes else stem
        case _:
            return stem


def read_folder(folder: Path) -> list[SourceFile]:
    """All files of all packs below ``folder``.

    Raises:
        InvalidInput: a file cannot be opened or is not UTF-8 text; the message names it.
    """
    files, findings = read_what_can_be(folder)
    if findings:
        raise InvalidInput(f"{findings[0].file}: {findings[0].message}")
    return files


def read_what_can_be(folder: Path) -> tuple[list[SourceFile], list[Finding]]:
    """All files below ``folder``, and what is wrong with those that cannot be read as text.

    A file in another encoding is still among the files, its foreign letters replaced, so that
    whatever refers to it can be checked.
    """
    files: list[SourceFile] = []
    findings: list[Finding] = []
    for path, kind, pack in _paths(folder):
        name = str(path.relative_to(folder))
        try:
            if path.stat().st_size > MAX_BYTES:
                message = f"This file is larger than {MAX_BYTES // 1_000_000} MB."
                findings.append(Finding(name, "", "too-large", message))
                continue
            raw = path.read_bytes()
        except OSError as error:
            message = f"this file cannot be read: {error.strerror}"
            findings.append(Finding(name, "", "readable", message))
            continue
        # As a text file is read: whatever ends its lines, they end the same way here.
        content = raw.decode(errors="replace").replace("\r\n", "\n").replace("\r", "\n")
        if not _is_utf8(raw):
            findings.append(Finding(name, "", "readable", "save this file as UTF-8"))
        files.append(
            SourceFile(kind, pack, file_key(kind, content, path.stem, pack), content, name)
        )
    return files, findings


def _paths(folder: Path) -> Iterator[tuple[Path, Kind, str]]:
    for pack_folder in sorted(path.parent for path in folder.glob("*/pack.toml")):
        for kind, (below, pattern) in FOLDERS.items():
            for path in sorted((pack_folder / below).glob(pattern)):
                yield path, kind, pack_folder.name


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


@dataclass(frozen=True, eq=False)
class View:
    """What one area sees: its own files over those of the packs it extends. Only what parses."""

    pack: Pack
    diagrams: dict[str, Diagram] = field(repr=False)
    models: dict[str, decisions.Model] = field(repr=False)
    forms: dict[str, Form] = field(repr=False)


class Library:
    """Files by place; a later file at the same place replaces the earlier."""

    def __init__(self, files: Iterable[SourceFile]) -> None:
        self.files = {file.place: file for file in files}
        self._views: dict[str, View] = {}
        self._packs: dict[str, Pack] = {}

    def with_files(self, files: Iterable[SourceFile]) -> "Library":
        return Library([*self.files.values(), *files])

    @cached_property
    def pack_files(self) -> dict[str, PackFile]:
        """Raises ``PackRefused`` for the first that cannot be read."""
        return {
            file.pack: parsed.pack_file(file.content, file.name)
            for file in self.files.values()
            if file.kind is Kind.PACK
        }

    def pack(self, pack_id: str) -> Pack:
        """Raises ``PackRefused``. A library without any pack file still has an empty core."""
        if pack_id not in self._packs:
            self._packs[pack_id] = self._laid_over(pack_id)
        return self._packs[pack_id]

    def _laid_over(self, pack_id: str) -> Pack:
        files = self._chain(pack_id)
        if pack_id == CORE and CORE not in files:
            files[CORE] = PackFile(CORE, "Core", None, {}, {}, {}, frozenset(), ())
        return lay_over(files, pack_id)

    def _chain(self, pack_id: str) -> dict[str, PackFile]:
        """The pack and those it extends; a fault in any other pack is not its concern."""
        found: dict[str, PackFile] = {}
        wanted: str | None = pack_id
        while wanted is not None and wanted not in found:
            file = self.files.get((Kind.PACK, wanted, wanted))
            if file is None:
                break
            found[wanted] = parsed.pack_file(file.content, file.name)
            wanted = found[wanted].extends
        return found

    def view(self, pack_id: str) -> View:
        """Raises ``PackRefused``: there is no such pack, or it cannot be read."""
        if pack_id not in self._views:
            self._views[pack_id] = self._build_view(pack_id)
        return self._views[pack_id]

    def _build_view(self, pack_id: str) -> View:
        view = View(self.pack(pack_id), {}, {}, {})
        for layer in reversed(view.pack.chain):
            for file in self.files.values():
                if file.pack == layer:
                    _lay(file, view)
        return view


def _lay(file: SourceFile, view: View) -> None:
    """Add one file; what cannot be read is left out here and reported by the checks."""
    try:
        match file.kind:
            case Kind.BPMN:
                diagram = parsed.diagram(file.content)
                view.diagrams.update({process.id: diagram for process in diagram.processes})
            case Kind.DMN:
                model = parsed.model(file.content)
                view.models.update(dict.fromkeys(model.decision_ids, model))
            case Kind.FORM:
                view.forms[file.key] = parsed.form(file.content)
            case Kind.PACK:
                pass
    except (DiagramRefused, decisions.DmnRefused, FormRefused):
        return
