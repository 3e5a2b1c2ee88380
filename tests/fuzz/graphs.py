"""Random drawings without any structure: flows lead from anywhere to anywhere.

Joins of flows that never parted, ways out of the middle of what runs in parallel, loops with
several ways in, ends that end everything on a reminder's branch: what blocks cannot say. Half of
them get stuck sooner or later, and engine and game have to agree on that as well.
"""

from collections import Counter
from dataclasses import dataclass, field
from random import Random

from app.engine.errors import DiagramRefused
from app.engine.parse import parse_diagram
from tests.support import diagrams as d

ERROR, TERMINATE = "<bpmn:errorEventDefinition/>", "<bpmn:terminateEventDefinition/>"
PLAIN = ("task", "task", "task", "task", "xor", "xor", "par", "par", "join", "inc")
EVENTS = ("catch", "race", "over", "end")
HOLDING = ("sub", "call", "each")
MOST_TRIES = 300
BOTH = {"left": "=left", "again": "=again"}


class DoesNotFit(Exception):
    """There are fewer ways out than elements that want a way in."""


@dataclass
class Graph:
    """``file`` is what was drawn; ``kinds`` counts what is in it."""

    seed: int
    file: bytes = b""
    kinds: Counter[str] = field(default_factory=Counter)


def graph(seed: int) -> Graph:
    """The first drawing for this seed that can run."""
    for attempt in range(MOST_TRIES):
        drawer = _Drawer(Random(f"{seed} {attempt}"))
        try:
            found = Graph(seed, drawer.file(), drawer.kinds)
            parse_diagram(found.file)
        except (DoesNotFit, DiagramRefused):
            continue
        return found
    raise AssertionError(f"nothing that can run comes of seed {seed}")


@dataclass
class _Node:
    """``ways`` are the conditions of its ways out; ``*`` is the default. ``at`` is where they leave."""

    id: str
    kind: str
    ways: list[tuple[str, str]]
    wants: int = 1


class _Drawer:
    def __init__(self, random: Random) -> None:
        self._random = random
        self._messages: list[str] = []
        self._called: list[str] = []
        self.kinds: Counter[str] = Counter()

    def file(self) -> bytes:
        main = d.process("p", self._scope("", 2))
        return d.bpmn(main, *self._called, messages=dict.fromkeys(self._messages, "=case_id"))

    def _name(self, kind: str) -> str:
        self.kinds[kind] += 1
        return f"{kind}{self.kinds.total()}"

    def _scope(self, prefix: str, depth: int) -> str:
        random = self._random
        kinds = (*PLAIN, *EVENTS, *(HOLDING if depth else ()))
        nodes, xml = [], d.start(f"{prefix}start")
        for _ in range(random.randint(3, 8) if depth else random.randint(1, 4)):
            node, drawn = self._node(random.choice(kinds), depth)
            nodes.append(node)
            xml += drawn
        nodes.append(_Node(f"{prefix}end", "end", []))
        xml += d.end(f"{prefix}end")
        if prefix and random.random() < 0.4:
            nodes.append(_Node(f"{prefix}error", "end", []))
            xml += d.end(f"{prefix}error", ERROR)
        return xml + self._flows(f"{prefix}start", nodes)

    def _node(self, kind: str, depth: int) -> tuple[_Node, str]:
        random, name = self._random, self._name(kind)
        one = _Node(name, kind, [(name, "")])
        match kind:
            case "task":
                return one, d.user(name) + self._border(one)
            case "xor" | "inc":
                one.ways = [(name, random.choice(("=left", "=again"))), (name, "*")]
                if kind == "inc":
                    one.ways.append((name, "=left"))
                return one, ""  # drawn once its default is known
            case "par":
                one.ways *= random.choice((2, 2, 3))
                return one, d.parallel(name)
            case "join":
                one.wants = 2
                return one, d.parallel(name)
            case "catch":
                return one, d.catch(name, d.timer("duration", "P5D"))
            case "race":
                one.ways = [(f"{name}_m", ""), (f"{name}_t", "")]
                xml = d.race(name) + d.catch(f"{name}_m", d.message(self._message(name)))
                xml += d.catch(f"{name}_t", d.timer("duration", "P5D"))
                return one, xml + d.flow(f"{name} > {name}_m") + d.flow(f"{name} > {name}_t")
            case "over" | "end":
                one.ways = []
                return one, d.end(name, TERMINATE if kind == "over" else "")
        inside = self._scope(f"{name}_", depth - 1)
        if kind == "call":
            self._called.append(d.process(f"{name}_p", inside))
            xml = d.call(name, f"{name}_p", inputs=BOTH, outputs=BOTH)
        else:
            mark = d.repeated("=[1, 2]", "n", sequential=random.random() < 0.5)
            xml = d.sub(name, inside, said=mark if kind == "each" else "")
        return one, xml + self._border(one, may_fail=True)

    def _message(self, name: str) -> str:
        self._messages.append(f"m_{name}")
        return f"m_{name}"

    def _border(self, node: _Node, *, may_fail: bool = False) -> str:
        """Perhaps an event at its border, whose way leads anywhere."""
        random, xml = self._random, ""
        what = random.choice(("timer", "message", "cycle", *("nothing",) * 7))
        if what != "nothing":
            self.kinds[f"border {what}"] += 1
            interrupting = what != "cycle" and random.random() < 0.5
            event = {
                "timer": d.timer("duration", "P5D"),
                "cycle": d.timer("cycle", "R/P5D"),
                "message": d.message(self._message(node.id)) if what == "message" else "",
            }[what]
            xml += d.boundary(f"{node.id}_b", node.id, event, interrupting=interrupting)
            node.ways.append((f"{node.id}_b", ""))
        if may_fail and random.random() < 0.6:
            xml += d.boundary(f"{node.id}_f", node.id, ERROR)
            node.ways.append((f"{node.id}_f", ""))
        return xml

    def _flows(self, start: str, nodes: list[_Node]) -> str:
        """First a way to every element from one that can be reached, then the rest anywhere."""
        random, drawn, defaults = self._random, "", {}
        open_ways, taken = [(start, "")], set()
        wanting = [node for node in nodes for _ in range(node.wants)]
        random.shuffle(wanting)
        wanting.sort(key=lambda node: not node.ways)  # ends last, or there is nowhere to go on
        reached: set[str] = set()
        while open_ways or wanting:
            if not open_ways:
                raise DoesNotFit
            at, condition = open_ways.pop(random.randrange(len(open_ways)))
            target = wanting.pop(0) if wanting else random.choice(nodes)
            if (at, target.id) in taken or at == target.id:
                raise DoesNotFit
            taken.add((at, target.id))
            if condition == "*":
                defaults[at] = f"{at}_{target.id}"
            drawn += d.flow(f"{at} > {target.id}", condition.strip("*"))
            if target.id not in reached:
                reached.add(target.id)
                open_ways += target.ways
        for node in nodes:
            if node.kind == "xor":
                drawn += d.xor(node.id, defaults[node.id])
            elif node.kind == "inc":
                drawn += d.node("inclusiveGateway", node.id, default=defaults[node.id])
        return drawn
