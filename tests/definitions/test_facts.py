"""Which answers become facts, and where a fact comes from."""

from app.definitions import parsed
from app.definitions.facts import Origins, called_processes, kept, names_read
from tests.support.diagrams import bpmn, call, end, flow, process, script, start, user, xor

DIAGRAM = parsed.diagram(
    bpmn(
        process(
            "p",
            start(),
            user("ask", form="ask", groups="practitioner", due="=date(wanted_on)"),
            script("weigh", "=risk + need", "score"),
            call("go", "inner", inputs={"given": "=score"}, outputs={"outcome": "=result"}),
            xor("enough", default="enough_end"),
            end(),
            end("other"),
            flow("start > ask > weigh > go > enough > end"),
            flow("enough > other", '=outcome = "more"'),
        )
    ).decode()
)


def test_only_names_that_expressions_read_are_kept() -> None:
    names = names_read([DIAGRAM], {})

    assert {"wanted_on", "risk", "need", "score", "outcome"} <= names
    assert kept({"risk": 3, "story": "private"}, names) == {"risk": 3}


def test_a_fact_is_followed_back_through_scripts_and_mappings() -> None:
    origins = Origins([DIAGRAM], {})

    assert origins.of(["outcome"]) == {"outcome", "result"}
    assert origins.of(["given"]) == {"given", "score", "risk", "need"}


def test_calls_are_found_by_process() -> None:
    assert called_processes(DIAGRAM, "p") == ["inner"]
    assert called_processes(DIAGRAM, "q") == []
