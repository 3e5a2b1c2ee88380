"""Where to put the steps of a file that does not say: in columns along the flows, in rows by lane."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

COLUMN, ROW = 160, 120
LEFT, TOP = 160, 80
LANE_MARGIN = 20


@dataclass(frozen=True)
class Box:
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def middle(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2


def columns(steps: Sequence[str], flows: Iterable[tuple[str, str]]) -> dict[str, int]:
    """How far along each step comes: one further than the last before it, loops left aside."""
    known = set(steps)
    after: dict[str, list[str]] = defaultdict(list)
    before: dict[str, int] = dict.fromkeys(steps, 0)
    for source, target in flows:
        if source in known and target in known and source != target:
            after[source].append(target)
    forward = _without_loops(steps, after)
    for targets in forward.values():
        for target in targets:
            before[target] += 1
    found = dict.fromkeys(steps, 0)
    ready = [step for step in steps if not before[step]]
    while ready:
        step = ready.pop()
        for target in forward[step]:
            found[target] = max(found[target], found[step] + 1)
            before[target] -= 1
            if not before[target]:
                ready.append(target)
    return found


def _without_loops(steps: Sequence[str], after: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """The flows that lead onwards: those to a step that is still being followed lead back."""
    forward: dict[str, list[str]] = {step: [] for step in steps}
    done: set[str] = set()
    starts = {target for targets in after.values() for target in targets}
    for begin in sorted(steps, key=lambda step: step in starts):
        open_now: dict[str, int] = {}
        path = [begin] if begin not in done else []
        while path:
            step = path[-1]
            at = open_now.setdefault(step, 0)
            targets = after.get(step, [])
            if at == len(targets):
                done.add(step)
                del open_now[step]
                path.pop()
                continue
            open_now[step] += 1
            target = targets[at]
            if target not in open_now:
                forward[step].append(target)
                if target not in done:
                    path.append(target)
    return forward


def arrange(
    sizes: Mapping[str, tuple[float, float]],
    flows: Sequence[tuple[str, str]],
    lanes: Mapping[str, str],
    order: Sequence[str],
) -> tuple[dict[str, Box], dict[str, tuple[float, float]]]:
    """A box for each step, and top and bottom of each lane in ``order``; "" is no lane."""
    column = columns(list(sizes), flows)
    cells: dict[tuple[str, int], list[str]] = defaultdict(list)
    for step in _by_row(sizes, flows, column):
        cells[lanes.get(step, ""), column[step]].append(step)
    used = [lane for lane in ("", *order) if lane == "" or lane in order]
    boxes: dict[str, Box] = {}
    bands: dict[str, tuple[float, float]] = {}
    top: float = TOP
    for lane in dict.fromkeys(used):
        rows = max((len(found) for (name, _), found in cells.items() if name == lane), default=0)
        if lane == "" and not rows:
            continue
        bottom = top + max(rows, 1) * ROW + LANE_MARGIN
        for (name, number), found in cells.items():
            if name == lane:
                _fill(boxes, found, number, top, sizes)
        bands[lane] = (top, bottom)
        top = bottom
    return boxes, bands


def _fill(
    boxes: dict[str, Box],
    steps: list[str],
    column: int,
    top: float,
    sizes: Mapping[str, tuple[float, float]],
) -> None:
    for row, step in enumerate(steps):
        width, height = sizes[step]
        x = LEFT + column * COLUMN + (100 - width) / 2
        y = top + LANE_MARGIN / 2 + row * ROW + (ROW - height) / 2
        boxes[step] = Box(x, y, width, height)


def _by_row(
    steps: Iterable[str], flows: Sequence[tuple[str, str]], column: Mapping[str, int]
) -> list[str]:
    """Column by column, each step near the height of what leads to it."""
    before: dict[str, list[str]] = defaultdict(list)
    for source, target in flows:
        if source in column and target in column:
            before[target].append(source)
    height: dict[str, float] = {}
    result: list[str] = []
    by_column: dict[int, list[str]] = defaultdict(list)
    for step in steps:
        by_column[column[step]].append(step)
    for number in sorted(by_column):
        inside = by_column[number]
        wanted = {}
        for place, step in enumerate(inside):
            known = [height[each] for each in before[step] if each in height]
            wanted[step] = sum(known) / len(known) if known else float(place)
        inside = sorted(inside, key=lambda step: wanted[step])
        height.update({step: float(place) for place, step in enumerate(inside)})
        result += inside
    return result
