"""Nothing an author writes is ever run as code, wherever it stands."""

from contextlib import suppress
from pathlib import Path

import pytest

from app.engine.errors import DiagramRefused, ElementFailed
from app.engine.script_engine import NoScripts
from app.engine.workflow import ProcessWorkflow
from tests.support.diagrams import (
    catch,
    flow,
    message,
    repeated,
    script,
    service,
    simple,
    timer,
    user,
    xor,
)
from tests.support.engine import FakeHost, Play

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
