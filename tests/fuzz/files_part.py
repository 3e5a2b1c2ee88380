"""``files``: shipped diagrams, tables and forms with something wrong in them.

Run as a module it is the child: ``python -m tests.fuzz.files_part KIND FIRST COUNT SECONDS``.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Callable
from random import Random
from time import process_time

from app import decisions
from app.config import ROOT
from app.decisions.errors import DmnRefused
from app.engine.errors import DiagramRefused
from app.engine.parse import parse_diagram
from app.forms.load import load
from app.forms.refusal import FormRefused
from tests.fuzz.limits import in_child, limit_this_process

BATCH = 500
SLOW = 2.0
PATTERNS = {"bpmn": "*/*.bpmn", "dmn": "*/decisions/*.dmn", "form": "*/forms/*.form"}


def sources(kind: str) -> list[bytes]:
    return [path.read_bytes() for path in sorted((ROOT / "processes").glob(PATTERNS[kind]))]


def mutated(file: bytes, random: Random) -> bytes:
    """One to three things are wrong in the file that comes back."""
    for _ in range(random.randint(1, 3)):
        file = random.choice(MUTATIONS)(file, random)
    return file


def _cut(file: bytes, random: Random) -> bytes:
    at = random.randrange(len(file))
    return file[:at] + file[at + random.randint(1, 80) :]


def _flip(file: bytes, random: Random) -> bytes:
    at = random.randrange(len(file))
    return file[:at] + bytes([random.randrange(256)]) + file[at + 1 :]


def _swap_values(file: bytes, random: Random) -> bytes:
    values = re.findall(rb'"[^"]*"', file) or [b'""']
    return file.replace(random.choice(values), random.choice(values), 1)


def _swap_words(file: bytes, random: Random) -> bytes:
    words = re.findall(rb"\w{3,}", file) or [b"x"]
    return re.sub(rb"\b" + random.choice(words) + rb"\b", random.choice(words), file)


def _repeat(file: bytes, random: Random) -> bytes:
    at = random.randrange(len(file))
    return file[:at] + file[at : at + 200] * random.choice((2, 50, 500)) + file[at + 200 :]


def _odd_value(file: bytes, random: Random) -> bytes:
    odd = (
        b'""',
        b'"="',
        b'"=((((("',
        b'"999999999999999999"',
        b'"\xc2\xa0"',
        b"null",
        b"[]",
        b"{}",
    )
    values = re.findall(rb'"[^"]*"', file) or [b'""']
    return file.replace(random.choice(values), random.choice(odd), 1)


MUTATIONS: tuple[Callable[[bytes, Random], bytes], ...] = (
    _cut,
    _flip,
    _swap_values,
    _swap_words,
    _repeat,
    _odd_value,
)


def read(kind: str, file: bytes) -> str:
    """What came of it. A refusal must come with words; anything else that is raised is a crash."""
    try:
        if kind == "bpmn":
            parse_diagram.__wrapped__(file)
        elif kind == "dmn":
            decisions.parse(file)
        else:
            load(file)
    except (DiagramRefused, DmnRefused, FormRefused) as refused:
        return "refused" if str(refused).strip() else "refused without a reason"
    return "read"


def batch(kind: str, first: int, count: int) -> dict[str, object]:
    files, outcomes = sources(kind), Counter[str]()
    crashes, slow = [], []
    for seed in range(first, first + count):
        random = Random(f"{kind} {seed}")
        file = mutated(random.choice(files), random)
        before = process_time()
        try:
            outcomes[read(kind, file)] += 1
        except Exception as error:  # noqa: BLE001 - every crash is a finding
            crashes.append(f"{kind} {seed}: {error!r:.200}")
        if (took := process_time() - before) > SLOW:
            slow.append(f"{kind} {seed}: {took:.1f} s")
    return {"outcomes": outcomes, "crashes": crashes, "slow": slow}


def files(count: int, first: int = 0) -> dict[str, object]:
    """``count`` files of each kind, a batch a child."""
    found: dict[str, object] = {}
    problems: list[str] = []
    for kind in PATTERNS:
        outcomes = Counter[str]()
        for start in range(first, first + count, BATCH):
            size = min(BATCH, first + count - start)
            part = in_child("tests.fuzz.files_part", kind, start, size, seconds=300)
            if "died" in part:
                problems.append(f"{kind} {start}: {part['died']}")
                continue
            outcomes.update(part["outcomes"])
            problems += part["crashes"] + part["slow"]
            silent = part["outcomes"].get("refused without a reason", 0)
            problems += [f"{kind} {start}: {silent} refused without a reason"] * bool(silent)
        found[kind] = dict(outcomes)
    return {"files_of_each_kind": count, **found, "problems": problems, "failed": bool(problems)}


if __name__ == "__main__":
    limit_this_process(int(sys.argv[4]))
    json.dump(batch(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])), sys.stdout)
