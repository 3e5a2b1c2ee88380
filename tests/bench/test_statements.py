"""What a completion asks of the database stays counted."""

from collections.abc import Iterator

import pytest

from app import db
from app.db import ReadSession, WriteSession, transaction
from app.runtime import hooks
from app.runtime.actions import CompleteTask
from app.runtime.actor import Actor
from app.runtime.drafts import save_draft
from app.runtime.step import live_processes, take_step
from bench.council import Council, LiveCase
from bench.databases import Database
from bench.processes import ANSWERS, LENGTH, REVIEW_TASKS, line, review

MOST_STATEMENTS = 12


@pytest.fixture
def counted(database: str) -> Iterator[Database]:
    found = Database(
        db.write_engine().dialect.name, database, WriteSession.kw["bind"], ReadSession.kw["bind"]
    )
    found.count()
    yield found
    found.stop_counting()
    live_processes.forget_all()
    hooks.forget()


def counts(database: Database, case: LiveCase) -> tuple[int, int]:
    """Statements and commits of the next completion."""
    statements, commits = database.statements, database.commits
    case.complete()
    return database.statements - statements, database.commits - commits


@pytest.mark.parametrize("measured", [line(), review()], ids=["line", "review"])
def test_a_completion_sends_at_most_twelve_statements_and_commits_once(
    counted: Database, measured: object
) -> None:
    council = Council.found(counted, measured)  # type: ignore[arg-type]
    case = council.start(measured)  # type: ignore[arg-type]
    case.complete()
    length = LENGTH - 2 if measured == line() else 3 * REVIEW_TASKS

    found = [counts(counted, case) for _ in range(length)]

    assert {commits for _, commits in found} == {1}
    assert 5 < max(statements for statements, _ in found) <= MOST_STATEMENTS


def test_so_does_one_from_a_page_with_a_key_and_a_draft(counted: Database) -> None:
    council = Council.found(counted, review())
    case = council.start(review())
    case.complete()
    for number in range(REVIEW_TASKS):
        with transaction() as session:
            save_draft(session, case.task_id, council.lead.id, {"note": "half"})
        before = counted.statements
        with transaction() as session:
            result = take_step(
                session,
                case.instance_id,
                CompleteTask(task_id=case.task_id, answers=ANSWERS),
                actor=Actor.person(council.lead),
                idempotency_key=f"page {number}",
            )
        assert counted.statements - before <= MOST_STATEMENTS
        (case.task_id,) = result.opened


def test_a_process_that_is_not_in_memory_takes_a_few_more(counted: Database) -> None:
    council = Council.found(counted, review())
    case = council.start(review())
    case.complete()
    case.forget()

    assert counts(counted, case) <= (MOST_STATEMENTS + 4, 1)
