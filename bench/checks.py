"""How long the checks take: one diagram of sixty elements, and a folder of a thousand files."""

import json
import resource
import subprocess
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from app.config import ROOT
from app.definitions import parsed, soundness
from app.definitions.checks import check
from app.definitions.library import Library, SourceFile
from app.definitions.place import Surroundings
from app.engine import parse
from bench.sizes import Sizes
from bench.timing import Block, Figures, Took, milliseconds, say, side_by_side, timed
from tests.support import diagrams as d
from tests.support.published import CORE_PACK, diagram, form, pack_file

STAGES = 6
FORM = "checked_note"


def measure(sizes: Sizes) -> Figures:
    say("checks: one diagram")
    figures = _one_diagram(sizes)
    say(f"checks: folders of {sizes.checked_files} files")
    return figures | {"folders": _folders(sizes.checked_files)}


def drawing(number: int = 0) -> bytes:
    """Sixty elements in six stages: a choice, two tasks side by side, a reminder, a way back."""
    parts = [d.start("begin"), d.end("end")]
    line = ["begin"]
    for stage in range(STAGES):
        name = f"s{number}_{stage}"
        line += [f"{name}_meet", f"{name}_ask", f"{name}_fork", f"{name}_one", f"{name}_join"]
        line += [f"{name}_again"]
        parts += [
            d.xor(f"{name}_meet"),
            _task(f"{name}_ask"),
            d.parallel(f"{name}_fork"),
            _task(f"{name}_one"),
            _task(f"{name}_other"),
            d.parallel(f"{name}_join"),
            d.xor(f"{name}_again", default=f"{name}_again_{_following(number, stage)}"),
            d.boundary(
                f"{name}_late", f"{name}_ask", d.timer("duration", "P5D"), interrupting=False
            ),
            _task(f"{name}_chase"),
            d.end(f"{name}_chased"),
            d.flow(f"{name}_late > {name}_chase > {name}_chased"),
            d.flow(f"{name}_fork > {name}_other > {name}_join"),
            d.flow(f"{name}_again > {name}_meet", '=note = "more"'),
        ]
    parts.append(d.flow(" > ".join([*line, "end"])))
    return d.bpmn(d.process(f"p{number}", *parts))


def _following(number: int, stage: int) -> str:
    return "end" if stage == STAGES - 1 else f"s{number}_{stage + 1}_meet"


def _task(element_id: str) -> str:
    return d.user(element_id, form=FORM, groups="practitioner", name=f"Do {element_id}")


def _one_diagram(sizes: Sizes) -> Figures:
    file = diagram(drawing())
    around = Surroundings(Library([pack_file(CORE_PACK, pack="core"), form(FORM, ["note"]), file]))
    blocks: dict[str, Block] = {
        "without_soundness": lambda: [_fresh(file, around, deep=False)],
        "with_soundness": lambda: [_fresh(file, around, deep=True)],
    }
    took = side_by_side(blocks, rounds=sizes.rounds + 1)
    figures: Figures = {"elements": len(parsed.diagram(file.content).elements)}
    return figures | {
        name: milliseconds([each for block in rounds for each in block])
        for name, rounds in took.items()
    }


def _fresh(file: SourceFile, around: Surroundings, *, deep: bool) -> Took:
    """A check that remembers nothing: the file is read again, too."""
    parsed.diagram.cache_clear()
    parse.parse_diagram.cache_clear()
    soundness.forget()
    return timed(lambda: check([file], around, deep=deep))


def _folders(count: int) -> Figures:
    """Through the command, as somebody would run it: the files of a pack, and files by themselves."""
    with TemporaryDirectory() as folder:
        core, alone = Path(folder) / "packs" / "core", Path(folder) / "alone"
        (core / "forms").mkdir(parents=True)
        alone.mkdir()
        (core / "pack.toml").write_text(CORE_PACK, encoding="utf-8")
        note = form(FORM, ["note"])
        (core / "forms" / f"{FORM}.form").write_text(note.content, encoding="utf-8")
        for number in range(count):
            for place in (core, alone):
                (place / f"p{number}.bpmn").write_bytes(drawing(number))
        return {
            "files": count,
            "of_a_pack": _through_the_command(core.parent),
            "by_themselves": _through_the_command(alone),
        }


def _through_the_command(folder: Path) -> Figures:
    command = [sys.executable, "-m", "app.cli", "check", "--json", str(folder)]
    began, busy = perf_counter(), _busy()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    seconds, busy = perf_counter() - began, _busy() - busy
    verdicts = Counter(str(result["status"]) for result in json.loads(done.stdout))
    return {"seconds": round(seconds, 2), "busy_seconds": round(busy, 2), **verdicts}


def _busy() -> float:
    """Processor time of all children that have ended, with their own."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
