"""A mail server with bad days, and workers that die: every letter arrives, and is known to have."""

from tests.faults import failing_mail
from tests.faults.world import World


def test_every_letter_arrives_whatever_the_server_does(world: World) -> None:
    found = failing_mail.bad_days(world, letters=15, patience=2)
    assert found["broken"] == []


def test_a_worker_that_dies_leaves_its_letter_to_the_next(world: World) -> None:
    assert failing_mail.dying_worker(world, times=1)["broken"] == []
