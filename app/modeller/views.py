"""Looking at processes: what is live, how it goes, what it was before."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app import clock
from app.db import reading
from app.definitions.models import DefinitionVersion, Status
from app.identity.permissions import Permission
from app.modeller.drafts import lines
from app.modeller.drawing import sketch
from app.modeller.listing import listing, process_name
from app.modeller.move_plan import count_elsewhere
from app.modeller.outline import outline
from app.modeller.reach import Reach, reach_of
from app.modeller.versions import ProcessNotFound, author_names, history, version_of
from app.runtime.reasons import unanswered
from app.web.access import current_user, requires

#: How far back the page of a process looks for what had no answer.
LOOKED_BACK = timedelta(days=30)

bp = Blueprint("modeller", __name__, template_folder="templates", url_prefix="/processes")


@bp.get("")
@requires(Permission.MODELLER_READ)
def index() -> ResponseReturnValue:
    with reading() as session:
        reach = reach_of(session, current_user())
        chosen = request.args.get("pack", "")
        pack = chosen if reach.sees(chosen) else ""
        found = listing(session, reach, pack)
    tabs = [{"text": "All", "url": url_for("modeller.index"), "current": not pack}] + [
        {
            "text": each.name,
            "url": url_for("modeller.index", pack=each.id),
            "current": each.id == pack,
        }
        for each in sorted(reach.packs.values(), key=lambda each: each.name)
    ]
    names = {(line.pack, line.process_id): line.name for line in found.processes}
    return render_template(
        "modeller/index.html", found=found, reach=reach, tabs_of_packs=tabs, names=names
    )


@bp.get("/<pack>/<process_id>")
@requires(Permission.MODELLER_READ)
def process(pack: str, process_id: str) -> ResponseReturnValue:
    return _page(pack, process_id)


@bp.get("/<pack>/<process_id>/versions/<int:number>")
@requires(Permission.MODELLER_READ)
def version(pack: str, process_id: str, number: int) -> ResponseReturnValue:
    """The same page for a version that may no longer be live."""
    return _page(pack, process_id, number)


@bp.get("/<pack>/<process_id>/versions/<int:number>/diagram.bpmn")
@requires(Permission.MODELLER_READ)
def source(pack: str, process_id: str, number: int) -> ResponseReturnValue:
    """The file as published; for looking at (``?words``) with the area's words in it."""
    with reading() as session:
        reach = _reach(session, pack)
        xml = version_of(session, pack, process_id, number).content
    if "words" in request.args:
        xml = reach.packs[pack].in_words_of_xml(xml)
    return xml_file(xml, f"{process_id}-{number}")


def xml_file(xml: str, name: str) -> Response:
    """A diagram to keep; the page's viewer fetches the same."""
    response = Response(xml, mimetype="application/xml")
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.bpmn")
    return response


def _reach(session: Session, pack: str) -> Reach:
    reach = reach_of(session, current_user())
    if not reach.sees(pack):
        raise ProcessNotFound
    return reach


def _page(pack: str, process_id: str, number: int | None = None) -> str:
    with reading() as session:
        reach = _reach(session, pack)
        shown = version_of(session, pack, process_id, number)
        return render_template("modeller/process.html", **_process(session, reach, shown))


def _process(session: Session, reach: Reach, shown: DefinitionVersion) -> dict[str, Any]:
    pack = reach.packs[shown.pack]
    versions = history(session, shown.pack, shown.key)
    homes = reach.homes_of(shown.pack)
    return {
        "shown": shown,
        "is_live": shown.status == Status.LIVE,
        "author": author_names(session, {shown.author})[shown.author],
        "running": next(each.running for each in versions if each.id == shown.id),
        "name": process_name(shown, reach),
        "pack": pack,
        "steps": outline(sketch(shown.content), pack),
        "versions": versions,
        "older": count_elsewhere(session, shown) if shown.status == Status.LIVE else 0,
        "drafts": lines(session, [home.id for home in homes], shown.key),
        "packs": reach.packs,
        "homes": homes if reach.may_edit else [],
        "refusal": reach.refusal_to_publish(shown.pack),
        "unanswered": unanswered(session, shown.key, clock.now() - LOOKED_BACK),
    }
