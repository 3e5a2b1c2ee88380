"""The library, as far as we use it, under the names we use.

SpiffWorkflow ships no types, so its objects are ``Any`` here and nowhere leave this package.
We take its task life cycle (arrive, ready, run, complete, cancel), its workflows and its element
classes. We do not take its parser, its predictions, its joins, its multi-instance, its timers, its
data inheritance or its serializer: ``docs/engine.md`` says why.
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
