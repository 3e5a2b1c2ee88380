"""A review loop with everything in it, loaded anew at every step; at length: ``make fuzz``."""

from collections.abc import Callable

import pytest

from tests.fuzz.loop_part import play, play_anew
from tests.support.new_programs import NewPrograms


def test_a_review_loop_goes_round_in_any_order_and_ends(database: str) -> None:
    found = play(40)
    assert (found["finished"], found["joins_passed"]) == (True, 40)
    assert not found["failed"]


def test_the_same_loop_with_a_new_program_for_every_step(database: str) -> None:
    found = play_anew(3, database)
    assert (found["finished"], found["joins_passed"]) == (True, 3)
    assert not found["failed"]


def test_a_new_program_gives_back_what_it_found_or_what_went_wrong(database: str) -> None:
    with NewPrograms(database) as programs:
        assert programs.run(dict) == {}
        with pytest.raises(ZeroDivisionError):
            programs.run(_fail)
        assert len(programs.pids) == 2


def _fail() -> Callable[[], float]:
    raise ZeroDivisionError
