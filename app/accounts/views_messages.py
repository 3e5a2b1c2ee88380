"""Messages that did not get through, for administrators: e-mail, and those between processes."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.audit.record import record
from app.cases.work import references_of
from app.db import reading, transaction
from app.identity.permissions import Permission
from app.outbox import queue
from app.runtime.actor import Actor
from app.runtime.messages import has_expired, send_again
from app.runtime.messages import undelivered as undelivered_messages
from app.runtime.once import once
from app.web.access import current_user, requires, sent_key
from app.web.installation import settings

MOST = 200

bp = Blueprint(
    "messages", __name__, template_folder="templates", url_prefix="/administration/messages"
)


@bp.get("")
@requires(Permission.MESSAGES_MANAGE)
def undelivered() -> ResponseReturnValue:
    with reading() as session:
        found, waiting = queue.undelivered(session), queue.waiting_count(session)
        untaken = undelivered_messages(session)[-MOST:]
        references = references_of(session, {row.case_id for row in untaken if row.case_id})
        return render_template(
            "accounts/messages.html",
            messages=found,
            waiting=waiting,
            has_server=bool(settings().smtp_host),
            untaken=untaken,
            references=references,
            has_expired=has_expired,
        )


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


@bp.post("/processes/<int:message_id>/again")
@requires(Permission.MESSAGES_MANAGE)
def send_process_message_again(message_id: int) -> ResponseReturnValue:
    """A message from a process that nobody took goes out once more."""
    user = current_user()

    def act() -> str:
        if send_again(session, message_id, actor=Actor.person(user)):
            flash("A step took the message.")
        else:
            flash("No step waits for the message yet. It is kept until one does.")
        return url_for("messages.undelivered")

    with transaction() as session:
        location = once(session, user, sent_key(), act)
    return redirect(location)
