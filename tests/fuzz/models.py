"""Random block-structured models with more of BPMN in them than ``tests.engine.blocks`` plays."""

from collections import Counter
from dataclasses import dataclass
from random import Random

from tests.engine.blocks import ALIKE, KINDS, Block, Drawer, blocks
from tests.support import diagrams as d

WIDE = (*KINDS, "late", "remind", "nag", "quit", "race", "fail")
INSIDE_EACH = (*ALIKE, "remind", "quit", "fail", "turns")
"""What can stand in parallel instances and still be told apart by the item it is for."""
STOCK = tuple(kind for kind in WIDE if kind not in {"remind", "nag"})
"""Our reminders close with what they watch, by a rule of our dialect; the stock engine's stay."""
MESSAGES = frozenset(("stop", "news", "race"))


@dataclass(frozen=True)
class Model:
    seed: int
    root: Block

    @property
    def kinds(self) -> Counter[str]:
        return Counter(block.kind for block in blocks(self.root))

    def file(self) -> bytes:
        return WideDrawer().file(self.root)


def model(seed: int) -> Model:
    random, count = Random(seed), iter(range(1, 10_000))
    kinds = STOCK if seed % 2 else WIDE

    def block(depth: int, kinds: tuple[str, ...]) -> Block:
        kind = random.choice(kinds) if depth else "task"
        if kind == "each":
            kinds = tuple(inner for inner in INSIDE_EACH if inner in kinds)
        name = f"{kind}{next(count)}"
        amount = {"task": 0, "remind": 0, "nag": 0, "race": 0, "xor": 2}.get(kind, 1)
        if kind in {"seq", "par"}:
            amount = random.randint(2, 3)
        return Block(kind, name, [block(depth - 1, kinds) for _ in range(amount)])

    return Model(seed, Block("seq", "all", [block(3, kinds), block(2, kinds)]))


class WideDrawer(Drawer):
    def file(self, root: Block) -> bytes:
        first, last, parts = self.block(root)
        main = d.process(
            "p", d.start(), d.end(), parts, d.flow(f"start > {first}"), d.flow(f"{last} > end")
        )
        names = [b.name for b in blocks(root) if b.kind in MESSAGES]
        return d.bpmn(main, *self.called, messages={f"m_{name}": "=case_id" for name in names})

    def _late(self, block: Block) -> tuple[str, str, str]:
        """A sub-process a timer interrupts; its own way then meets the other."""
        name = block.name
        _, _, xml = self._sub(block)
        xml += d.boundary(f"{name}_b", name, d.timer("duration", "P5D")) + d.xor(f"{name}_x")
        xml += d.user(f"{name}_after") + d.flow(f"{name}_b > {name}_after > {name}_x")
        return name, f"{name}_x", xml + d.flow(f"{name} > {name}_x")

    def _remind(
        self, block: Block, kind: str = "duration", text: str = "P5D"
    ) -> tuple[str, str, str]:
        """A task with a reminder that closes with it."""
        name = block.name
        xml = d.user(name) + d.user(f"{name}_side") + d.end(f"{name}_z")
        xml += d.boundary(f"{name}_b", name, d.timer(kind, text), interrupting=False)
        return name, name, xml + d.flow(f"{name}_b > {name}_side > {name}_z")

    def _nag(self, block: Block) -> tuple[str, str, str]:
        """The same, again and again."""
        return self._remind(block, "cycle", "R/P7D")

    def _quit(self, block: Block) -> tuple[str, str, str]:
        """A sub-process in which one branch can end everything beside it."""
        name = block.name
        first, last, inside = self.block(block.parts[0])
        fork, choice = f"{name}_f", f"{name}_g"
        inner = d.start(f"{name}_s") + d.end(f"{name}_e") + d.end(f"{name}_n")
        inner += d.node("endEvent", f"{name}_t", "<bpmn:terminateEventDefinition/>")
        inner += d.parallel(fork) + d.user(f"{name}_q") + d.xor(choice, f"{choice}_{name}_n")
        inner += inside + d.flow(f"{name}_s > {fork} > {first}") + d.flow(f"{last} > {name}_e")
        inner += d.flow(f"{fork} > {name}_q > {choice} > {name}_n")
        inner += d.flow(f"{choice} > {name}_t", "=left")
        return name, name, d.sub(name, inner)

    def _race(self, block: Block) -> tuple[str, str, str]:
        """A message or a timer, whichever comes first."""
        name = block.name
        xml = d.race(name) + d.catch(f"{name}_m", d.message(f"m_{name}"))
        xml += d.catch(f"{name}_t", d.timer("duration", "P5D")) + d.xor(f"{name}_x")
        xml += d.flow(f"{name} > {name}_m > {name}_x")
        return name, f"{name}_x", xml + d.flow(f"{name} > {name}_t > {name}_x")

    def _fail(self, block: Block) -> tuple[str, str, str]:
        """A sub-process that ends in an error, or not."""
        name = block.name
        first, last, inside = self.block(block.parts[0])
        choice = f"{name}_g"
        inner = d.start(f"{name}_s") + d.end(f"{name}_e") + inside
        inner += d.node("endEvent", f"{name}_r", "<bpmn:errorEventDefinition/>")
        inner += d.user(f"{name}_q") + d.xor(choice, f"{choice}_{name}_e")
        inner += d.flow(f"{name}_s > {first}") + d.flow(f"{last} > {name}_q > {choice}")
        inner += d.flow(f"{choice} > {name}_e") + d.flow(f"{choice} > {name}_r", "=left")
        xml = d.sub(name, inner) + d.boundary(f"{name}_b", name, "<bpmn:errorEventDefinition/>")
        xml += d.xor(f"{name}_x") + d.flow(f"{name} > {name}_x") + d.flow(f"{name}_b > {name}_x")
        return name, f"{name}_x", xml
