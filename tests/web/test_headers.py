"""Headers every response carries, whatever became of the request."""

import re
from collections.abc import Callable

import pytest
from flask import Flask, abort, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.test import TestResponse

from app.identity.permissions import Permission
from app.web.access import editor_page, public, requires
from tests.support.factories import make_user
from tests.support.site import client_for

PATHS = [200, 302, 400, 401, 403, 404, 405, 409, 413, 422, 429, 500]


@pytest.fixture
def site(make_app: Callable[..., Flask]) -> Flask:
    app = make_app(secure_cookies=True)
    app.config["PROPAGATE_EXCEPTIONS"] = False

    @app.get("/try/<int:code>")
    @public
    def answer(code: int) -> ResponseReturnValue:
        if code == 200:
            return "fine"
        if code == 302:
            return redirect("/")
        if code == 500:
            raise RuntimeError
        return abort(code)

    @app.get("/try/editor")
    @requires(Permission.ACCOUNT_OWN)
    @editor_page
    def editor() -> ResponseReturnValue:
        return "canvas"

    return app


def _policy(answer: TestResponse) -> dict[str, str]:
    rules = answer.headers["Content-Security-Policy"].split("; ")
    return dict(rule.split(" ", 1) for rule in rules)


@pytest.mark.parametrize("code", PATHS)
def test_every_answer_is_protected(site: Flask, code: int) -> None:
    answer = client_for(site).get(f"/try/{code}", base_url="https://localhost")
    assert answer.status_code == code
    policy = _policy(answer)
    nonce = re.fullmatch(r"'nonce-([\w-]{20,})'", policy["script-src"])
    assert nonce
    assert policy == {
        "default-src": "'none'",
        "script-src": nonce[0],
        "style-src": nonce[0],
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        "object-src": "'none'",
    }
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert "charset=utf-8" in answer.headers["Content-Type"]


def test_each_answer_has_a_nonce_of_its_own_and_the_page_uses_it(site: Flask) -> None:
    client = client_for(site)
    first, second = (client.get("/sign-in", base_url="https://localhost") for _ in range(2))
    assert _policy(first)["script-src"] != _policy(second)["script-src"]
    nonce = _policy(first)["script-src"].removeprefix("'nonce-").removesuffix("'")
    used = re.findall(r'<(?:script|style)[^>]*nonce="([^"]*)"', first.text)
    assert used
    assert set(used) == {nonce}
    assert "<script>" not in first.text


def test_only_pages_with_an_editor_may_use_style_attributes(site: Flask) -> None:
    client = client_for(site, make_user())
    editor = client.get("/try/editor", base_url="https://localhost")
    assert editor.status_code == 200
    assert _policy(editor)["style-src-attr"] == "'unsafe-inline'"
    assert "style-src-attr" not in _policy(client.get("/profile", base_url="https://localhost"))


def test_built_files_are_kept_and_pages_are_not(site: Flask) -> None:
    client = client_for(site)
    page = client.get("/sign-in", base_url="https://localhost").text
    style = re.search(r'href="(/static/dist/[^"]+\.css)"', page)
    assert style
    with client.get(style[1], base_url="https://localhost") as file:
        assert file.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    missing = client.get("/static/dist/none.css", base_url="https://localhost")
    assert (missing.status_code, missing.headers["Cache-Control"]) == (404, "no-store")


def test_no_other_site_is_ever_told_it_may_read(site: Flask) -> None:
    answer = client_for(site).get("/sign-in", headers={"Origin": "https://evil.example"})
    assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]


def test_cookies_are_for_this_host_over_https_and_not_for_scripts(site: Flask) -> None:
    user = make_user(sign_in_name="amira", password="seven purple teapots singing")
    answer = client_for(site).post(
        "/sign-in",
        base_url="https://localhost",
        data={"sign_in_name": user.sign_in_name, "password": "seven purple teapots singing"},
    )
    cookies = {cookie.split("=")[0]: cookie for cookie in answer.headers.getlist("Set-Cookie")}
    assert "__Host-session" in cookies
    for cookie in cookies.values():
        assert cookie.startswith("__Host-")
        for wanted in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
            assert wanted in cookie
        assert "Domain" not in cookie


def _seen_through_a_proxy(app: Flask) -> tuple[str, str]:
    @app.get("/try/seen")
    @public
    def seen() -> ResponseReturnValue:
        return {"address": request.remote_addr, "url": request.host_url}

    forwarded = {"For": "203.0.113.9", "Host": "evil.example", "Proto": "https"}
    headers = {f"X-Forwarded-{name}": value for name, value in forwarded.items()}
    answer = client_for(app).get("/try/seen", headers=headers).json
    assert answer is not None
    return answer["address"], answer["url"]


def test_without_a_proxy_in_front_its_headers_count_for_nothing(
    make_app: Callable[..., Flask],
) -> None:
    assert _seen_through_a_proxy(make_app()) == ("127.0.0.1", "http://localhost/")


def test_with_one_proxy_its_word_is_taken(make_app: Callable[..., Flask]) -> None:
    seen = _seen_through_a_proxy(make_app(proxy_hops=1))
    assert seen == ("203.0.113.9", "https://evil.example/")
