"""Random models found one thing more about the stock engine: whom an error ends."""

from tests.support import diagrams as d
from tests.support.engine import Play
from tests.support.stock import Stock, for_stock

ERROR = "<bpmn:errorEventDefinition/>"


def may_fail(name: str) -> str:
    """A sub-process in which somebody decides whether it ends in an error."""
    return d.sub(
        name,
        d.start(f"{name}_s"),
        d.user(f"{name}_ask"),
        d.xor(f"{name}_g", default=f"{name}_g_{name}_e"),
        d.end(f"{name}_e"),
        d.end(f"{name}_r", ERROR),
        d.flow(f"{name}_s > {name}_ask > {name}_g > {name}_e"),
        d.flow(f"{name}_g > {name}_r", "=left"),
    )


SIDE_BY_SIDE = d.simple(
    d.parallel("fork"),
    may_fail("one"),
    may_fail("other"),
    d.boundary("one_b", "one", ERROR),
    d.boundary("other_b", "other", ERROR),
    d.xor("one_x"),
    d.xor("other_x"),
    d.parallel("join"),
    d.flow("start > fork > one > one_x > join > end"),
    d.flow("one_b > one_x"),
    d.flow("fork > other > other_x > join"),
    d.flow("other_b > other_x"),
)


def test_an_error_in_one_stock_sub_process_ends_the_one_beside_it_too() -> None:
    engine = Stock(for_stock(SIDE_BY_SIDE), {"left": False})
    engine.complete(("one_ask", None), {"left": True})
    assert engine.open() == []
    assert engine.finished


def test_an_error_in_one_of_ours_leaves_the_one_beside_it_alone() -> None:
    play = Play(SIDE_BY_SIDE, facts={"left": False}).do("one_ask", left=True)
    assert play.open == ["other_ask"]
    play.do("other_ask", left=False)
    assert play.now.finished
