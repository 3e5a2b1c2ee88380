"""What came of a move, case by case, for the page: references only, no names of families."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.cases.visible import Viewer, visible_cases
from app.definitions.models import DefinitionVersion
from app.identity.models import User
from app.identity.people import names_of
from app.modeller.models import MoveBatch, MoveCase
from app.modeller.move_batch import MOST_MOVED, left_to_try
from app.runtime.models import ProcessInstance
from app.runtime.records import InstanceMove

#: Lines of one page; a batch may have thousands.
LINES = 50


@dataclass(frozen=True)
class CaseLine:
    """``case_id`` is set for those who may see the case. ``state``: can, moved, back or not."""

    id: int
    reference: str
    case_id: int | None
    state: str
    problem: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class BatchView:
    """``waiting`` can be moved; ``left`` have not been tried yet; ``lines`` are of this page.

    ``most`` are moved or taken back with one press.
    """

    batch: MoveBatch
    version: DefinitionVersion
    by: str
    waiting: int
    moved: int
    back: int
    refused: int
    left: int
    most: int
    page: int
    pages: int
    lines: Sequence[CaseLine]


@dataclass(frozen=True)
class EarlierMove:
    id: int
    version: DefinitionVersion
    by: str
    batch: MoveBatch


def batch_view(
    session: Session, user: User, batch: MoveBatch, version: DefinitionVersion, page: int
) -> BatchView:
    rows = session.execute(
        select(MoveCase, InstanceMove.undone_at, ProcessInstance, Case.reference)
        .join(ProcessInstance, ProcessInstance.id == MoveCase.instance_id)
        .outerjoin(InstanceMove, InstanceMove.id == MoveCase.move_id)
        .outerjoin(Case, Case.id == ProcessInstance.case_id)
        .where(MoveCase.batch_id == batch.id)
        .order_by(MoveCase.problem.is_(None), MoveCase.id)
    ).all()
    states = [_state(case, undone_at is not None) for case, undone_at, _, _ in rows]
    page = max(1, min(page, -(-len(rows) // LINES)))
    shown = list(zip(rows, states, strict=True))[(page - 1) * LINES : page * LINES]
    seen = _visible(session, user, {row[2].case_id for row, _ in shown if row[2].case_id})
    return BatchView(
        batch=batch,
        version=version,
        by=names_of(session, {batch.by_id})[batch.by_id],
        waiting=states.count("can"),
        moved=states.count("moved"),
        back=states.count("back"),
        refused=states.count("not"),
        left=left_to_try(session, batch),
        most=MOST_MOVED,
        page=page,
        pages=max(1, -(-len(rows) // LINES)),
        lines=[
            CaseLine(
                id=case.id,
                reference=reference or f"Process {instance.id}, without a case",
                case_id=instance.case_id if instance.case_id in seen else None,
                state=state,
                problem=case.problem or "",
                notes=tuple(case.notes),
            )
            for (case, _, instance, reference), state in shown
        ],
    )


def earlier_moves(session: Session, pack: str, process_id: str) -> list[EarlierMove]:
    """Moves to any version of this process, the newest first."""
    rows = session.execute(
        select(MoveBatch, DefinitionVersion)
        .join(DefinitionVersion, DefinitionVersion.id == MoveBatch.version_id)
        .where(DefinitionVersion.pack == pack, DefinitionVersion.key == process_id)
        .order_by(MoveBatch.id.desc())
        .limit(LINES)
    ).all()
    names = names_of(session, {batch.by_id for batch, _ in rows})
    return [EarlierMove(batch.id, version, names[batch.by_id], batch) for batch, version in rows]


def _state(case: MoveCase, undone: bool) -> str:
    if case.move_id is None:
        return "can" if case.problem is None else "not"
    return "back" if undone else "moved"


def _visible(session: Session, user: User, case_ids: set[int]) -> set[int]:
    condition = visible_cases(Viewer.of(user))
    return set(session.scalars(select(Case.id).where(Case.id.in_(case_ids), condition)))
