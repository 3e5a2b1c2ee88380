"""A stock process in a Python of its own: ``python -m tests.engine.stock_elsewhere``.

Reads its file and state from standard input and completes what is open. The specification comes
from the file, as it must when it is not written into every state.
"""

import json
import sys

from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer

from tests.support.stock import Stock, specs_of


def main() -> None:
    asked = json.load(sys.stdin)
    workflow = BpmnWorkflowSerializer().deserialize_json(asked["state"])
    spec, _ = specs_of(asked["file"].encode())
    workflow.spec = spec
    for task in workflow.tasks.values():
        task.task_spec = spec.task_specs[task.task_spec.name]
    engine = Stock.around(workflow)
    for what in engine.open():
        engine.complete(what, {})
    json.dump({"open": engine.open(), "finished": engine.finished}, sys.stdout)


if __name__ == "__main__":
    main()
