"""Plays a scenario through the real application: forms, steps of code, tables, clock."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from sqlalchemy import func, select

from app import clock, feel
from app.calendars import WorkingCalendar
from app.db import reading
from app.definitions.live import pack_of_area
from app.outbox.models import OutboxMessage
from app.runtime.models import InstanceStatus, Task
from app.runtime.records import Incident, MessageRow, StepHistory, WaitingFor
from app.tasks.automatic.notify import EVENTS
from app.tasks.sign_off import Answer
from tests.support.scenario_doing import doer, hand_in, sign
from tests.support.scenario_files import Scenario, Step, worked_out
from tests.support.scenario_world import World
from tests.support.story_driver import StoryDriver

WORKING_DAYS = "working days:"


class ScenarioPlayer:
    """One scenario in one world. Between any two steps everything is saved and loaded again."""

    def __init__(self, scenario: Scenario, world: World, driver: StoryDriver) -> None:
        self.scenario = scenario
        self.world = world
        self.driver = driver
        driver.area = world.cast.area
        facts = worked_out({**scenario.facts, "area": world.cast.area})
        facts.pop("case_id", None)
        self.instance_id = driver.start(
            scenario.process_id,
            by=world.started_by,
            case_id=world.case_id,
            locality_id=world.cast.locality,
            **facts,
        )

    def play(self) -> None:
        for number, step in enumerate(self.scenario.steps, start=1):
            try:
                self._play(step)
            except AssertionError as error:
                raise AssertionError(f"step {number} {dict(step)}: {error}") from error
            self._no_incident(number)

    def _play(self, step: Step) -> None:
        doing: dict[str, Callable[[Step], None]] = {
            "complete": self._complete,
            "sign_off": self._sign_off,
            "wait": self._wait,
            "message": self._message,
            "expect_open": self._expect_open,
            "expect_end": self._expect_end,
            "expect_fact": self._expect_fact,
            "expect_message": self._expect_message,
            "expect_notified": self._expect_notified,
        }
        kind = next((kind for kind in doing if kind in step), None)
        assert kind is not None, f"nobody knows how to play {dict(step)}"
        doing[kind](step)

    # ---------------------------------------------------------------- doing

    def _complete(self, step: Step) -> None:
        task = self._task(step["complete"])
        user = doer(self.world.cast, task.id, step["by"])
        answers = worked_out(step.get("answers") or {})
        seed = f"{self.scenario} {step['complete']}"
        self.driver.run(partial(hand_in, task.id, user.id, answers, seed))

    def _sign_off(self, step: Step) -> None:
        task = self._task(step["sign_off"])
        user = doer(self.world.cast, task.id, step["by"])
        recommended = (task.recommendation or {}).get("flow_id")
        if step["answer"] == "approve" and "branch" in step:
            assert recommended == step["branch"], f"{recommended} is recommended"
        answer = Answer(
            answer=step["answer"],
            comment=step.get("comment", ""),
            reason=step.get("reason", ""),
            flow_id=step.get("branch", ""),
            send_back_to=step.get("to", ""),
            changes=worked_out(step.get("changes") or {}),
        )
        self.driver.run(partial(sign, task.id, user.id, answer))
        if "branch" in step:
            assert step["branch"] in self._flows_taken(), f"{step['branch']} was not taken"

    def _wait(self, step: Step) -> None:
        said = str(step["wait"])
        if said.startswith(WORKING_DAYS):
            days = int(said.removeprefix(WORKING_DAYS))
            self.driver.pass_time(self._calendar().due_at(clock.now(), days) - clock.now())
        else:
            environment = feel.Environment(now=clock.now(), calendar=self._calendar())
            span = feel.parse(f'duration("{said}")').evaluate({}, environment).value
            assert isinstance(span, timedelta), f"{said} is not a duration"
            self.driver.pass_time(span)

    def _message(self, step: Step) -> None:
        """Send it, unless the real application has sent the same by itself."""
        name = step["message"]
        if not self._waits_for(name) and self._was_sent(name):
            return
        payload = worked_out(step.get("payload") or {})
        if payload.get("case_id") == self.scenario.facts.get("case_id"):
            payload["case_id"] = self.world.case_id
        key = step.get("key", payload.get("case_id"))
        assert self.driver.send(name, key, **payload), f"nobody waits for {name}"

    # ---------------------------------------------------------------- looking

    def _expect_open(self, step: Step) -> None:
        assert sorted(self._open()) == sorted(step["expect_open"]), f"open: {self._open()}"

    def _expect_end(self, step: Step) -> None:
        instance = self.driver.instance(self.instance_id)
        assert instance.status == InstanceStatus.FINISHED, f"open: {self._open()}"
        ends = self._elements_passed()
        assert step["expect_end"] in ends, f"passed: {ends[-5:]}"

    def _expect_fact(self, step: Step) -> None:
        facts = self.driver.instance(self.instance_id).facts
        for name, value in worked_out(step["expect_fact"]).items():
            if self._is_supposed(name, value):
                assert facts.get(name) is not None, f"{name} is not known"
                continue
            assert feel.from_json(facts.get(name)) == feel.from_json(value), (
                f"{name}: {facts.get(name)!r}"
            )

    def _is_supposed(self, name: str, value: object) -> bool:
        """Ids and days that the scenario made up; here they are those of real rows."""
        answers = self.scenario.supposed.values()
        made_up = [answer[name] for answer in answers if name in answer]
        return not isinstance(value, bool) and value in worked_out(made_up)

    def _expect_message(self, step: Step) -> None:
        assert self._was_sent(step["expect_message"]), "it was not sent"

    def _expect_notified(self, step: Step) -> None:
        with reading() as session:
            words = pack_of_area(session, self.world.cast.area).words
            told = [str(said["what"]) for said in session.scalars(select(OutboxMessage.payload))]
        what = EVENTS[step["expect_notified"]].format_map(words)
        assert any(said.startswith(what) for said in told), f"told: {told}"

    # ---------------------------------------------------------------- inside

    def _task(self, element_id: str) -> Task:
        with reading() as session:
            found = session.scalar(
                select(Task)
                .where(
                    Task.instance_id == self.instance_id,
                    Task.element_id == element_id,
                    Task.done_at.is_(None),
                )
                .order_by(Task.id)
                .limit(1)
            )
        assert found is not None, f"{element_id} is not open; open: {self._open()}"
        return found

    def _open(self) -> list[str]:
        with reading() as session:
            query = select(Task.element_id).where(
                Task.instance_id == self.instance_id, Task.done_at.is_(None)
            )
            return list(session.scalars(query.order_by(Task.id)))

    def _elements_passed(self) -> list[str]:
        with reading() as session:
            query = select(StepHistory.element_id).where(
                StepHistory.instance_id == self.instance_id, StepHistory.what == "completed"
            )
            return list(session.scalars(query.order_by(StepHistory.id)))

    def _flows_taken(self) -> set[str | None]:
        with reading() as session:
            query = select(StepHistory.flow_id).where(StepHistory.instance_id == self.instance_id)
            return set(session.scalars(query))

    def _waits_for(self, name: str) -> bool:
        with reading() as session:
            query = select(func.count()).where(
                WaitingFor.instance_id == self.instance_id, WaitingFor.name == name
            )
            return bool(session.scalar(query))

    def _was_sent(self, name: str) -> bool:
        with reading() as session:
            query = select(func.count()).where(
                MessageRow.from_instance_id == self.instance_id, MessageRow.name == name
            )
            return bool(session.scalar(query))

    def _no_incident(self, number: int) -> None:
        with reading() as session:
            found = [
                f"{row.element_id}: {row.message}"
                for row in session.scalars(select(Incident).where(Incident.resolved_at.is_(None)))
            ]
        assert not found, f"after step {number}: {found}"

    def _calendar(self) -> WorkingCalendar:
        with reading() as session:
            return pack_of_area(session, self.world.cast.area).calendar
