"""What ``earlyhelp check`` was pointed at: packs with all that is in them, and files by themselves."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ENDINGS = (".bpmn", ".bpmn2", ".dmn", ".form")
SNIFFED = 4096


@dataclass
class Found:
    """``packs`` are folders of packs, each with the files in it that were asked for."""

    packs: dict[Path, set[Path]] = field(default_factory=dict)
    alone: list[Path] = field(default_factory=list)


def find(paths: list[Path]) -> Found:
    found = Found()
    for path in paths:
        for file in _files(path):
            home = _packs_around(file)
            if home is None:
                found.alone.append(file)
            else:
                found.packs.setdefault(home, set()).add(file)
    found.alone = list(dict.fromkeys(found.alone))
    return found


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    closed: list[OSError] = []
    for folder, folders, names in os.walk(path, onerror=closed.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            file = Path(folder) / name
            if name == "pack.toml" or name.lower().endswith(ENDINGS) or _is_bpmn(file):
                yield file
        for name in [name for name in folders if name.lower().endswith(ENDINGS)]:
            yield Path(folder) / name  # cannot be read, and is told so
    yield from (Path(error.filename) for error in closed)


def _is_bpmn(file: Path) -> bool:
    """An ``.xml`` file that says it is BPMN, in whatever encoding."""
    if file.suffix.lower() != ".xml":
        return False
    if file.name.lower().endswith(".bpmn20.xml"):
        return True
    try:
        with file.open("rb") as opened:
            begin = opened.read(SNIFFED).replace(b"\x00", b"")
    except OSError:
        return False
    return b"BPMN" in begin and b"definitions" in begin


def _packs_around(file: Path) -> Path | None:
    """The folder of packs a file belongs to, if it lies where files of a pack lie."""
    for pack in (file.parent, file.parent.parent):
        in_place = pack == file.parent or file.parent.name in {"decisions", "forms"}
        if in_place and (pack / "pack.toml").is_file():
            return pack.parent
    return None
