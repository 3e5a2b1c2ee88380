"""The outline of a draft: every change that the canvas offers in a form of its own."""

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.db import reading, transaction
from app.definitions.lanes import CASE, CASE_ROLES
from app.definitions.live import effective
from app.definitions.models import Kind
from app.engine.errors import DiagramRefused
from app.identity.people import names_of
from app.identity.permissions import LABELS, Permission
from app.modeller import drafts
from app.modeller.drawing import sketch, sketch_or_none
from app.modeller.edit import EditRefused, StepForm, changed, step_form
from app.modeller.findings import Said, look_over
from app.modeller.models import Draft
from app.modeller.outline import CASE_PARTS, outline, ways_of
from app.modeller.reach import Reach
from app.modeller.views import bp
from app.modeller.views_drafts import found, frame, in_short
from app.web.access import current_user, requires
from app.web.dates import clock_time

Choices = Mapping[str, list[tuple[str, str]]]


class Clashed(Exception):
    """Somebody saved meanwhile: the form comes back as typed, with what stands there now."""


@bp.get("/drafts/<int:draft_id>/outline")
@requires(Permission.MODELLER_READ)
def outline_page(draft_id: int) -> ResponseReturnValue:
    with reading() as session:
        reach, draft = found(session, draft_id)
        drawing = sketch_or_none(draft.xml)
        findings = look_over(session, draft)
        return render_template(
            "modeller/outline.html",
            **frame(session, reach, draft),
            steps=outline(drawing, reach.packs[draft.pack]) if drawing else [],
            readable=drawing is not None,
            process_id=drawing.process.id if drawing and drawing.process else "",
            findings=findings,
            by_step=_by_step(findings),
            in_short=in_short(findings),
        )


@bp.get("/drafts/<int:draft_id>/steps/<path:element_id>")
@requires(Permission.MODELLER_EDIT)
def step(draft_id: int, element_id: str) -> ResponseReturnValue:
    with reading() as session:
        reach, draft = found(session, draft_id)
        return _step_page(session, reach, draft, step_form(draft.xml, element_id))


@bp.post("/drafts/<int:draft_id>/steps/<path:element_id>")
@requires(Permission.MODELLER_EDIT)
def change_step(draft_id: int, element_id: str) -> ResponseReturnValue:
    """Write one step into the drawing. What is typed comes back if it cannot be written."""
    user, problems, status = current_user(), {}, 200
    try:
        with transaction() as session:
            draft = found(session, draft_id, to_change=True)[1]
            after = drafts.checked(changed(draft.xml, element_id, request.form.to_dict()))
            if after != draft.xml:
                _refuse_clash(draft, element_id)
            drafts.save(session, draft, user, after, seen=draft.lock_version)
    except EditRefused as error:
        problems, status = error.problems, 422
    except Clashed:
        status = 409
    if status == 200:
        flash("The step is changed in the draft.", "success")
        return redirect(url_for("modeller.outline_page", draft_id=draft_id, _anchor=element_id))
    with reading() as session:
        reach, draft = found(session, draft_id)
        form = step_form(draft.xml, element_id)
        page = _step_page(
            session, reach, draft, form, typed=request.form, problems=problems, clash=status == 409
        )
    return page, status


def _refuse_clash(draft: Draft, element_id: str) -> None:
    """Other steps may have changed; this one must be as it was shown."""
    if request.form.get("seen") != step_form(draft.xml, element_id).fingerprint:
        raise Clashed


def _by_step(findings: list[Said]) -> dict[str, list[Said]]:
    by_step: dict[str, list[Said]] = {}
    for said in findings:
        by_step.setdefault(said.step_id, []).append(said)
    return by_step


def _step_page(
    session: Session,
    reach: Reach,
    draft: Draft,
    form: StepForm,
    *,
    typed: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
    clash: bool = False,
) -> str:
    drawing = sketch(draft.xml)
    element = drawing.drawing.elements.get(form.element_id)
    leads_to = {way.flow_id: way.leads_to for way in ways_of(drawing, element)} if element else {}
    labels = {field.key: field.label for field, _value in form.fields}
    return render_template(
        "modeller/step.html",
        **frame(session, reach, draft),
        form=form,
        title=drawing.name_of(form.element_id) or "The whole process",
        typed=typed or {},
        problems=problems or {},
        page_errors=[
            {"words": f"{labels.get(key, 'A way on')}: {words}", "anchor": key}
            for key, words in (problems or {}).items()
        ],
        leads_to=leads_to,
        choices=_choices(session, reach, draft),
        clash=_clash_words(session, draft) if clash else "",
        findings=[said for said in look_over(session, draft) if said.step_id == form.element_id],
    )


def _clash_words(session: Session, draft: Draft) -> str:
    who = names_of(session, [draft.saved_by_id])[draft.saved_by_id]
    return f"{who} saved this draft at {clock_time(draft.saved_at)}, while you were typing."


def _choices(session: Session, reach: Reach, draft: Draft) -> Choices:
    forms = effective(session, Kind.FORM, reach.packs[draft.pack])
    roles = [(role.value, words) for role, words in LABELS.items()]
    parts = [(f"{CASE}{part}", CASE_PARTS[part]) for part in CASE_ROLES]
    return {"forms": [(key, key) for key in sorted(forms)], "roles": [*roles, *parts]}


@bp.errorhandler(DiagramRefused)
def unreadable(error: DiagramRefused) -> ResponseReturnValue:
    """The drawing of this draft is not one that can be read as steps."""
    return render_template("modeller/unreadable.html", reasons=error.findings), 422
