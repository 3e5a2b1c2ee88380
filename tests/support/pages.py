"""A small site of our own components, for looking at them in a browser without a database."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from flask import Flask, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from jinja2 import ChoiceLoader, DictLoader
from werkzeug.serving import make_server

from app.config import ROOT, Settings
from app.forms import Form
from app.web import assets, components, security

PERSON = SimpleNamespace(
    is_authenticated=True,
    user=SimpleNamespace(name="Jo Marsden", job_title="Family support worker", roles=[]),
)
FORM_PAGE = """
{% extends "layout.html" %}
{% from "macros.html" import error_summary %}
{% from "forms.html" import render_form %}
{% block title %}A form{% endblock title %}
{% block content %}
  {{ error_summary(bound.errors) }}
  <h1 class="app-title">A form</h1>
  {{ render_form(bound, draft_url="/draft", draft_version="1", submit="Send") }}
{% endblock content %}
"""


class Pages:
    """The site, and what its pages sent."""

    def __init__(self) -> None:
        self.app = app = Flask(
            "pages",
            static_folder=str(ROOT / "app" / "static"),
            template_folder=str(ROOT / "app" / "web" / "templates"),
        )
        app.config["SECRET_KEY"] = "tests"
        app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
        self.templates: dict[str, str] = {"form.html": FORM_PAGE}
        own = app.jinja_env.loader
        assert own is not None
        app.jinja_env.loader = ChoiceLoader([own, DictLoader(self.templates)])
        assets.register(app)
        components.register(app)
        security.register(app, Settings(secret_key="tests", secure_cookies=False))
        app.jinja_env.globals.update(
            csrf_token=lambda: "token",
            idempotency_key=lambda: "key",
            council_name="Examplebridge Council",
            demo_mode=True,
        )
        app.context_processor(lambda: {"current_user": PERSON, "navigation": list})
        app.add_url_rule("/me", "profile.show", lambda: "")
        app.add_url_rule("/out", "accounts.sign_out", lambda: "", methods=["POST"])
        self.forms: list[str] = []
        self.drafts: list[dict[str, Any]] = []
        self.answers: dict[str, Any] | None = None
        app.add_url_rule("/draft", "draft", self._draft, methods=["POST"])

    def _draft(self) -> ResponseReturnValue:
        self.drafts.append(request.form.to_dict(flat=False))
        return jsonify(version=len(self.drafts) + 1)

    def add_page(self, path: str, template: str, *, editor: bool = False, **context: Any) -> None:
        """``path`` ends in ``.html``, or nothing in it would be escaped."""
        self.templates[path] = template

        def view() -> str:
            return render_template(path, **context)

        view.is_editor_page = editor  # type: ignore[attr-defined]
        self.app.add_url_rule(path, path, view)

    def add_form(self, path: str, form: Form, **binding: Any) -> None:
        def view() -> ResponseReturnValue:
            posted = request.form if request.method == "POST" else None
            bound = form.bind(posted, **binding)
            if posted is None or bound.rearranged:
                return render_template("form.html", bound=bound)
            if not bound.validate():
                return render_template("form.html", bound=bound), 422
            self.answers = bound.answers
            return "<!doctype html><title>Done</title><p id='done'>Done</p>"

        self.forms.append(path)
        self.app.add_url_rule(path, path, view, methods=["GET", "POST"])

    @contextmanager
    def served(self) -> Iterator[str]:
        """Answer on this machine only; gives the address."""
        server = make_server("127.0.0.1", 0, self.app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
