"""The places the header leads to, each only for people who may go there."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, redirect, request, url_for

from app.identity.permissions import Permission
from app.web.access import may, requires


@dataclass(frozen=True)
class Place:
    label: str
    endpoint: str
    permission: Permission
    #: Without this one people may look, but would start on a page that never has work for them.
    to_start_there: Permission | None = None


@dataclass(frozen=True)
class Link:
    label: str
    url: str
    is_current: bool
    may_start_there: bool


#: In the order of the header. The first one with work for a person is their start page.
PLACES = (
    Place("My tasks", "tasks.inbox", Permission.TASK_READ, Permission.TASK_COMPLETE),
    Place("Decisions", "tasks.decisions", Permission.SIGN_OFF_DECIDE),
    Place("Families", "cases.index", Permission.CASE_READ),
    Place("Raise a concern", "cases.raise_concern", Permission.CASE_START),
    Place("Processes", "modeller.index", Permission.MODELLER_READ),
    Place("People", "administration.people", Permission.USERS_MANAGE),
)
FALLBACK = "profile.show"


def register(app: Flask) -> None:
    @app.context_processor
    def add_navigation() -> dict[str, Any]:
        return {"navigation": lambda: _links(app)}

    # a global, because macros do not see what is added to the context of a page
    app.jinja_env.globals["may"] = may

    @app.get("/", endpoint="start")
    @requires(Permission.ACCOUNT_OWN)
    def start() -> Response:
        """Where a person lands after signing in."""
        links = sorted(_links(app), key=lambda link: not link.may_start_there)
        return redirect(links[0].url if links else url_for(FALLBACK))  # type: ignore[return-value]


def _links(app: Flask) -> list[Link]:
    return [
        Link(
            place.label,
            url_for(place.endpoint),
            request.endpoint == place.endpoint,
            place.to_start_there is None or may(place.to_start_there),
        )
        for place in PLACES
        if place.endpoint in app.view_functions and may(place.permission)
    ]
