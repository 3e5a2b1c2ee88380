"""The web server is killed while browsers hand in tasks; each completion counts once."""

from pathlib import Path

import pytest

from tests.faults.killed_server import kills
from tests.faults.world import World


@pytest.mark.slow
def test_a_killed_server_loses_nothing_acknowledged(world: World, tmp_path: Path) -> None:
    found = kills(world, tmp_path, whole=1, workers=1, clients=2)
    assert found["broken"] == []
    assert found["acknowledged"] > 0
