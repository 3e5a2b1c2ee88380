"""Moving running cases to the live version: where they are, a trial, the move, the way back."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.db import reading, transaction
from app.definitions.models import DefinitionVersion
from app.engine.moving.matching import spot_of
from app.identity.permissions import Permission
from app.modeller import move_batch, move_trial
from app.modeller.changes import changes
from app.modeller.listing import process_name
from app.modeller.models import MoveBatch
from app.modeller.move_listing import batch_view, earlier_moves
from app.modeller.move_plan import MovePlan, move_plan, written
from app.modeller.reach import MayNotPublish, Reach, reach_of
from app.modeller.versions import ProcessNotFound, version_of
from app.modeller.views import bp
from app.runtime.once import once
from app.web.access import current_user, requires, sent_key


@bp.get("/<pack>/<process_id>/move")
@requires(Permission.MODELLER_READ)
def move_page(pack: str, process_id: str) -> ResponseReturnValue:
    """At which steps cases of older versions are, and where those steps are now."""
    with reading() as session:
        reach = _reach(session, pack)
        version = version_of(session, pack, process_id)
        plan = move_plan(session, reach, version)
        older = {step.version.id: step.version for step in plan.steps}
        return render_template(
            "modeller/move.html",
            version=version,
            name=process_name(version, reach),
            pack=reach.packs[pack],
            plan=plan,
            older=list(older.values()),
            changed={old.id: changes(old.content, version.content) for old in older.values()},
            earlier=earlier_moves(session, pack, process_id),
            refusal=reach.refusal_to_publish(pack),
        )


@bp.post("/<pack>/<process_id>/move")
@requires(Permission.MODELLER_PUBLISH)
def begin_move(pack: str, process_id: str) -> ResponseReturnValue:
    """Keep what was chosen, and try it on copies. Nothing of any case changes."""
    user = current_user()

    def act() -> str:
        reach = _may_move(session, pack)
        version = version_of(session, pack, process_id)
        chosen = _chosen(move_plan(session, reach, version))
        batch = move_batch.begin(session, user, version, chosen)
        return url_for("modeller.moved_page", batch_id=batch.id)

    with transaction() as session:
        location = once(session, user, sent_key(), act)
    batch_id = int(location.rsplit("/", 1)[-1])
    with reading() as session:
        new = not batch_view(session, user, *move_batch.find(session, batch_id), 1).lines
    if new:
        move_trial.try_next(batch_id)
    return redirect(location)


@bp.get("/moves/<int:batch_id>")
@requires(Permission.MODELLER_READ)
def moved_page(batch_id: int) -> ResponseReturnValue:
    with reading() as session:
        reach, batch, version = _found(session, batch_id)
        page = request.args.get("page", 1, type=int)
        return render_template(
            "modeller/moved.html",
            view=batch_view(session, current_user(), batch, version, page),
            name=process_name(version, reach),
            pack=reach.packs[version.pack],
            refusal=reach.refusal_to_publish(version.pack),
        )


@bp.post("/moves/<int:batch_id>/try")
@requires(Permission.MODELLER_PUBLISH)
def try_move(batch_id: int) -> ResponseReturnValue:
    """Try the next cases, and those again that could not be moved."""
    with transaction() as session:
        _, _, version = _found(session, batch_id)
        _may_move(session, version.pack)
        move_trial.try_again(session, batch_id)
    tried = move_trial.try_next(batch_id)
    flash(f"{_cases(tried)} tried. Nothing of any case has changed.")
    return redirect(url_for("modeller.moved_page", batch_id=batch_id))


@bp.post("/moves/<int:batch_id>/apply")
@requires(Permission.MODELLER_PUBLISH)
def apply_move(batch_id: int) -> ResponseReturnValue:
    """Move the next cases, each by itself."""
    _check(batch_id)
    _tell(move_batch.apply_next(batch_id, current_user()), "moved")
    return redirect(url_for("modeller.moved_page", batch_id=batch_id))


@bp.post("/moves/<int:batch_id>/undo")
@requires(Permission.MODELLER_PUBLISH)
def undo_move(batch_id: int) -> ResponseReturnValue:
    """Take one case back, or all that have not gone on since."""
    _check(batch_id)
    only = request.form.get("case", type=int)
    back = move_batch.undo(batch_id, current_user(), only=only)
    _tell(back, "taken back", ", exactly as before the move")
    return redirect(url_for("modeller.moved_page", batch_id=batch_id))


def _chosen(plan: MovePlan) -> dict[str, dict[str, str]]:
    """What the page says about each open step; a step it says nothing about goes as proposed."""
    found: dict[str, dict[str, str]] = {}
    for step in plan.steps:
        said = request.form.get(step.field, "")
        allowed = {value for value, _ in step.choices} | {"leave"}
        if said in allowed:
            here = found.setdefault(str(step.version.id), {})
            here[written(spot_of(step.element))] = said
    return found


def _check(batch_id: int) -> None:
    with reading() as session:
        _, _, version = _found(session, batch_id)
        _may_move(session, version.pack)


def _found(session: Session, batch_id: int) -> tuple[Reach, MoveBatch, DefinitionVersion]:
    batch, version = move_batch.find(session, batch_id)
    reach = reach_of(session, current_user())
    if not reach.sees(version.pack):
        raise move_batch.BatchNotFound
    return reach, batch, version


def _reach(session: Session, pack: str) -> Reach:
    reach = reach_of(session, current_user())
    if not reach.sees(pack):
        raise ProcessNotFound
    return reach


def _may_move(session: Session, pack: str) -> Reach:
    """Whoever may publish a process may say what becomes of its running cases."""
    reach = _reach(session, pack)
    if refusal := reach.refusal_to_publish(pack):
        raise MayNotPublish(refusal)
    return reach


def _tell(pressed: move_batch.Pressed, what: str, how: str = "") -> None:
    said = f"{_cases(pressed.done)} {what}{how if pressed.done else ''}."
    if pressed.refused:
        said += f" {_cases(pressed.refused)} not; why is said below."
    flash(said, "success" if pressed.done else "message")


def _cases(count: int) -> str:
    return "1 case was" if count == 1 else f"{count} cases were"
