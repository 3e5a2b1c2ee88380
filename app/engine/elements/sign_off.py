"""Sign-off: a gateway that is a person's task. The conditions only recommend."""

from collections.abc import Sequence
from datetime import datetime

from app import feel
from app.engine import facts
from app.engine.catalogue import Flow, SignOffRule
from app.engine.elements.base import place
from app.engine.elements.gateways import ExclusiveGateway
from app.engine.elements.tasks import due_text
from app.engine.results import Facts
from app.engine.spiff import Task


class SignOffGateway(ExclusiveGateway):
    """Stops the token until somebody chooses a way, or sends the work back.

    Whether, by whom and until when is worked out once, when the token arrives. Only a clear
    ``false`` lets the token pass unsigned: a condition or table that gives nothing stops it.
    """

    rule: SignOffRule

    @property
    def reads(self) -> tuple[str, ...]:
        """The names of the facts that the conditions look at."""
        conditions = [way.condition for way in self.ways if way.condition]
        names = {name for text in conditions for name in feel.parse(text[1:]).names}
        return tuple(sorted(names - {"parameters"}))

    def arrive(self, task: Task) -> bool:
        asked = self._asked_of_table(task) if self.rule.decision else self._asked_of_rule(task)
        if asked is not None:
            task.internal_data["sign_off"] = asked
        return True

    def _asked_of_rule(self, task: Task) -> Facts | None:
        run, rule = task.workflow.run, self.rule
        if rule.when and run.evaluate(task, rule.when).value is False:
            return None
        role = run.value(task, rule.role or "")
        if not role:
            raise run.failed(task, "It is not clear who has to sign this off (signOff.role).")
        return {
            "role": str(role),
            "due": due_text(task, rule.due) if rule.due else None,
            "remind": due_text(task, rule.remind) if rule.remind else None,
        }

    def _asked_of_table(self, task: Task) -> Facts | None:
        run, rule = task.workflow.run, self.rule
        if rule.when and run.evaluate(task, rule.when).value is False:
            return None
        # one table serves many gateways: each says which kind of decision it is
        kind = self.element.properties.get("signOff.decisionType")
        known = {**facts.visible(task), **({"decision_type": kind} if kind else {})}
        outcome = run.decide(task, rule.decision or "", known)
        table = outcome.value if isinstance(outcome.value, dict) else {"required": outcome.value}
        if table.get("required") is False:
            return None
        asked = {
            **((self._asked_of_rule(task) if rule.role else None) or {"due": None}),
            "fired": [
                [f.table_id, f.rule_id, f.description, f.number, f.table] for f in outcome.fired
            ],
        }
        if table.get("role"):
            asked["role"] = str(table["role"])
        if not asked.get("role"):
            raise run.failed(task, f"The table {rule.decision} does not say who signs this off.")
        days = table.get("sla_wd")
        if isinstance(days, int) and not isinstance(days, bool):
            try:
                asked["due"] = run.environment.calendar.due_at(run.now, days).isoformat()
            except (ValueError, OverflowError) as error:
                run.doubt(task, [f"No due date: {error}"])
        return asked

    def waits_for_person(self, task: Task) -> bool:
        return "sign_off" in task.internal_data

    def decide(self, task: Task, flow: Flow) -> None:
        """Leave by this flow; ``run`` follows."""
        task.internal_data["chosen"] = flow.id

    def chosen_ways(self, task: Task) -> Sequence[Flow]:
        chosen = task.internal_data.get("chosen")
        if chosen is None:
            return super().chosen_ways(task)
        return [way for way in self.ways if way.id == chosen]

    def send_back(self, task: Task, target_id: str) -> None:
        """Leave towards an earlier task, as if a flow led there; ``run`` follows."""
        task.internal_data["sent_back_to"] = target_id

    def leave(self, task: Task) -> None:
        target_id = task.internal_data.get("sent_back_to")
        if target_id is None:
            super().leave(task)
            return
        run, target = task.workflow.run, self.neighbour(target_id)
        run.note(task, [f"sent back to “{target.element.name}”"])
        run.record(task, "completed")
        place(task, target)


def moment(asked: Facts, name: str) -> datetime | None:
    text = asked.get(name)
    return datetime.fromisoformat(text) if isinstance(text, str) else None
