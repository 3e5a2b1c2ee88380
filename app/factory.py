"""Puts the web application together."""

import secrets
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask
from werkzeug import routing
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import Map

from app import db
from app.accounts import views as accounts
from app.accounts import views_messages as messages
from app.accounts import views_password as password
from app.accounts import views_people as administration
from app.accounts import views_profile as profile
from app.accounts import views_teams as teams
from app.audit.record import use_key
from app.cases import registration
from app.cases import views as cases
from app.cases import views_start as _beginnings  # noqa: F401  adds routes
from app.config import Settings
from app.modeller import views as modeller
from app.modeller import views_drafts as _modelling  # noqa: F401  adds routes
from app.modeller import views_moving as _moving  # noqa: F401  adds routes
from app.modeller import views_outline as _outline  # noqa: F401  adds routes
from app.modeller import views_publish as _publishing  # noqa: F401  adds routes
from app.tasks import automatic as _automatic  # noqa: F401  registers the automatic steps
from app.tasks import views as tasks
from app.tasks import views_sign_off as _decisions  # noqa: F401  adds routes
from app.tasks import views_task as _task  # noqa: F401  adds routes
from app.web import (
    assets,
    components,
    csrf,
    errors,
    guard,
    installation,
    navigation,
    request_log,
    security,
    sessions,
)
from app.web.access import public

#: Every part of the site that has pages of its own, in modules that add routes to it.
BLUEPRINTS: tuple[Blueprint, ...] = (
    accounts.bp,
    password.bp,
    profile.bp,
    administration.bp,
    teams.bp,
    messages.bp,
    tasks.bp,
    cases.bp,
    modeller.bp,
)

HERE = Path(__file__).parent
MEGABYTE = 1024 * 1024


def create_app(settings: Settings) -> Flask:
    """The web application, connected to its database."""
    db.connect(settings.database_url)
    use_key(settings.secret_key)
    registration.register_with_runtime()
    app = Flask(
        __name__,
        static_folder=HERE / "static",
        template_folder=HERE / "web" / "templates",
    )
    app.config.update(_limits(settings))
    app.url_map.converters["int"] = IntegerConverter
    assets.register(app)
    components.register(app)
    app.jinja_env.globals["idempotency_key"] = idempotency_key
    app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
        app.wsgi_app,
        x_for=settings.proxy_hops,
        x_proto=settings.proxy_hops,
        x_host=settings.proxy_hops,
        x_prefix=0,
    )
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    # in the order in which a request meets them
    request_log.register(app)
    installation.register(app, settings)
    sessions.register(app, settings)
    guard.register(app)
    csrf.register(app)
    security.register(app, settings)
    errors.register(app)
    navigation.register(app)
    public(app.view_functions["static"])
    return app


class IntegerConverter(routing.IntegerConverter):
    """A number in an address that can be a row's; a larger one is an address nobody has."""

    def __init__(self, url_map: Map, **options: Any) -> None:
        super().__init__(url_map, **{"max": 2**31 - 1, **options})


def idempotency_key() -> str:
    """For a hidden field of each form that moves a process: sending it twice moves it once."""
    return secrets.token_urlsafe(16)


def _limits(settings: Settings) -> dict[str, object]:
    """Flask's own session is a signed cookie; it carries the CSRF token and messages, no sign-in."""
    return {
        "SECRET_KEY": settings.secret_key,
        "SESSION_COOKIE_NAME": "__Host-form" if settings.secure_cookies else "form",
        "SESSION_COOKIE_SECURE": settings.secure_cookies,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "TRUSTED_HOSTS": list(settings.trusted_hosts) or None,
        "MAX_CONTENT_LENGTH": 10 * MEGABYTE,
        "MAX_FORM_MEMORY_SIZE": MEGABYTE,
        "MAX_FORM_PARTS": 2000,
    }
