"""The stock engine as a third voice: the same drawing, kept in memory, which is its best case."""

import logging
import re
import warnings
from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn import BpmnEvent, BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.specs.event_definitions import MessageEventDefinition
from SpiffWorkflow.util.task import TaskState

for noisy in ("spiff", "spiff.task", "spiff.workflow"):
    logging.getLogger(noisy).setLevel(logging.CRITICAL)

LONG_AGO = "2000-01-01T00:00:00+00:00"
Open = tuple[str, object]


class Silent(Exception):
    """Something is open that the stock engine does not offer."""


class Stock:
    def __init__(self, file: bytes, facts: Mapping[str, object]) -> None:
        self.workflow = BpmnWorkflow(*specs_of(file))
        self.workflow.get_next_task(state=TaskState.READY).data.update(facts)
        self.go_on()

    @classmethod
    def around(cls, workflow: Any) -> "Stock":
        """A workflow that was made or loaded elsewhere, as far as it comes by itself."""
        made = cls.__new__(cls)
        made.workflow = workflow
        made.go_on()
        return made

    @property
    def finished(self) -> bool:
        return bool(self.workflow.is_completed())

    def open(self) -> list[Open]:
        found = self.workflow.get_tasks(state=TaskState.READY, manual=True)
        return sorted(map(_named, found), key=repr)

    def complete(self, what: Open, answers: Mapping[str, object]) -> bool:
        """Whether there was only one task that looks like this."""
        found = self.workflow.get_tasks(state=TaskState.READY, manual=True)
        alike = [task for task in found if _named(task) == what]
        if not alike:
            raise Silent(f"{what} is not open")
        alike[0].data.update(answers)
        alike[0].run()
        self.go_on()
        return len(alike) == 1

    def send(self, name: str) -> None:
        event = BpmnEvent(MessageEventDefinition(name), payload={})
        self.workflow.send_event(event)
        self.go_on()

    def time_out(self, element_id: str) -> None:
        for task in self.workflow.get_tasks(state=TaskState.WAITING):
            if _element(task) in {element_id, element_id.removesuffix("_t")}:
                task.internal_data["event_value"] = LONG_AGO
                break
        else:
            raise Silent(f"the timer {element_id} does not wait")
        self.go_on()

    def go_on(self) -> None:
        """``refresh_waiting_tasks`` comes after the steps, so a timer needs a second round."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            for _ in range(2):
                self.workflow.do_engine_steps()
                self.workflow.refresh_waiting_tasks()
            self.workflow.do_engine_steps()


def _named(task: Any) -> Open:
    """Element and item. Behind an event-based gateway it is the gateway that waits."""
    at = task
    while at is not None and "key_or_index" not in at.internal_data:
        parent_id = getattr(at.workflow, "parent_task_id", None)
        at = at.workflow.top_workflow.get_task_from_id(parent_id) if parent_id else None
    return _element(task), None if at is None else at.internal_data["key_or_index"] + 1


def _element(task: Any) -> str:
    return str(task.task_spec.bpmn_id or task.task_spec.name).removesuffix(" [child]")


def specs_of(*files: bytes, process_id: str = "p") -> tuple[Any, dict[str, Any]]:
    """The specification of a process, and of what it calls and contains, as the library reads them."""
    parser = BpmnParser()
    for file in files:
        parser.add_bpmn_str(file)
    return parser.get_spec(process_id), parser.get_subprocess_specs(process_id)


def for_stock(file: bytes) -> bytes:
    """The same drawing in the words of the stock engine: conditions and timers are Python."""
    text = file.decode()
    text = re.sub(r"(<bpmn:conditionExpression[^>]*>)=", r"\1", text)
    text = re.sub(r"(<bpmn:timeDuration[^>]*>)(\w+)<", r'\1"\2"<', text)
    text = re.sub(r'<bpmn:callActivity id="(\w+)"', r'\g<0> calledElement="\1_p"', text)
    text = re.sub(
        r'<bpmn:multiInstanceLoopCharacteristics isSequential="(\w+)">.*?'
        r"</bpmn:multiInstanceLoopCharacteristics>",
        r'<bpmn:multiInstanceLoopCharacteristics isSequential="\1">'
        r"<bpmn:loopDataInputRef>items</bpmn:loopDataInputRef>"
        r"</bpmn:multiInstanceLoopCharacteristics>",
        text,
    )
    return text.encode()
