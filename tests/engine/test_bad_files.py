"""Whatever is in a file, reading it ends soon, with a diagram or with reasons."""

import re
from contextlib import suppress
from pathlib import Path
from random import Random
from time import process_time

import pytest

from app.engine.errors import DiagramRefused, ElementFailed
from app.engine.parse import parse_diagram
from app.engine.process import Process
from app.engine.specset import SpecSet
from tests.engine.blocks import Drawer, model
from tests.support.diagrams import (
    bpmn,
    end,
    extensions,
    flow,
    node,
    process,
    simple,
    start,
    sub,
    user,
)
from tests.support.engine import FakeHost

SHIPPED = sorted((Path(__file__).parents[2] / "processes").glob("*/*.bpmn"))
FILES = [path.read_bytes() for path in SHIPPED] + [Drawer().file(model(n)) for n in range(20)]


def mutated(file: bytes, random: Random) -> bytes:
    """The file with one or two things wrong in it."""
    for _ in range(random.randint(1, 2)):
        match random.randrange(5):
            case 0:  # a stretch is missing
                at = random.randrange(len(file))
                file = file[:at] + file[at + random.randint(1, 60) :]
            case 1:  # a byte is another
                at = random.randrange(len(file))
                file = file[:at] + bytes([random.randrange(256)]) + file[at + 1 :]
            case 2:  # an attribute is another one's
                values = re.findall(rb'"[^"]*"', file)
                file = file.replace(random.choice(values), random.choice(values), 1)
            case 3:  # an element is another one
                tags = re.findall(rb"<bpmn:(\w+)", file)
                one, other = random.choice(tags), random.choice(tags)
                file = re.sub(rb"(</?bpmn:)" + one + rb"\b", rb"\g<1>" + other, file)
            case 4:  # an attribute is gone
                names = re.findall(rb' [\w:]+="[^"]*"', file)
                file = file.replace(random.choice(names), b"", 1)
    return file


@pytest.mark.parametrize("start_at", range(0, 600, 100))
def test_a_mutated_file_is_read_or_refused_with_reasons(start_at: int) -> None:
    for seed in range(start_at, start_at + 100):
        random = Random(seed)
        file = mutated(random.choice(FILES), random)
        with suppress(DiagramRefused, ElementFailed, KeyError):  # KeyError: a fake step or table
            diagram = parse_diagram.__wrapped__(file)
            diagrams = {p.id: diagram for p in diagram.processes}
            specs = SpecSet.build(f"mutated/{seed}", diagrams)
            Process.start(specs, diagram.processes[0].id, {"case_id": "c"}, FakeHost()).snapshot()


def seconds_to_refuse(file: bytes) -> float:
    before = process_time()
    with pytest.raises(DiagramRefused) as refused:
        parse_diagram.__wrapped__(file)
    assert refused.value.findings
    assert all(finding.message for finding in refused.value.findings)
    return process_time() - before


HUGE = {
    "elements": simple(*(user(f"u{n}") for n in range(15_000))),
    "flows": simple(user("u"), *(flow("u > u", flow_id=f"f{n}") for n in range(9_000))),
    "nesting": simple("".join(f'<bpmn:subProcess id="s{n}">' for n in range(200)) + "x"),
    "sub-processes": simple(*(sub(f"s{n}", start(f"a{n}")) for n in range(8_000))),
    "properties": simple(
        node("userTask", "u", extensions(properties={f"p{n}": "x" * 50 for n in range(15_000)}))
    ),
    "one long name": simple(user("u" * 1_000_000)),
    "one long condition": simple(
        user("u"), flow("start > u"), flow("u > end", "=" + "(" * 500_000)
    ),
}


@pytest.mark.parametrize("name", HUGE)
def test_a_huge_file_is_refused_soon(name: str) -> None:
    assert seconds_to_refuse(HUGE[name]) < 3


def test_send_back_over_a_thousand_elements_is_checked_soon() -> None:
    ids = [f"u{n}" for n in range(450)]
    chain = " > ".join(["start", *ids, "g", "end"])
    file = bpmn(
        process(
            "p",
            start(),
            end(),
            *(user(i) for i in ids),
            node(
                "exclusiveGateway",
                "g",
                extensions(
                    properties={"signOff.role": "x", "signOff.sendBackTo": ",".join(ids[:10])}
                ),
                default="g_end",
            ),
            flow(chain),
            flow("g > u0", "=true"),
        )
    )
    before = process_time()
    assert parse_diagram.__wrapped__(file).processes
    assert process_time() - before < 2


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_diagram_can_run(path: Path) -> None:
    assert parse_diagram(path.read_bytes()).processes
