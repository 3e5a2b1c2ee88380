"""The library's door to expressions. Behind it is FEEL and nothing else."""

from collections.abc import Mapping
from typing import NoReturn

from app.engine.run import Run
from app.engine.spiff import BasePythonScriptEngineEnvironment, PythonScriptEngine, Task


class NoScripts(RuntimeError):
    """Something tried to run a script. Only FEEL expressions are evaluated here."""


class NoPython(BasePythonScriptEngineEnvironment):
    """Stands where the library keeps its evaluator of Python, and evaluates nothing."""

    def evaluate(self, *_: object, **__: object) -> NoReturn:
        raise NoScripts

    execute = evaluate
    call_service = evaluate


class FeelEngine(PythonScriptEngine):
    """Whatever asks a workflow's script engine gets FEEL, or a refusal."""

    def __init__(self, run: Run) -> None:
        super().__init__(environment=NoPython())
        self.run = run

    def evaluate(
        self, task: Task, expression: str, external_context: Mapping[str, object] | None = None
    ) -> object:
        del external_context
        return self.run.value(task, expression)

    def execute(self, *_: object, **__: object) -> NoReturn:
        raise NoScripts

    call_service = execute
