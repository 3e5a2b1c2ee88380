"""Work: of people, of automatic steps, of tables and expressions."""

from collections import ChainMap

from app.engine import facts, moments
from app.engine.elements.base import Node
from app.engine.results import Facts
from app.engine.spiff import BpmnSpecMixin, Task, defaults


class UserTask(Node, defaults.UserTask):
    """A person does it. Who and until when is worked out once, when the token arrives."""

    def arrive(self, task: Task) -> bool:
        run, element = task.workflow.run, self.element
        task.data.update(run.mapped(task, element.inputs))
        task.internal_data.update(assignment(task))
        if element.due_date:
            due = due_text(task, element.due_date)
            if due:
                task.internal_data["task_due"] = due
        return True

    def waits_for_person(self, task: Task) -> bool:
        del task
        return True

    def answer(self, task: Task, answers: Facts) -> None:
        """Take a person's answers; ``run`` follows."""
        run = task.workflow.run
        answers = {name: run.fact(task, value) for name, value in answers.items()}
        if self.element.outputs:
            known = ChainMap(answers, *facts.visible(task).maps)
            answers = run.mapped(task, self.element.outputs, known)
        facts.store(task, answers)


def assignment(task: Task) -> Facts:
    """Roles and person as the diagram says them for this token."""
    element = task.task_spec.element
    found: Facts = {}
    if element.candidate_groups:
        value = task.workflow.run.value(task, element.candidate_groups)
        groups = value.split(",") if isinstance(value, str) else value
        if isinstance(groups, list):
            found["roles"] = [str(group).strip() for group in groups if group]
    if element.assignee:
        value = task.workflow.run.value(task, element.assignee)
        if value is not None:
            found["assignee"] = str(value)
    return found


def due_text(task: Task, text: str, without: str = "No due date") -> str | None:
    """A due date as it is kept. One that cannot be worked out is noted, and holds nothing up."""
    run = task.workflow.run
    value = run.evaluate(task, text).value
    try:
        return moments.task_due(value, run.now, run.environment).isoformat()
    except moments.NotAMoment as error:
        run.doubt(task, [f"{without}: {error}"])
        return None


class ServiceTask(Node, defaults.ServiceTask):
    """An automatic step of the application."""

    def work(self, task: Task) -> None:
        run, element = task.workflow.run, self.element
        inputs = run.mapped(task, element.inputs)
        result = run.automatic(task, element.task_type or "", inputs)
        keep_result(task, result)


class DecisionTask(Node, BpmnSpecMixin):
    """A decision table."""

    def work(self, task: Task) -> None:
        run, element = task.workflow.run, self.element
        inputs = run.mapped(task, element.inputs)
        known = {**facts.visible(task), **inputs}
        outcome = run.decide(task, element.decision_id or "", known)
        name = element.result_variable
        result = {name: outcome.value} if name else {"result": outcome.value}
        keep_result(task, result)


class ExpressionTask(Node, BpmnSpecMixin):
    """One FEEL expression into one variable."""

    def work(self, task: Task) -> None:
        run, element = task.workflow.run, self.element
        name = element.result_variable or ""
        keep_result(task, {name: run.value(task, element.script or "")})


def keep_result(task: Task, result: Facts) -> None:
    """Results go through the output mapping; without one they become facts as they are."""
    run, outputs = task.workflow.run, task.task_spec.element.outputs
    if outputs:
        result = run.mapped(task, outputs, ChainMap(result, *facts.visible(task).maps))
    facts.store(task, result)
