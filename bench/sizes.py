"""How much is measured: the real figures, a quick look while developing, or just the shape."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """Counts of what is played, each for one database."""

    #: Blocks of A B A B; the first of each is thrown away.
    rounds: int
    #: Cases played in a block.
    line_cases: int
    review_cases: int
    #: Review turns at which completions are timed, and for how many turns from there.
    turns: tuple[int, ...]
    window: int
    turn_cases: int
    http_cases: int
    http_clients: int
    open_tasks: int
    viewers: int
    #: Times each viewer opens each list.
    looks: int
    #: Diagrams of sixty elements in the folder that is checked.
    checked_files: int


REAL = Sizes(
    rounds=6,
    line_cases=4,
    review_cases=12,
    turns=(1, 10, 100, 300),
    window=3,
    turn_cases=4,
    http_cases=12,
    http_clients=4,
    open_tasks=100_000,
    viewers=40,
    looks=3,
    checked_files=1_000,
)
QUICK = Sizes(
    rounds=4,
    line_cases=2,
    review_cases=4,
    turns=(1, 10, 50),
    window=2,
    turn_cases=4,
    http_cases=8,
    http_clients=4,
    open_tasks=20_000,
    viewers=12,
    looks=2,
    checked_files=100,
)
TINY = Sizes(
    rounds=2,
    line_cases=1,
    review_cases=1,
    turns=(1, 2),
    window=1,
    turn_cases=2,
    http_cases=2,
    http_clients=2,
    open_tasks=300,
    viewers=2,
    looks=1,
    checked_files=3,
)
BY_NAME = {"real": REAL, "quick": QUICK, "tiny": TINY}
