"""Administration of teams: which there are, and adding one."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import teams
from app.accounts.teams import TeamAnswers, TeamRefused
from app.db import reading, transaction
from app.identity import people as directory
from app.identity.permissions import Permission
from app.web.access import current_user, requires

bp = Blueprint("teams", __name__, template_folder="templates", url_prefix="/administration/teams")


@bp.get("")
@requires(Permission.USERS_MANAGE)
def index() -> ResponseReturnValue:
    return _page(TeamAnswers())


@bp.post("")
@requires(Permission.USERS_MANAGE)
def add() -> ResponseReturnValue:
    form = request.form
    answers = TeamAnswers(
        name=form.get("name", "").strip(),
        agency=form.get("agency", "").strip(),
        place=form.get("place", ""),
    )
    with transaction() as session:
        errors = teams.problems(session, answers)
        if not errors:
            teams.add_team(session, answers, by=current_user())
    if errors:
        return _page(answers, errors), 422
    flash(f"{answers.name} is added. Put people into it under People.", "success")
    return redirect(url_for("teams.index"))


@bp.post("/<int:team_id>")
@requires(Permission.USERS_MANAGE)
def rename(team_id: int) -> ResponseReturnValue:
    name = request.form.get("name", "").strip()
    try:
        with transaction() as session:
            teams.rename(session, teams.find(session, team_id), name, by=current_user())
    except TeamRefused as error:
        return _page(TeamAnswers(), refused=(team_id, str(error), name)), 422
    flash(f"The team is called {name} now.", "success")
    return redirect(url_for("teams.index"))


@bp.post("/<int:team_id>/close")
@requires(Permission.USERS_MANAGE)
def close(team_id: int) -> ResponseReturnValue:
    try:
        with transaction() as session:
            team = teams.find(session, team_id)
            name = team.name
            teams.close(session, team, by=current_user())
    except TeamRefused as error:
        return _page(TeamAnswers(), refused=(team_id, str(error), None)), 422
    flash(f"{name} is closed. It is not offered any more.", "success")
    return redirect(url_for("teams.index"))


def _page(
    answers: TeamAnswers,
    errors: dict[str, str] | None = None,
    refused: tuple[int, str, str | None] | None = None,
) -> str:
    """``refused``: the team that could not be changed, why, and the name typed for it."""
    with reading() as session:
        places = teams.places(session)
        return render_template(
            "accounts/teams.html",
            teams=directory.teams(session),
            places=places,
            words={place.value: place.words for place in places},
            answers=answers,
            errors=errors or {},
            refused=refused,
        )
