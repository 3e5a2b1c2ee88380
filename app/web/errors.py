"""The one place that turns what went wrong into a page (or, for scripts, into JSON)."""

import logging
from dataclasses import dataclass

from flask import Flask, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from app.errors import (
    AppError,
    Conflict,
    InvalidInput,
    NotAllowed,
    NotFound,
    SignInNeeded,
    TooManyAttempts,
)
from app.web import kept
from app.web.access import signed_in
from app.web.reading_back import Lines, is_readable, read_back
from app.web.request_log import request_id

logger = logging.getLogger(__name__)

STATUS: dict[type[AppError], int] = {
    SignInNeeded: 401,
    NotAllowed: 403,
    NotFound: 404,
    Conflict: 409,
    InvalidInput: 422,
    TooManyAttempts: 429,
}


@dataclass(frozen=True)
class Words:
    """What a page says: what happened, and what to do now."""

    title: str
    happened: str
    to_do: str


WORDS = {
    400: Words(
        "We could not read that request",
        "Something was missing from what your browser sent, so nothing was changed.",
        "Go back, reload the page and try again.",
    ),
    401: Words(
        "Sign in to continue",
        "You are not signed in.",
        "Sign in and open the page again.",
    ),
    403: Words(
        "You cannot open this page",
        "Your role does not include this.",
        "If you need it for your work, ask your manager or an administrator.",
    ),
    404: Words(
        "Page not found",
        "There is no page at this address, or it is not one you can see.",
        "Check the address, or start again from the menu above.",
    ),
    405: Words(
        "This address cannot be opened like that",
        "It only takes what a form on another page sends, so nothing was changed.",
        "Go to the page with the form and send it from there.",
    ),
    409: Words(
        "Somebody else was faster",
        "This changed while you were working on it.",
        "Go back and reload the page to see how it is now.",
    ),
    413: Words(
        "That was too much to send at once",
        "What you sent is larger than this page takes, so nothing was changed.",
        "Go back, make it shorter or choose a smaller file, and send it again.",
    ),
    422: Words(
        "Something is missing or not right",
        "We could not use what was sent, so nothing was changed.",
        "Go back, check your answers and send them again.",
    ),
    429: Words(
        "Too many attempts",
        "This was tried too often in a short time.",
        "Wait a few minutes and try again.",
    ),
    500: Words(
        "Sorry, there is a problem with the service",
        "Something went wrong on our side. What you sent may not have been saved.",
        "Try again in a few minutes. If it happens again, tell your administrator the "
        "reference below. If a child is in danger, call 999; do not wait for this page.",
    ),
}
NOT_FROM_OUR_FORM = Words(
    "We could not be sure that you sent this",
    "The page you sent had been open for a long time, or you signed in again in another window. "
    "Nothing was changed.",
    "Check what you typed and send it again.",
)


def register(app: Flask) -> None:
    app.register_error_handler(AppError, _refused)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http)


def error_page(
    status: int,
    *,
    words: Words | None = None,
    message: str | None = None,
    typed: Lines = (),
    link: tuple[str, str] | None = None,
) -> ResponseReturnValue:
    """The page for a status; ``message`` takes the place of what usually happened.

    ``typed`` is given back to be copied; ``link`` is the words and the address of where to go on.
    """
    words = words or WORDS.get(status) or WORDS[500 if status >= 500 else 400]
    if wants_json():
        answer = jsonify(error=message or words.happened, reference=request_id())
        return make_response(answer, status)
    try:
        page = render_template(
            "errors/page.html",
            status=status,
            words=words,
            message=message,
            typed=typed,
            link=link,
            reference=request_id(),
        )
    except Exception:
        # the menu needs the database and a good host name: this page must work without them
        logger.exception("the error page itself failed")
        page = render_template("errors/bare.html", words=words, reference=request_id())
    return make_response(page, status)


def wants_json() -> bool:
    """Whether a script asked, not a person."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html")
    return request.is_json or best == "application/json"


def _refused(error: AppError) -> ResponseReturnValue:
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 400)
    return error_page(status, message=str(error), typed=typed_lines())


def typed_lines() -> Lines:
    """What a refused form said. The task or case may have gone to somebody else while it was typed."""
    form = kept.sent() if signed_in() is not None and not wants_json() else None
    return read_back(form) if form is not None and is_readable(form) else ()


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error
    answer = make_response(error_page(error.code))
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            answer.headers[name] = value
    return answer


def _stale_form(_error: CSRFError) -> ResponseReturnValue:
    visitor = signed_in()
    sealed = kept.keep(visitor.user.id) if visitor is not None else None
    if visitor is None or sealed is None or wants_json():
        return error_page(400, words=NOT_FROM_OUR_FORM)
    again = kept.unsealed(sealed, user_id=visitor.user.id)
    return make_response(
        render_template(
            "errors/send_again.html",
            kept=again,
            typed=read_back(again) if again is not None else [],
            words=NOT_FROM_OUR_FORM,
        ),
        400,
    )
