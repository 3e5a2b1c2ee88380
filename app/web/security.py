"""Headers on every response, and the nonce that lets only our own scripts and styles run."""

import secrets

from flask import Flask, Response, g, request

from app.config import Settings

#: The build puts a hash of the content into these names.
HASHED = "/static/dist/"
YEAR = 365 * 24 * 60 * 60
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), microphone=(), "
        "payment=(), usb=()"
    ),
}


def register(app: Flask, settings: Settings) -> None:
    app.jinja_env.globals["csp_nonce"] = csp_nonce

    @app.after_request
    def add_headers(response: Response) -> Response:
        view = app.view_functions.get(request.endpoint or "")
        editor = getattr(view, "is_editor_page", False)
        for name, value in ALWAYS.items():
            response.headers.setdefault(name, value)
        response.headers["Content-Security-Policy"] = _policy(editor=editor)
        if settings.secure_cookies:
            response.headers["Strict-Transport-Security"] = f"max-age={YEAR}; includeSubDomains"
        response.headers["Cache-Control"] = _keep(response)
        return response


def csp_nonce() -> str:
    """For the ``nonce`` attribute of every script and style element; new on each response."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def _keep(response: Response) -> str:
    if request.endpoint != "static" or response.status_code not in (200, 304):
        return "no-store"
    if request.path.startswith(HASHED):
        return f"public, max-age={YEAR}, immutable"
    return "public, max-age=3600"


def _policy(*, editor: bool) -> str:
    nonce = csp_nonce()
    rules = [
        "default-src 'none'",
        f"script-src 'nonce-{nonce}'",
        f"style-src 'nonce-{nonce}'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    ]
    if editor:
        rules.append("style-src-attr 'unsafe-inline'")
    return "; ".join(rules)
