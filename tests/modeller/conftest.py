"""A published process of the starter area, its owner, and a browser in which they are signed in."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from app.db import reading, transaction
from app.definitions.models import DefinitionVersion
from app.identity.models import User
from app.identity.people import with_role
from app.identity.permissions import Role
from app.modeller import drafts
from app.modeller.models import Draft
from app.modeller.reach import reach_of
from app.modeller.versions import version_of
from app.runtime.step import live_processes
from tests.support.diagrams import bpmn, end, flow, process, start, user, xor
from tests.support.factories import make_user
from tests.support.process_driver import ProcessDriver
from tests.support.published import publish
from tests.support.site import SiteClient, client_for

NOTE = "Visits are asked about first, as the guide says."


def visit(
    *, ask: str = "Ask the family", default: str = "enough_end", condition: str = '=more = "yes"'
) -> bytes:
    """A process with a task, a choice and a second task."""
    return bpmn(
        process(
            "visit",
            start(),
            user("ask", name=ask, form="ask", groups="practitioner", due="=working days(5)"),
            xor("enough", default, name="Is it enough?"),
            user("visit_again", name="Visit again", form="visit_again", groups="practitioner"),
            end(),
            flow("start > ask > enough"),
            flow("enough > visit_again", condition, name="No"),
            flow("enough > end", name="Yes"),
            flow("visit_again > end"),
            name="Visit a family",
        )
    )


@dataclass
class Workshop:
    """What a process owner does in these tests, in short."""

    app: Flask
    owner: User
    client: SiteClient

    def draft(self, xml: bytes | str | None = None, *, by: User | None = None) -> int:
        """Begin a draft of the process; with ``xml``, draw that."""
        with transaction() as session:
            person = by or self.owner
            made = drafts.begin(
                session, reach_of(session, person), person, pack="core", process_id="visit"
            )
            if xml is not None:
                text = xml.decode() if isinstance(xml, bytes) else xml
                drafts.save(session, made, person, text, seen=made.lock_version)
            return made.id

    def stored(self, draft_id: int) -> Draft:
        with reading() as session:
            return drafts.find(session, reach_of(session, self.owner), draft_id)

    def live(self) -> DefinitionVersion:
        with reading() as session:
            return version_of(session, "core", "visit")

    def publish(self, draft_id: int, note: str = NOTE, key: str = "once") -> TestResponse:
        return self.client.post(
            f"/processes/drafts/{draft_id}/publish", data={"note": note, "idempotency_key": key}
        )


@pytest.fixture
def workshop(flask_app: Flask) -> Workshop:
    publish(visit(), forms={"ask": ("more",), "visit_again": ("seen",)})
    owner = make_user("Olive Owner", role=Role.PROCESS_OWNER)
    for name in ("Pat", "Paul"):
        make_user(name, role=Role.PRACTITIONER)
    return Workshop(flask_app, owner, client_for(flask_app, owner))


@pytest.fixture
def colleague(workshop: Workshop) -> User:
    """Another process owner of the same area."""
    return make_user("Colin Colleague", role=Role.PROCESS_OWNER)


@pytest.fixture
def driver(workshop: Workshop, clock: time_machine.Traveller) -> Iterator[ProcessDriver]:
    """Plays the published process as a practitioner of the area."""
    with reading() as session:
        worker = with_role(Role.PRACTITIONER, area_id="starter")
        person = session.scalars(worker).first()
    yield ProcessDriver(clock, by=person)
    live_processes.forget_all()
