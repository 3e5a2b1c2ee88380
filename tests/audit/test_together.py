"""Many writers at once still make one chain without a gap."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.audit.record import record
from app.audit.verify import verify
from app.db import reading, transaction


def _write(number: int) -> None:
    with transaction() as session:
        record(session, actor=f"user:{number}", action="case.viewed", case_id=7)


@pytest.mark.usefixtures("database")
def test_sixteen_writers_at_once_make_one_chain() -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(_write, range(16)))
    with reading() as session:
        positions = session.scalars(select(AuditEvent.position).order_by(AuditEvent.position))
        assert list(positions) == list(range(1, 17))
        assert verify(session) == []
