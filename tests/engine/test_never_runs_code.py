"""Nothing an author writes is ever run as code, wherever it stands."""

from contextlib import suppress
from pathlib import Path

import pytest

from app import decisions
from app.decisions.errors import DmnRefused
from app.engine.errors import DiagramRefused, ElementFailed
from app.engine.script_engine import NoScripts
from app.engine.workflow import ProcessWorkflow
from app.forms.refusal import FormRefused
from tests.decisions.conftest import ENVIRONMENT, decision, inputs, literal, model, table
from tests.support.diagrams import (
    boundary,
    bpmn,
    call,
    catch,
    end,
    flow,
    message,
    process,
    repeated,
    script,
    service,
    simple,
    start,
    throw,
    timer,
    user,
    xor,
)
from tests.support.engine import FakeHost, Play
from tests.support.forms import ask, form

PAYLOADS = [
    "__import__('os').system('touch {path}')",
    "__import__('pathlib').Path('{path}').touch()",
    "open('{path}', 'w')",
    "open('{path}', 'w').close() or True",
    "exec(\"open('{path}', 'w')\")",
    "eval(\"open('{path}', 'w')\")",
    "[c for c in ().__class__.__base__.__subclasses__() if c.__name__ == 'Popen']",
    "().__class__.__bases__[0].__subclasses__()",
    "''.__class__.__mro__[1].__subclasses__()",
    "(lambda: open('{path}', 'w'))()",
    "{{}}.__class__.__init__.__globals__",
    'function() external {{java: {{class: "java.lang.Runtime"}}}}',
    "case_id.__class__.__init__.__globals__['sys']",
    "globals()['__builtins__']",
    "compile('1', '{path}', 'exec')",
    "breakpoint()",
    "case_id.format(case_id)",
    '"{{0.__class__}}".format(1)',
    "${{T(java.lang.Runtime).getRuntime().exec('touch {path}')}}",
    "#{{''.getClass()}}",
    "{{{{ cycler.__init__.__globals__.os.popen('touch {path}') }}}}",
    "import os; os.system('touch {path}')",
    "`touch {path}`",
    "$(touch {path})",
    "parameters.__class__",
    "getattr(case_id, '__class__')",
    "vars()",
    "().__reduce_ex__(2)",
    "type('X', (), {{'__del__': lambda s: open('{path}', 'w')}})()",
    "setattr(case_id, 'x', 1)",
    "{{x: __builtins__}}.x",
    "[1].append(2)",
    "print(open('/etc/passwd').read())",
    "for x in range(10) return open('{path}')",
    "date.__class__",
    "now().__class__.__mro__",
]
PLACES = {
    "condition": lambda text: simple(
        xor("x", default="x_a"), user("a"), user("b"),
        flow("start > x > a > end"), flow("x > b", text), flow("b > end"),
    ),
    "script": lambda text: simple(script("x", text, "n"), user("a"), flow("start > x > a > end")),
    "timer": lambda text: simple(catch("x", timer("date", text)), flow("start > x > end")),
    "duration": lambda text: simple(catch("x", timer("duration", text)), flow("start > x > end")),
    "due date": lambda text: simple(user("x", due=text), flow("start > x > end")),
    "assignee": lambda text: simple(user("x", assignee=text), flow("start > x > end")),
    "groups": lambda text: simple(user("x", groups=text), flow("start > x > end")),
    "input": lambda text: simple(service("x", "t", inputs={"n": text}), flow("start > x > end")),
    "output": lambda text: simple(service("x", "t", outputs={"n": text}), flow("start > x > end")),
    "collection": lambda text: simple(user("x", repeated(text)), flow("start > x > end")),
    "key": lambda text: simple(
        catch("x", message("m")), flow("start > x > end"), messages={"m": text}
    ),
    "reminder": lambda text: simple(
        xor("x", default="x_a", role="supervisor", reminder=text), user("a"), user("b"),
        flow("start > x > a > end"), flow("x > b", "=true"), flow("b > end"),
    ),
    "repeating timer": lambda text: simple(
        user("x"), boundary("b", "x", timer("cycle", text), interrupting=False), user("y"), end("z"),
        flow("start > x > end"), flow("b > y > z"),
    ),
    "input of a task": lambda text: simple(user("x", inputs={"n": text}), flow("start > x > end")),
    "input of a call": lambda text: bpmn(
        process("p", start(), end(), call("x", "q", inputs={"n": text}), flow("start > x > end")),
        process("q", start("s"), end("e"), user("u"), flow("s > u > e")),
    ),
    "message": lambda text: simple(
        throw("x", message("m"), inputs={"n": text}), flow("start > x > end"), messages={"m": None}
    ),
    "key of a message thrown": lambda text: simple(
        throw("x", message("m")), flow("start > x > end"), messages={"m": text}
    ),
    "expiry": lambda text: simple(
        throw("x", message("m"), properties={"message.expires": text}), flow("start > x > end"),
        messages={"m": None},
    ),
    "item of a result": lambda text: simple(
        service("x", "t", repeated("=[1]", "n", into=("all", text))), flow("start > x > end")
    ),
    "completion condition": lambda text: simple(
        service("x", "t", repeated("=[1, 2]", "n", until=text)), flow("start > x > end")
    ),
    "sign-off": lambda text: simple(
        xor("x", default="x_a", role=text, due=text, when=text), user("a"), user("b"),
        flow("start > x > a > end"), flow("x > b", "=true"), flow("b > end"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("prefix", ["=", ""])
def test_no_payload_runs_in_a(place: str, prefix: str, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    host = FakeHost(steps={"t": lambda _: {}})
    for payload in PAYLOADS:
        text = prefix + payload.format(path=trace)
        with suppress(DiagramRefused, ElementFailed):
            Play(PLACES[place](text), facts={"case_id": "c1"}, host=host)
        assert not trace.exists(), payload


TABLE_PLACES = {
    "a decision": lambda text: model(decision("d", literal(text))),
    "an input of a table": lambda text: model(
        inputs(x="string"), decision("d", table([text], ["r"], [("-", "1")]), needs=["x"])
    ),
    "a cell": lambda text: model(
        inputs(x="string"), decision("d", table(["x"], ["r"], [(text, "1")]), needs=["x"])
    ),
    "a result of a table": lambda text: model(
        inputs(x="string"), decision("d", table(["x"], ["r"], [("-", text)]), needs=["x"])
    ),
}


@pytest.mark.parametrize("place", TABLE_PLACES)
def test_no_payload_runs_in(place: str, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    for payload in PAYLOADS:
        text = payload.format(path=trace)
        with suppress(DmnRefused):
            decisions.parse(TABLE_PLACES[place](text)).evaluate("d", {"x": text}, ENVIRONMENT)
        assert not trace.exists(), payload


FORM_PLACES = {
    "what hides a question": lambda text: ask("textfield", "a", hide=text),
    "a check": lambda text: ask("textfield", "a", properties={"check": text}),
    "an earliest day": lambda text: ask("datetime", "a", properties={"notBefore": text}),
    "what a question begins with": lambda text: ask("textfield", "a", properties={"prefill": text}),
    "a default": lambda text: ask("textfield", "a", defaultValue=text),
    "words on the page": lambda text: {"type": "text", "id": "t", "text": text},
    "a pattern": lambda text: ask("textfield", "a", validate={"pattern": text}),
    "a label": lambda text: ask("textfield", "a", label=text),
}


@pytest.mark.parametrize("prefix", ["=", ""])
@pytest.mark.parametrize("place", FORM_PLACES)
def test_no_payload_of_a_form_runs_in(place: str, prefix: str, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    for payload in PAYLOADS:
        text = prefix + payload.format(path=trace)
        typed = {"a": [text], "a-day": ["1"], "a-month": ["2"], "a-year": ["2026"]}
        with suppress(FormRefused):
            page = form(FORM_PLACES[place](text))
            page.bind(None, {"facts": {"case_id": text}}).validate()
            page.bind(typed, {"facts": {"case_id": text}}).validate()
        assert not trace.exists(), payload


def test_a_payload_in_a_fact_is_only_text() -> None:
    drawn = simple(script("x", '=name + "!"', "greeting"), flow("start > x > end"))
    play = Play(drawn, facts={"name": "__import__('os').getcwd()"})
    assert play.facts["greeting"] == "__import__('os').getcwd()!"


def test_the_library_has_no_evaluator_to_fall_back_on() -> None:
    play = Play(simple(user("a"), flow("start > a > end")))
    workflow: ProcessWorkflow = play.load()._workflow
    engine = workflow.script_engine
    task = workflow.live()[0]
    with pytest.raises(NoScripts):
        engine.execute(task, "x = 1")
    with pytest.raises(NoScripts):
        engine.call_service(task, operation="x")
    with pytest.raises(NoScripts):
        engine.environment.evaluate("1 + 1", {})
    assert engine.evaluate(task, "1 + 1") == "1 + 1"
    assert engine.evaluate(task, "=1 + 1") == 2
