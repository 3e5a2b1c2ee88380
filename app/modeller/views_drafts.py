"""Working on a draft: the editor, saving, checking, throwing away."""

from typing import Any

from flask import Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf
from sqlalchemy.orm import Session

from app.db import reading, transaction
from app.definitions.live import effective
from app.definitions.models import Kind
from app.identity.people import names_of
from app.identity.permissions import LABELS, Permission
from app.modeller import drafts
from app.modeller.drafts import DrawingRefused, Saved
from app.modeller.drawing import sketch_or_none
from app.modeller.ended import DraftEnded
from app.modeller.findings import Said, look_over
from app.modeller.models import Draft
from app.modeller.origin import origin_of
from app.modeller.publish import is_superseded, live_now, refusal_to_publish
from app.modeller.reach import Reach, reach_of
from app.modeller.views import bp, xml_file
from app.runtime.once import once
from app.web.access import current_user, editor_page, requires, sent_key
from app.web.dates import clock_time
from app.web.errors import Words, error_page, typed_lines

ENDED = Words(
    "Somebody else was faster",
    "This draft is no longer there.",
    "To change the process again, open it and begin a new draft.",
)


@bp.post("/<pack>/<process_id>/drafts")
@requires(Permission.MODELLER_EDIT)
def start_draft(pack: str, process_id: str) -> ResponseReturnValue:
    """Begin to change a process, in its own pack or taken over into one that builds on it."""
    user = current_user()
    home = request.form.get("home") or pack

    def act() -> str:
        reach = reach_of(session, user)
        draft = drafts.begin(session, reach, user, pack=home, process_id=process_id)
        target = "modeller.outline_page" if "outline" in request.form else "modeller.edit"
        return url_for(target, draft_id=draft.id)

    with transaction() as session:
        location = once(session, user, sent_key(), act)
    return redirect(location)


@bp.get("/drafts/<int:draft_id>")
@requires(Permission.MODELLER_EDIT)
@editor_page
def edit(draft_id: int) -> ResponseReturnValue:
    with reading() as session:
        reach, draft = found(session, draft_id)
        findings = look_over(session, draft)
        return render_template(
            "modeller/edit.html",
            **frame(session, reach, draft),
            xml=draft.xml,
            findings=[said.as_json() for said in findings],
            in_short=in_short(findings),
            catalogue=_catalogue(session, reach, draft),
        )


@bp.get("/drafts/<int:draft_id>/state")
@requires(Permission.MODELLER_READ)
def state(draft_id: int) -> ResponseReturnValue:
    """For an editor that was open while its person had to sign in again: how to go on saving."""
    with reading() as session:
        draft = found(session, draft_id)[1]
        return jsonify(version=draft.lock_version, csrf_token=generate_csrf())


@bp.get("/drafts/<int:draft_id>/diagram.bpmn")
@requires(Permission.MODELLER_READ)
def draft_source(draft_id: int) -> ResponseReturnValue:
    with reading() as session:
        draft = found(session, draft_id)[1]
        return xml_file(draft.xml, f"{draft.process_id}-draft")


@bp.post("/drafts/<int:draft_id>/save")
@requires(Permission.MODELLER_EDIT)
def save(draft_id: int) -> ResponseReturnValue:
    """Keep the drawing as it is. It is not read here: a half-finished drawing is worth keeping."""
    user = current_user()
    sent = request.get_json(silent=True)
    sent = sent if isinstance(sent, dict) else {}
    with transaction() as session:
        draft = found(session, draft_id, to_change=True)[1]
        try:
            xml = drafts.checked(sent.get("xml"))
        except DrawingRefused as error:
            return jsonify(message=str(error)), 422
        seen = sent.get("version")
        done = drafts.save(session, draft, user, xml, seen=_number(seen))
    return _answer(done)


@bp.post("/drafts/<int:draft_id>/check")
@requires(Permission.MODELLER_READ)
def check(draft_id: int) -> ResponseReturnValue:
    """The findings about the draft as saved, for the editor."""
    with reading() as session:
        draft = found(session, draft_id)[1]
        findings = look_over(session, draft)
    return jsonify(findings=[said.as_json() for said in findings], message=in_short(findings))


@bp.get("/drafts/<int:draft_id>/check")
@requires(Permission.MODELLER_READ)
def check_page(draft_id: int) -> ResponseReturnValue:
    """The same list as a page, which works without JavaScript."""
    with reading() as session:
        reach, draft = found(session, draft_id)
        findings = look_over(session, draft)
        return render_template(
            "modeller/check.html",
            **frame(session, reach, draft),
            findings=findings,
            in_short=in_short(findings),
        )


@bp.get("/drafts/<int:draft_id>/file")
@requires(Permission.MODELLER_READ)
def origin_page(draft_id: int) -> ResponseReturnValue:
    """What the import of the file changed, and what is left to do."""
    with reading() as session:
        reach, draft = found(session, draft_id)
        findings = look_over(session, draft)
        drawing = sketch_or_none(draft.xml)
        origin = origin_of(draft)
        if origin is None:
            raise drafts.DraftNotFound
        return render_template(
            "modeller/origin.html",
            **frame(session, reach, draft),
            origin=origin,
            name_of=drawing.name_of if drawing else str,
            others=[each for each in origin.drafts if each[0] != draft.id],
            findings=findings,
            in_short=in_short(findings),
        )


@bp.post("/drafts/<int:draft_id>/discard")
@requires(Permission.MODELLER_EDIT)
def discard(draft_id: int) -> ResponseReturnValue:
    user = current_user()

    def act() -> str:
        draft = found(session, draft_id, to_change=True)[1]
        drafts.discard(session, draft, user)
        flash("The draft is gone. What is live has not changed.", "success")
        return url_for("modeller.index")

    with transaction() as session:
        location = once(session, user, sent_key(), act)
    return redirect(location)


@bp.errorhandler(DraftEnded)
def ended(error: DraftEnded) -> ResponseReturnValue:
    """For whoever had the draft open when somebody else published or discarded it."""
    place = error.place
    href = url_for("modeller.process", pack=place.pack, process_id=place.process_id)
    link = ("See what is live", href)
    if place.number is not None:
        link = (f"See version {place.number}", f"{href}/versions/{place.number}")
    return error_page(409, words=ENDED, message=str(error), typed=typed_lines(), link=link)


def found(session: Session, draft_id: int, *, to_change: bool = False) -> tuple[Reach, Draft]:
    """A draft, and what the person may do with it."""
    reach = reach_of(session, current_user())
    return reach, drafts.find(session, reach, draft_id, to_change=to_change)


def frame(session: Session, reach: Reach, draft: Draft) -> dict[str, Any]:
    """What every page of a draft shows around its content."""
    drawing = sketch_or_none(draft.xml)
    pack = reach.packs[draft.pack]
    live = live_now(session, draft)
    name = drawing.process.name if drawing and drawing.process else draft.process_id
    return {
        "draft": draft,
        "pack": pack,
        "name": pack.in_words(name),
        "saved_by": names_of(session, [draft.saved_by_id])[draft.saved_by_id],
        "live": live,
        "superseded": is_superseded(session, draft),
        "refusal": refusal_to_publish(reach, draft),
        "may_edit": reach.may_edit,
        "from_file": draft.origin is not None,
    }


def in_short(findings: list[Said]) -> str:
    """How many, in a sentence."""
    errors = sum(1 for said in findings if said.is_error)
    hints = len(findings) - errors
    if not findings:
        return "The checks found nothing. It can be published."
    parts = []
    if errors:
        parts.append(f"{errors} to put right before it can be published")
    if hints:
        parts.append(f"{hints} to think about")
    return ", ".join(parts).capitalize() + "."


def _answer(done: Saved) -> tuple[Response, int]:
    draft, clash = done.draft, done.clash
    if clash is None:
        said = f"Saved at {clock_time(draft.saved_at)}"
        return jsonify(version=draft.lock_version, message=said), 200
    return jsonify(
        message=f"{clash.who} saved this draft at {clock_time(clash.at)}, after you opened it. "
        "Both are kept: what you drew is a draft of its own now.",
        copy=url_for("modeller.edit", draft_id=draft.id),
    ), 409


def _number(value: object) -> int | None:
    try:
        return int(str(value))
    except ValueError:
        return None


def _catalogue(session: Session, reach: Reach, draft: Draft) -> dict[str, list[dict[str, str]]]:
    """What the editor's panel offers to choose from."""
    tables = effective(session, Kind.DMN, reach.packs[draft.pack])
    return {
        "roles": [{"value": role.value, "label": words} for role, words in LABELS.items()],
        "decisions": [{"value": name, "label": name} for name in sorted(tables)],
    }
