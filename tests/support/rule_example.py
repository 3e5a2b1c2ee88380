"""How an example of a broken rule is written down. The examples are in ``rule_examples``."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from app.definitions.library import SourceFile
from app.definitions.models import Kind
from app.definitions.steps import Terms, agree
from tests.support import diagrams as d
from tests.support.published import CORE_PACK, pack_file, table
from tests.support.tables import choices, decision_table

#: An automatic step of which the code says what it takes.
agree("tell", Terms(needs=frozenset(("to",)), texts={"to": frozenset(("team", "family"))}))
DAY = d.timer("duration", "P1D")
LINE = d.flow("start > x > end")
PACK = pack_file(CORE_PACK, pack="core")
FORM = choices("answer", "yes", "no")


@dataclass(frozen=True)
class Example:
    """``element_id`` is where the rule must be reported; ``others`` stand beside the file."""

    element_id: str
    file: SourceFile
    others: Sequence[SourceFile] = field(default=(PACK, FORM))
    members: dict[str, int] | None = None


EXAMPLES: dict[str, Example] = {}


def task(element_id: str, *more: str, **said: object) -> str:
    known = {"form": "ask", "groups": "practitioner", "name": f"Do {element_id}", **said}
    return d.user(element_id, *more, **known)  # type: ignore[arg-type]  # keywords of user()


def drawn(
    rule: str,
    element_id: str,
    *parts: str,
    change: Callable[[str], str] = str,
    around: str = "",
    messages: dict[str, str | None] | None = None,
    others: Sequence[SourceFile] = (),
    members: dict[str, int] | None = None,
) -> None:
    xml = d.bpmn(d.process("p", d.start(), d.end(), *parts), around, messages=messages).decode()
    file = SourceFile(Kind.BPMN, "core", "p", change(xml), "core/p.bpmn")
    EXAMPLES[rule] = Example(element_id, file, (PACK, FORM, *others), members)


def event(tag: str) -> str:
    return f"<bpmn:{tag}EventDefinition/>"


def tables(rule: str, element_id: str, *rows: tuple[str, str], policy: str) -> None:
    xml = decision_table(*rows, columns=["level"], types=["number"], policy=policy)
    EXAMPLES[rule] = Example(element_id, table(xml, key="choose"))


def choice(*ways: str) -> tuple[str, ...]:
    """Ask, then choose; ``ways`` are flows out of the gateway ``g``."""
    line = d.flow("start > x > g > end")
    return (task("x"), d.xor("g", default="g_end"), d.end("other"), line, *ways)
