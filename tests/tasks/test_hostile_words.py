"""What an author writes into names, forms and documentation is shown, never run or filled in."""

import json
from collections.abc import Callable
from xml.sax.saxutils import escape

import pytest

from app.db import transaction
from app.definitions.findings import PublishRefused
from app.definitions.library import SourceFile
from app.definitions.models import Kind
from app.definitions.versions import publish
from app.identity.models import User
from app.runtime.actor import Actor
from app.runtime.automatic import registered
from app.runtime.step import start_process
from tests.support.diagrams import bpmn, end, flow, process, start, user
from tests.support.published import diagram
from tests.support.site import SiteClient
from tests.support.story import Story

TEMPLATE = "{{ 7 * 7 }}{% for x in ().__class__.__base__.__subclasses__() %}!{% endfor %}"
WORDS = {
    "markup": "<img src=x onerror=alert(1)>",
    "script": "</script><script>alert(2)</script>",
    "format": "{0.__class__.__mro__} %(x)s %s {plan:>99999999}",
    "word": "${parameters.__class__} ${__class__} #{7*7} ${7*7}",
    "link": "[me](javascript:alert(3)) javascript:alert(4)",
    "attribute": '" onmouseover="alert(5)" x=\'',
}
NEVER = ("<img src=x", "<script>alert", '" onmouseover="', '="javascript:', ">49<", " 49 ", "!!!!")


def hostile(text: str, in_form: str) -> list[SourceFile]:
    ask = user("hostile", form="hostile", groups="practitioner", name=text)
    said = f"<bpmn:documentation>{escape(text)}</bpmn:documentation><bpmn:extensionElements>"
    ask = ask.replace("<bpmn:extensionElements>", said)
    drawn = process("hostile_p", start(), ask, end(), flow("start > hostile > end"), name=text)
    choices = [{"label": in_form, "value": "a"}, {"label": "B", "value": "b"}]
    components = [
        {"type": "textfield", "id": "f1", "key": "one", "label": in_form, "description": in_form},
        {"type": "select", "id": "f2", "key": "two", "label": "Two", "values": choices},
        {"type": "text", "id": "f3", "text": in_form},
    ]
    form = json.dumps({"type": "default", "id": "hostile", "components": components})
    place = "core/forms/hostile.form"
    return [diagram(bpmn(drawn)), SourceFile(Kind.FORM, "core", "hostile", form, place)]


@pytest.mark.parametrize("name", [*WORDS, "template"])
def test_on_every_page_it_is_only_words(
    browse: Callable[[User], SiteClient], worker: User, concern: Story, name: str
) -> None:
    text = WORDS.get(name, TEMPLATE)
    files = hostile(text, WORDS.get(name, "One"))
    with transaction() as session:
        publish(session, files, author=worker.actor, task_types=registered())
        case, actor = concern.case_id, Actor.person(worker)
        start_process(session, "hostile_p", area_id="starter", case_id=case, actor=actor)
    client, task = browse(worker), concern.task("hostile")
    for path in (f"/tasks/{task.id}", "/tasks", f"/cases/{concern.case_id}"):
        page = client.get(path)
        assert page.status_code == 200
        assert [raw for raw in NEVER if raw in page.text] == []


def test_a_template_in_a_form_is_refused_when_it_is_published(cast: object, worker: User) -> None:
    files = hostile("A name", TEMPLATE)
    with transaction() as session, pytest.raises(PublishRefused, match="computed"):
        publish(session, files, author=worker.actor, task_types=registered())
