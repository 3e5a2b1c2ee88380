"""Lists ask for their rows in a way that stays quick; here they are held against the plain way."""

import pytest
from sqlalchemy import or_, select

from app import db
from app.cases.families import CaseFilters, list_cases
from app.cases.listing import Shape, reach_of, values_of, ways_to_see
from app.cases.models import Case
from app.cases.visible import Viewer, can_take, visible_cases
from app.db import reading
from app.prepared import Prepared
from app.runtime.models import Task, TaskKind
from app.tasks.waiting_decisions import waiting_decisions
from bench.crowd import Crowd, gather


@pytest.fixture
def crowd(database: str) -> Crowd:
    return gather(db.write_engine(), open_tasks=400, viewers=21)


def listed(viewer: Viewer, filters: CaseFilters) -> list[int]:
    """The ids on all pages of the list of families."""
    found: list[int] = []
    more, page = True, 1
    while more:
        with reading() as session:
            answer = list_cases(session, viewer, CaseFilters(**{**vars(filters), "page": page}))
        found += [row.case_id for row in answer.rows]
        more, page = answer.more, page + 1
    return found


def test_every_reason_to_see_a_case_together_is_the_predicate_of_its_page(crowd: Crowd) -> None:
    compared = 0
    with reading() as session:
        for viewer in crowd.viewers:
            by_page = set(session.scalars(select(Case.id).where(visible_cases(viewer))))
            ways = [Prepared(way) for way in ways_to_see(Shape(reach_of(viewer)))]
            by_list = {row[0] for way in ways for row in way.rows(session, values_of(viewer))}
            assert by_list == by_page
            compared += bool(by_page)
    assert compared > len(crowd.viewers) / 2


def test_a_list_of_families_shows_each_visible_case_once_latest_first(crowd: Crowd) -> None:
    for viewer in crowd.viewers:
        with reading() as session:
            visible = select(Case.id).where(visible_cases(viewer)).order_by(Case.id.desc())
            expected = list(session.scalars(visible))
        assert listed(viewer, CaseFilters()) == expected


def test_a_search_finds_only_visible_families_and_all_of_that_name(crowd: Crowd) -> None:
    for viewer, name in zip(crowd.viewers, crowd.names, strict=True):
        with reading() as session:
            visible = set(session.scalars(select(Case.id).where(visible_cases(viewer))))
            named = session.scalars(
                select(Case.id).where(Case.family.has(name_key=name.lower()))
            ).all()
        assert visible.intersection(named) <= set(listed(viewer, CaseFilters(text=name)))
        assert set(listed(viewer, CaseFilters(text=name))) <= visible


def test_waiting_decisions_are_those_held_or_to_be_taken_most_urgent_first(crowd: Crowd) -> None:
    seen = 0
    for viewer in crowd.viewers:
        with reading() as session:
            theirs = or_(Task.assignee_id == viewer.user_id, can_take(viewer))
            query = select(Task.id).where(
                Task.kind == TaskKind.SIGN_OFF, Task.done_at.is_(None), theirs
            )
            expected = list(session.scalars(query.order_by(Task.due_sort, Task.id).limit(100)))
            found = [decision.task_id for decision in waiting_decisions(session, viewer)]
        assert found == expected
        seen += len(found)
    assert seen
