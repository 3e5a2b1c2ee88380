"""Publishing a draft, and bringing one in from a file."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.db import reading, transaction
from app.errors import AppError
from app.identity.permissions import Permission
from app.modeller.changes import changes
from app.modeller.findings import look_over
from app.modeller.models import Draft
from app.modeller.publish import (
    LONGEST_NOTE,
    Done,
    NoteMissing,
    NothingChanged,
    NotReady,
    Superseded,
    base_of,
    continue_on_top,
    live_now,
    publish_draft,
)
from app.modeller.reach import reach_of
from app.modeller.running import running_by_version
from app.modeller.upload import UploadRefused, upload
from app.modeller.versions import author_names
from app.modeller.views import bp
from app.modeller.views_drafts import found, frame, in_short
from app.runtime.once import once
from app.web.access import current_user, requires, sent_key
from app.web.reading_back import read_back_with

read_back_with("modeller.publish", {"note": "What changes, and why"})


@bp.get("/drafts/<int:draft_id>/publish")
@requires(Permission.MODELLER_READ)
def publish_page(draft_id: int) -> ResponseReturnValue:
    return _page(draft_id)


@bp.post("/drafts/<int:draft_id>/publish")
@requires(Permission.MODELLER_PUBLISH)
def publish(draft_id: int) -> ResponseReturnValue:
    """Make the draft live. When it cannot be, nothing is published and the page says why."""
    user = current_user()

    def act() -> str:
        reach, draft = found(session, draft_id, to_change=True)
        done = publish_draft(session, reach, draft, user, note=request.form.get("note", ""))
        flash(_done_words(done), "success")
        version = done.version
        return url_for("modeller.process", pack=version.pack, process_id=version.key)

    try:
        with transaction() as session:
            location = once(session, user, sent_key(), act)
    except (NoteMissing, NothingChanged) as error:
        return _page(draft_id, problem=error), 422
    except NotReady:
        return _page(draft_id, refused=True), 422
    except Superseded:
        return _page(draft_id), 409
    return redirect(location)


@bp.post("/drafts/<int:draft_id>/continue")
@requires(Permission.MODELLER_EDIT)
def go_on_top(draft_id: int) -> ResponseReturnValue:
    """The person has seen what was published meanwhile and wants their drawing after it."""
    with transaction() as session:
        draft = found(session, draft_id, to_change=True)[1]
        live = continue_on_top(session, draft)
    if live is not None:
        flash(f"Your draft now follows version {live.number}. Publishing it replaces that one.")
    return redirect(url_for("modeller.publish_page", draft_id=draft_id))


@bp.get("/upload")
@requires(Permission.MODELLER_EDIT)
def upload_page() -> ResponseReturnValue:
    return _upload_page()


@bp.post("/upload")
@requires(Permission.MODELLER_EDIT)
def upload_file() -> ResponseReturnValue:
    """A file becomes drafts. One that cannot be read is refused, with every reason."""
    user = current_user()
    content, name = _sent()

    def act() -> str:
        reach = reach_of(session, user)
        pack = request.form.get("pack", "")
        made = upload(session, reach, user, pack=pack, content=content, file=name)
        opened = "a draft" if len(made) == 1 else f"{len(made)} drafts"
        flash(f"The file is open as {opened}. Nothing of it is live yet.", "success")
        return url_for("modeller.origin_page", draft_id=made[0].id)

    try:
        with transaction() as session:
            location = once(session, user, sent_key(), act)
    except UploadRefused as error:
        return _upload_page(error), 422
    return redirect(location)


def _sent() -> tuple[bytes, str]:
    file = request.files.get("file")
    if file is None:
        return b"", ""
    with file.stream as stream:
        return stream.read(), file.filename or ""


def _page(draft_id: int, *, problem: AppError | None = None, refused: bool = False) -> str:
    with reading() as session:
        reach, draft = found(session, draft_id)
        findings = look_over(session, draft)
        live = live_now(session, draft)
        errors = [{"words": str(problem), "anchor": "note"}] if problem else []
        if refused:
            errors.append(
                {"words": "Nothing was published. " + in_short(findings), "anchor": "found"}
            )
        return render_template(
            "modeller/publish.html",
            **frame(session, reach, draft),
            **_differences(session, draft),
            findings=findings,
            in_short=in_short(findings),
            blocked=any(said.is_error for said in findings),
            running=running_by_version(session)[live.id] if live else 0,
            live_author=author_names(session, {live.author})[live.author] if live else "",
            note=request.form.get("note", ""),
            longest_note=LONGEST_NOTE,
            page_errors=errors,
            note_problem=str(problem) if isinstance(problem, NoteMissing) else "",
        )


def _differences(session: Session, draft: Draft) -> dict[str, Any]:
    """What the draft changes, and what was changed beside it since it began."""
    base, live = base_of(session, draft), live_now(session, draft)
    before = base.content if base else None
    same = base is not None and live is not None and base.id == live.id
    return {
        "base": base,
        "changes": changes(before, draft.xml),
        "same_file": before == draft.xml,
        "meanwhile": None if same or live is None else changes(before, live.content),
    }


def _done_words(done: Done) -> str:
    words = f"Version {done.version.number} is live. New cases take it."
    if done.staying == 1:
        words += " 1 running process stays on the version it started with."
    elif done.staying:
        words += f" {done.staying} running processes stay on the version they started with."
    return words


def _upload_page(error: UploadRefused | None = None) -> str:
    with reading() as session:
        reach = reach_of(session, current_user())
    packs = sorted(reach.packs.values(), key=lambda pack: (pack.id not in reach.own, pack.name))
    reasons = error.reasons if error else ()
    return render_template(
        "modeller/upload.html",
        packs=packs,
        chosen=request.form.get("pack", ""),
        reasons=reasons,
        page_errors=[
            {
                "words": f"{reason.element_id}: {reason.message}"
                if reason.element_id
                else reason.message,
                "anchor": "file",
            }
            for reason in reasons
        ],
    )
