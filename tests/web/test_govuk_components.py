"""The Jinja port renders what GOV.UK's own templates render, fixture by fixture."""

import json
from pathlib import Path
from typing import Any

import pytest
from jinja2 import ChainableUndefined, DictLoader, Environment
from lxml import html

from app.web.components import with_govuk_components
from tests.support.browser import FRONTEND

PACKAGE = FRONTEND / "node_modules" / "govuk-frontend"
FIXTURES = sorted((PACKAGE / "dist" / "govuk" / "components").glob("*/fixtures.json"))

Tree = list[Any]


@pytest.fixture(scope="module")
def environment() -> Environment:
    return Environment(
        loader=with_govuk_components(DictLoader({})), autoescape=True, undefined=ChainableUndefined
    )


def test_the_package_is_the_version_the_port_was_made_for() -> None:
    package = json.loads((PACKAGE / "package.json").read_text(encoding="utf-8"))
    assert package["version"] == "6.3.0"
    assert len(FIXTURES) > 30


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.parent.name)
def test_a_component_renders_like_the_original(path: Path, environment: Environment) -> None:
    component = path.parent.name
    macro = "govuk" + "".join(word.capitalize() for word in component.split("-"))
    template = environment.from_string(
        f'{{% from "govuk_frontend_jinja/components/{component}/macro.html" import {macro} %}}'
        f"{{{{ {macro}(options) }}}}"
    )
    fixtures = json.loads(path.read_text(encoding="utf-8"))["fixtures"]
    different = [
        fixture["name"]
        for fixture in fixtures
        if normal(template.render(options=fixture["options"])) != normal(fixture["html"])
    ]
    assert fixtures
    assert not different


def normal(markup: str) -> Tree:
    """Elements, attributes and words; neither order of attributes nor white space counts."""
    found: Tree = []

    def visit(element: Any) -> None:
        if not isinstance(element.tag, str):
            return
        attributes = sorted((name, words(value)) for name, value in element.attrib.items())
        found.append((element.tag, attributes, words(element.text)))
        for child in element:
            visit(child)
            found.append(words(child.tail))

    visit(html.fragment_fromstring(markup, create_parent="div"))
    return found


def words(text: str | None) -> str:
    return " ".join((text or "").split())
