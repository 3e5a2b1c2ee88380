"""The library, as far as we use it, under the names we use.

SpiffWorkflow ships no types, so its objects are ``Any`` here and nowhere leave this package.

We take its task life cycle (arrive, ready, run, complete, cancel), its workflows, sub-workflows
and element classes. We replace, by overriding their hooks:

- its parser, which drops foreign name spaces and much of BPMN without a word;
- its predicted and finished tasks, which make every step cost as much as the case is old and stop
  a loop silently after 166 turns;
- its joins, which fire early in loops, and its multi-instance, which hangs after a restart;
- its timers and durations, which read the clock themselves and count months by days;
- its evaluator, which runs Python; its inherited task data, which merges lists by position;
- its serializer, which writes every specification into every state.
"""

from typing import Any, TypeAlias

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import BasePythonScriptEngineEnvironment
from SpiffWorkflow.bpmn.specs import BpmnProcessSpec, BpmnTaskSpec, defaults
from SpiffWorkflow.bpmn.specs.event_definitions import MessageEventDefinition, NoneEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task as LibraryTask
from SpiffWorkflow.util.task import TaskState

Task: TypeAlias = Any
Workflow: TypeAlias = Any
Spec: TypeAlias = Any
ProcessSpec: TypeAlias = Any

__all__ = [
    "BasePythonScriptEngineEnvironment",
    "BpmnProcessSpec",
    "BpmnSpecMixin",
    "BpmnSubWorkflow",
    "BpmnTaskSpec",
    "BpmnWorkflow",
    "LibraryTask",
    "MessageEventDefinition",
    "NoneEventDefinition",
    "ProcessSpec",
    "PythonScriptEngine",
    "Spec",
    "Task",
    "TaskState",
    "Workflow",
    "defaults",
]
