"""Random block-structured models, drawn and played by a second, simpler reading of BPMN.

A model is a tree of blocks. ``drawn`` turns it into a diagram for the engine; ``play`` walks the
tree itself, with no graph, no tokens and none of the engine's code. Both must agree on what is
open after every step. Choices depend on the latest answers: ``left`` and ``again``.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from tests.support import diagrams as d

Facts = dict[str, bool]
Open = tuple[str, int | None]
"""A task by its name and the item it is for."""


@dataclass
class Block:
    """``kind`` and the blocks inside; ``name`` is the id of its main element."""

    kind: str
    name: str
    parts: list[Block] = field(default_factory=list)


KINDS = (
    "task",
    "task",
    "seq",
    "par",
    "xor",
    "loop",
    "sub",
    "call",
    "each",
    "turns",
    "stop",
    "news",
)

ALIKE = ("task", "seq", "par", "xor", "loop", "sub", "call")
"""Inside of parallel instances: what can be told apart by the item it is for."""


def model(seed: int) -> Block:
    random, count = Random(seed), iter(range(1, 10_000))

    def block(depth: int, kinds: Sequence[str] = KINDS) -> Block:
        kind = random.choice(kinds) if depth else "task"
        if kind == "each":
            kinds = ALIKE
        name = f"{kind}{next(count)}"
        amount = {"task": 0, "seq": random.randint(2, 3), "par": random.randint(2, 3), "xor": 2}
        return Block(kind, name, [block(depth - 1, kinds) for _ in range(amount.get(kind, 1))])

    return Block("seq", "all", [block(3), block(2)])


# ---------------------------------------------------------------------- as a diagram


class Drawer:
    def __init__(self) -> None:
        self.called: list[str] = []

    def file(self, root: Block) -> bytes:
        first, last, parts = self.block(root)
        main = d.process(
            "p", d.start(), d.end(), parts, d.flow(f"start > {first}"), d.flow(f"{last} > end")
        )
        names = [b.name for b in blocks(root) if b.kind in {"stop", "news"}]
        return d.bpmn(main, *self.called, messages={f"m_{name}": "=case_id" for name in names})

    def block(self, block: Block) -> tuple[str, str, str]:
        """First element, last element, XML."""
        draw: Callable[[Block], tuple[str, str, str]] = getattr(self, f"_{block.kind}")
        return draw(block)

    def _task(self, block: Block) -> tuple[str, str, str]:
        return block.name, block.name, d.user(block.name)

    def _seq(self, block: Block) -> tuple[str, str, str]:
        drawn = [self.block(part) for part in block.parts]
        xml = "".join(part for _, _, part in drawn)
        for (_, last, _), (first, _, _) in itertools.pairwise(drawn):
            xml += d.flow(f"{last} > {first}")
        return drawn[0][0], drawn[-1][1], xml

    def _par(self, block: Block) -> tuple[str, str, str]:
        fork, join = f"{block.name}_f", f"{block.name}_j"
        xml = d.parallel(fork) + d.parallel(join)
        for part in block.parts:
            first, last, inside = self.block(part)
            xml += inside + d.flow(f"{fork} > {first}") + d.flow(f"{last} > {join}")
        return fork, join, xml

    def _xor(self, block: Block) -> tuple[str, str, str]:
        fork, join = f"{block.name}_f", f"{block.name}_j"
        (left, left_end, inside), (right, right_end, more) = map(self.block, block.parts)
        xml = d.xor(fork, f"{fork}_{right}") + d.xor(join) + inside + more
        xml += d.flow(f"{fork} > {left}", "=left") + d.flow(f"{fork} > {right}")
        return fork, join, xml + d.flow(f"{left_end} > {join}") + d.flow(f"{right_end} > {join}")

    def _loop(self, block: Block) -> tuple[str, str, str]:
        merge, choice, leave = (f"{block.name}_{end}" for end in "mgo")
        first, last, inside = self.block(block.parts[0])
        xml = d.xor(merge) + d.user(block.name) + d.xor(choice, f"{choice}_{leave}") + d.xor(leave)
        xml += inside + d.flow(f"{merge} > {first}") + d.flow(f"{last} > {block.name} > {choice}")
        xml += d.flow(f"{choice} > {leave}") + d.flow(f"{choice} > {merge}", "=again")
        return merge, leave, xml

    def _inside(self, block: Block) -> str:
        name = block.name
        first, last, inside = self.block(block.parts[0])
        ends = d.start(f"{name}_s") + d.end(f"{name}_e")
        return ends + inside + d.flow(f"{name}_s > {first}") + d.flow(f"{last} > {name}_e")

    def _sub(self, block: Block) -> tuple[str, str, str]:
        return block.name, block.name, d.sub(block.name, self._inside(block))

    def _repeated(self, block: Block, *, sequential: bool) -> tuple[str, str, str]:
        mark = d.repeated("=[1, 2]", "n", sequential=sequential)
        return block.name, block.name, d.sub(block.name, self._inside(block), said=mark)

    def _each(self, block: Block) -> tuple[str, str, str]:
        return self._repeated(block, sequential=False)

    def _turns(self, block: Block) -> tuple[str, str, str]:
        return self._repeated(block, sequential=True)

    def _call(self, block: Block) -> tuple[str, str, str]:
        inside = self._inside(block)
        self.called.append(d.process(f"{block.name}_p", inside))
        both = {"left": "=left", "again": "=again"}
        return (
            block.name,
            block.name,
            d.call(block.name, f"{block.name}_p", inputs=both, outputs=both),
        )

    def _stop(self, block: Block) -> tuple[str, str, str]:
        """A sub-process a message interrupts; either way the flow goes on."""
        name = block.name
        _, _, xml = self._sub(block)
        xml += d.boundary(f"{name}_b", name, d.message(f"m_{name}")) + d.xor(f"{name}_x")
        xml += d.flow(f"{name} > {name}_x") + d.flow(f"{name}_b > {name}_x")
        return name, f"{name}_x", xml

    def _news(self, block: Block) -> tuple[str, str, str]:
        """A sub-process beside which a message starts one more task."""
        name = block.name
        _, _, xml = self._sub(block)
        xml += d.boundary(f"{name}_b", name, d.message(f"m_{name}"), interrupting=False)
        xml += d.user(f"{name}_side") + d.end(f"{name}_z")
        return name, name, xml + d.flow(f"{name}_b > {name}_side > {name}_z")


def blocks(root: Block) -> Iterator[Block]:
    yield root
    for part in root.parts:
        yield from blocks(part)


# ---------------------------------------------------------------------- as a game


@dataclass
class Running:
    """A block that has begun. ``side`` is work beside it that its scope waits for."""

    block: Block
    facts: Facts
    inside: list[Running] = field(default_factory=list)
    side: list[str] = field(default_factory=list)
    left: int = 0
    item: int | None = None
    at_end: bool = False
    done: bool = False


class Game:
    """The whole model: ``open`` is what people have to do."""

    def __init__(self, root: Block, facts: Facts) -> None:
        self.scope = Running(Block("scope", "p", [root]), facts)
        self._begin_inside(self.scope, root)

    @property
    def open(self) -> list[Open]:
        return sorted(self._open(self.scope), key=str)

    @property
    def finished(self) -> bool:
        return self.scope.done

    def do(self, what: Open, facts: Facts) -> None:
        assert self._do(self.scope, what, facts)

    def tell(self, name: str) -> bool:
        """A message for the block ``name``: to the first of its instances, if one is there."""
        return self._tell(self.scope, name)

    def waiting(self) -> list[str]:
        found = [r.block.name for r in self._all(self.scope) if r.block.kind in {"stop", "news"}]
        return sorted(set(found))

    # ------------------------------------------------------------------

    def _all(self, run: Running) -> Iterator[Running]:
        if not run.done:
            yield run
            for part in run.inside:
                yield from self._all(part)

    def _open(self, run: Running) -> Iterator[Open]:
        for found in self._all(run):
            yield from ((name, found.item) for name in found.side)
            if found.block.kind == "task" or found.at_end:
                yield found.block.name, found.item

    def _begin_inside(self, run: Running, block: Block, item: int | None = None) -> None:
        begun = Running(block, run.facts, item=item or run.item)
        if block.kind == "call":
            begun.facts = dict(run.facts)
        run.inside.append(begun)
        self._start(begun)

    def _start(self, run: Running) -> None:
        parts = run.block.parts
        match run.block.kind:
            case "task":
                return
            case "par":
                for part in parts:
                    self._begin_inside(run, part)
            case "xor":
                self._begin_inside(run, parts[0] if run.facts["left"] else parts[1])
            case "each":
                for item in (1, 2):
                    self._begin_inside(run, Block("scope", run.block.name, parts), item)
            case "turns":
                run.left = 1
                self._begin_inside(run, Block("scope", run.block.name, parts), 1)
            case "seq":
                run.left = len(parts) - 1
                self._begin_inside(run, parts[0])
            case _:
                self._begin_inside(run, parts[0])
        self._advance(run)

    def _advance(self, run: Running) -> None:
        """Go on as far as nobody is needed."""
        while not run.done and not run.at_end and all(part.done for part in run.inside):
            kind, parts = run.block.kind, run.block.parts
            if kind == "task":
                return
            if kind == "seq" and run.left:
                run.left -= 1
                self._begin_inside(run, parts[len(parts) - 1 - run.left])
            elif kind == "turns" and run.left:
                run.left -= 1
                self._begin_inside(run, Block("scope", run.block.name, parts), 2)
            elif kind == "loop":
                run.at_end = True
            elif run.side:
                return
            else:
                run.done = True

    def _after(self, run: Running, part: Running) -> None:
        """Something happened in ``part``: it may have finished, and so may ``run``."""
        self._advance(part)
        if part.done and part.block.kind == "call":
            run.facts.update(part.facts)
        self._advance(run)

    def _do(self, run: Running, what: Open, facts: Facts) -> bool:
        name, item = what
        if name in run.side and run.item == item:
            run.side.remove(name)
            run.facts.update(facts)
            self._advance(run)
            return True
        for part in run.inside:
            if part.done:
                continue
            ready = part.block.kind == "task" or part.at_end
            if ready and (part.block.name, part.item) == what:
                part.facts.update(facts)
                part.done = part.block.kind == "task" or not facts["again"]
                if not part.done:
                    part.at_end = False
                    self._begin_inside(part, part.block.parts[0])
                self._after(run, part)
                return True
            if self._do(part, what, facts):
                self._after(run, part)
                return True
        return False

    def _tell(self, run: Running, name: str) -> bool:
        for part in run.inside:
            if part.done:
                continue
            if part.block.name == name and part.block.kind == "stop":
                part.done = True
                self._advance(run)
                return True
            if part.block.name == name and part.block.kind == "news":
                self._scope_around(part).side.append(f"{name}_side")
                return True
            if self._tell(part, name):
                self._after(run, part)
                return True
        return False

    def _scope_around(self, wanted: Running) -> Running:
        """The innermost sub-process, call or repetition around a block: it waits for side work."""
        scope = self.scope
        path = self._path(self.scope, wanted)
        for run in path[:-1]:
            if run.block.kind in {"scope", "sub", "call", "stop", "news"}:
                scope = run
        return scope

    def _path(self, run: Running, wanted: Running) -> list[Running]:
        if run is wanted:
            return [run]
        for part in run.inside:
            if found := self._path(part, wanted):
                return [run, *found]
        return []
