"""The stock engine, in memory: nothing is saved, no inbox, no history of our own."""

import logging
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.util.task import TaskState

from bench.processes import ANSWERS, Measured
from bench.timing import Stopwatch, Took

for noisy in ("spiff", "spiff.task", "spiff.workflow"):
    logging.getLogger(noisy).setLevel(logging.WARNING)


class Stalled(Exception):
    """The stock engine has no task left in the middle of the process, or gave up."""


class PlainProcess:
    """A process definition of the stock engine; ``start`` gives running ones."""

    def __init__(self, measured: Measured) -> None:
        parser = BpmnParser()
        parser.add_bpmn_str(measured.stock)
        self._spec = parser.get_spec(measured.process_id)
        self._called = parser.get_subprocess_specs(measured.process_id)

    def start(self) -> "PlainCase":
        return PlainCase(self.started())

    def started(self) -> BpmnWorkflow:
        workflow = BpmnWorkflow(self._spec, self._called)
        workflow.do_engine_steps()
        return workflow


class PlainCase:
    def __init__(self, workflow: BpmnWorkflow) -> None:
        self._workflow = workflow
        self._task = self._next()

    def complete(self) -> Took:
        """Complete the open task and find the next one.

        Raises:
            Stalled: there is none.
        """
        if self._task is None:
            raise Stalled
        watch = Stopwatch()
        try:
            self._task.set_data(**ANSWERS)
            self._task.run()
            self._workflow.do_engine_steps()
        except RecursionError as error:
            raise Stalled from error
        self._task = self._next()
        return watch.took()

    def _next(self) -> Any:
        return self._workflow.get_next_task(state=TaskState.READY, manual=True)
