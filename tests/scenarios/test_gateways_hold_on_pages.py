"""No page lets anybody past a sign-off gateway who may not sign it.

Every route that changes something is called for a gateway that waits, and for work that is done.
"""

from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from app import db
from app.identity.models import User
from app.identity.permissions import Role
from app.runtime.actions import SignOffAnswer
from app.runtime.models import Task
from app.runtime.step import live_processes
from tests.support import snapshot
from tests.support.factories import make_user
from tests.support.schema import empty_tables
from tests.support.site import client_for
from tests.support.storyteller import Story
from tests.support.waiting_gateway import (
    GATEWAY,
    ONWARD,
    UP_TO_GATEWAY,
    Waiting,
    at_the_gateway,
    may_not,
)


def _changing(app: Flask) -> list[Rule]:
    """Routes that change something. Leaving comes last: it ends the session of who tries."""
    rules = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    return sorted(rules, key=lambda rule: (rule.endpoint == "accounts.sign_out", rule.rule))


def _posted(waiting: Waiting, answer: str) -> dict[str, Any]:
    """What the pages might send, all at once."""
    differently = answer == SignOffAnswer.DECIDE_DIFFERENTLY
    decision = {
        "answer": answer,
        "flow_id": "decide_help_to_register_no_need" if differently else ONWARD,
        "reason": "Because",
        "comment": "Please look again",
        "send_back_to": "recommend_level",
    }
    return {
        **decision,
        **{f"sign_off_{name}": value for name, value in decision.items()},
        "said": "They have had enough",
        "assessment_recommendation": "multi_agency",
        "level_recommended": "3",
        "process": "slot_front_door",
        "task_id": str(waiting.gateway.id),
        "user_id": str(waiting.user(Role.PRACTITIONER).id),
        "to-day": "1",
        "to-month": "6",
        "to-year": "2026",
        "area": waiting.story.cast.area,
    }


def _address(app: Flask, rule: Rule, waiting: Waiting, task: Task) -> str:
    known: dict[str, Any] = {
        "task_id": task.id,
        "case_id": waiting.story.case_id,
        "process_id": "early_help_assessment",
        "element_id": GATEWAY,
        "pack": "core",
        "user_id": 10**6,
    }
    values = {
        name: known.get(name, 1 if "Integer" in type(rule._converters[name]).__name__ else "x")
        for name in rule.arguments
    }
    with app.test_request_context():
        built = rule.build(values)
    assert built is not None
    return built[1]


def _try_everything(
    app: Flask, waiting: Waiting, user: User, *, signed_in: bool = True
) -> list[str]:
    """Post to every route, for the gateway and for the work before it; what moved the token."""
    moved = []
    rows = snapshot.take()
    before = waiting.state()
    number = 0
    for rule in _changing(app):
        for task in (waiting.gateway, waiting.done):
            if task is waiting.done and "task_id" not in rule.arguments:
                continue
            answers = SignOffAnswer if rule.endpoint == "tasks.sign_off" else ("approve",)
            for answer in answers:
                number += 1
                said = {**_posted(waiting, answer), "idempotency_key": f"{user.id} {number}"}
                client_for(app, user if signed_in else None).post(
                    _address(app, rule, waiting, task), data=said
                )
                if waiting.state() == before:
                    continue
                if waiting.has_moved():
                    moved.append(f"{rule.rule} {answer}")
                empty_tables(db.write_engine())
                snapshot.put_back(rows)
                live_processes.forget_all()
    return moved


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SUPERVISOR])
def test_no_page_lets_another_role_decide(waiting: Waiting, flask_app: Flask, role: Role) -> None:
    user = waiting.user(role)
    assert user in may_not(waiting)
    moved = _try_everything(flask_app, waiting, user)
    assert moved == []


def test_no_page_lets_a_supervisor_decide_about_their_own_work(
    story: Story, flask_app: Flask
) -> None:
    both = make_user("Both Roles", roles=[Role.PRACTITIONER, Role.SUPERVISOR], area=story.cast.area)
    story.concern(by=both)
    story.does_all(*UP_TO_GATEWAY)
    waiting = at_the_gateway(story)
    moved = _try_everything(flask_app, waiting, both)
    assert moved == []


def test_no_page_lets_a_stranger_decide(waiting: Waiting, flask_app: Flask) -> None:
    """Nobody signed in; and a supervisor of another area."""
    stranger = make_user("Other Supervisor", role=Role.SUPERVISOR, area="hull")
    assert _try_everything(flask_app, waiting, stranger, signed_in=False) == []
    assert _try_everything(flask_app, waiting, stranger) == []


def test_who_may_decide_does_so_on_one_page_only(waiting: Waiting, flask_app: Flask) -> None:
    """The same attempts by somebody who may: so the others failed for the right reason."""
    supervisor = waiting.user(Role.SUPERVISOR)
    assert _try_everything(flask_app, waiting, supervisor) == [
        "/tasks/<int:task_id>/decide approve",
        "/tasks/<int:task_id>/decide decide_differently",
    ]
