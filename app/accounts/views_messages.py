"""E-mail that did not get through, for administrators."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.audit.record import record
from app.db import reading, transaction
from app.identity.permissions import Permission
from app.outbox import queue
from app.web.access import current_user, requires

bp = Blueprint(
    "messages", __name__, template_folder="templates", url_prefix="/administration/messages"
)


@bp.get("")
@requires(Permission.MESSAGES_MANAGE)
def undelivered() -> ResponseReturnValue:
    with reading() as session:
        found, waiting = queue.undelivered(session), queue.waiting_count(session)
    return render_template("accounts/messages.html", messages=found, waiting=waiting)


@bp.post("/<int:message_id>/again")
@requires(Permission.MESSAGES_MANAGE)
def try_again(message_id: int) -> ResponseReturnValue:
    user = current_user()
    with transaction() as session:
        if queue.try_again(session, message_id):
            record(
                session,
                actor=user.actor,
                action="message.tried_again",
                detail={"message": message_id},
            )
    flash("The message will be sent again within a minute.")
    return redirect(url_for("messages.undelivered"))
