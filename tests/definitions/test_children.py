"""Work in children: what one of them does, or dies of, never touches the rest."""

import os
import signal
from functools import partial

import pytest

from app.cli import children
from app.cli.children import in_children, in_shared_children


def result(number: int) -> int:
    return number * number


def hungry() -> int:
    return len(bytearray(children.MEMORY))


def slow() -> None:
    while True:
        pass


def broken() -> None:
    raise RuntimeError


def killed() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def test_each_job_says_what_it_found() -> None:
    jobs = [lambda number=number: result(number) for number in range(20)]
    assert sorted(in_children(jobs)) == [(n, n * n, None) for n in range(20)]


def test_a_large_answer_comes_whole() -> None:
    ((_number, said, died),) = in_children([lambda: "x" * 3_000_000])
    assert died is None
    assert len(said) == 3_000_000


def test_whatever_one_dies_of_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "SECONDS", 1)
    jobs = [hungry, slow, broken, killed, lambda: "well"]
    ended = {number: (said, died) for number, said, died in in_children(jobs)}
    assert ended == {
        0: (None, "memory"),
        1: (None, "time"),
        2: (None, "fault"),
        3: (None, "fault"),
        4: ("well", None),
    }


def test_one_that_only_waits_is_ended_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "PATIENCE", 0.5)
    assert [died for _number, _said, died in in_children([signal.pause])] == ["time"]


def test_jobs_that_share_a_child_have_their_own_limits_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(children, "SECONDS", 1)
    jobs: list[children.Job] = [
        partial(result, 1),
        hungry,
        partial(result, 2),
        partial(result, 3),
        broken,
    ]
    found = {number: (said, died) for number, said, died in in_shared_children(jobs, together=3)}
    assert {n: died for n, (_said, died) in found.items()} == {
        0: None,
        1: "memory",
        2: None,
        3: None,
        4: "fault",
    }
    assert [found[n][0] for n in (0, 2, 3)] == [result(1), result(2), result(3)]


def test_no_child_stays_when_nobody_wants_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when Ctrl-C is pressed."""
    begun: list[int] = []
    fork = os.fork

    def counted() -> int:
        begun.append(fork())
        return begun[-1]

    monkeypatch.setattr(os, "fork", counted)
    work = in_children([os.getpid, signal.pause], at_once=2)
    _number, _first, died = next(work)
    assert died is None
    work.close()  # type: ignore[attr-defined]  # a generator
    assert len(begun) == 2
    for child in begun:
        with pytest.raises(ChildProcessError):
            os.waitpid(child, os.WNOHANG)
