"""Publishing: all or nothing, never twice the same, and a council's own version stays."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.db import reading, transaction
from app.definitions.findings import PublishRefused
from app.definitions.live import effective_processes, live, live_pack
from app.definitions.models import DefinitionVersion, Kind
from app.definitions.versions import publish as publish_files
from app.definitions.versions import publish_folder, review
from tests.support.diagrams import bpmn, call, end, flow, process, rule, start, user
from tests.support.published import CORE_PACK, diagram, form, publish, table
from tests.support.tables import choices, decision_table


def asks(process_id: str = "p", form_id: str = "ask", name: str = "Ask") -> bytes:
    return bpmn(
        process(
            process_id,
            start(),
            user("ask", form=form_id, groups="practitioner", name=name),
            end(),
            flow("start > ask > end"),
        )
    )


def count() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(DefinitionVersion)) or 0


def test_each_change_is_a_new_version_and_the_same_again_is_none(database: str) -> None:
    publish(asks(), forms={"ask": ("a",)})
    publish(asks(), forms={"ask": ("a",)})
    publish(asks(name="Ask again"))

    with reading() as session:
        rows = session.execute(
            select(DefinitionVersion.number, DefinitionVersion.status)
            .where(DefinitionVersion.key == "p")
            .order_by(DefinitionVersion.number)
        ).all()
    assert [tuple(row) for row in rows] == [(1, "retired"), (2, "live")]


def test_going_back_to_an_earlier_text_is_a_version_of_its_own(database: str) -> None:
    publish(asks(), forms={"ask": ("a",)})
    publish(asks(name="Ask again"))
    publish(asks())

    with reading() as session:
        version = live(session, Kind.BPMN, "p", "starter")
    assert version is not None
    assert version.number == 3


def test_one_faulty_file_keeps_all_others_back(database: str) -> None:
    with pytest.raises(PublishRefused) as refused:
        publish(asks(), asks("q", "gone"), forms={"ask": ("a",)})

    assert count() == 0
    assert "gone" in str(refused.value)
    assert {finding.element_id for finding in refused.value.findings} == {"ask"}


def test_an_error_caused_in_another_live_diagram_is_found(database: str) -> None:
    caller = bpmn(process("caller", start(), call("go", "p"), end(), flow("start > go > end")))
    publish(asks(), caller, forms={"ask": ("a",)})
    clash = bpmn(
        process(
            "third",
            start(),
            user("go", form="ask", groups="practitioner"),
            end(),
            flow("start > go > end"),
        )
    )
    with reading() as session:
        findings = review(session, [diagram(clash)])
    assert {(f.file.split("/")[1], f.element_id) for f in findings} == {
        ("third.bpmn", "go"),
        ("caller.bpmn", "go"),
    }


def test_a_form_that_no_longer_offers_what_a_live_table_asks_for_is_refused(database: str) -> None:
    xml = decision_table(('"yes"', '"a"'), ("-", '"b"'), columns=["answer"], policy="FIRST")
    asking = process(
        "p",
        start(),
        user("ask", form="ask", groups="practitioner", name="Ask them"),
        rule("choose", "choose", "chosen"),
        end(),
        flow("start > ask > choose > end"),
    )
    publish(bpmn(asking), more=[table(xml, key="choose"), choices("answer", "yes", "no")])
    with reading() as session:
        [finding] = review(session, [choices("answer", "Yes", "no")])
    assert (finding.file, finding.rule) == ("core/choose.dmn", "literal-possible")


def test_an_area_sees_its_own_before_the_core(database: str) -> None:
    publish(asks(), forms={"ask": ("a",)})
    publish(area="hull", more=[diagram(asks(name="Ask in Hull"), pack="hull")])

    with reading() as session:
        assert effective_processes(session, "hull")["p"].pack == "hull"
        assert effective_processes(session, "starter")["p"].pack == "core"
        assert live_pack(session, "hull").chain == ("hull", "core")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "core" / "forms").mkdir(parents=True)
    (tmp_path / "core" / "pack.toml").write_text(CORE_PACK)
    (tmp_path / "core" / "p.bpmn").write_bytes(asks())
    (tmp_path / "core" / "forms" / "ask.form").write_text(form("ask", ["a"]).content)
    return tmp_path


def test_shipped_files_are_published_once(database: str, folder: Path) -> None:
    for expected in (3, 0):
        with transaction() as session:
            assert len(publish_folder(session, folder).versions) == expected
    assert count() == 3


def test_a_councils_own_version_is_not_replaced_by_a_shipped_one(
    database: str, folder: Path
) -> None:
    with transaction() as session:
        publish_folder(session, folder)
    with transaction() as session:
        publish_files(session, [diagram(asks(name="Our way"))], author="user:1")
    (folder / "core" / "p.bpmn").write_bytes(asks(name="New from the makers"))
    with transaction() as session:
        done = publish_folder(session, folder)

    assert done.kept == ("core/p.bpmn",)
    with reading() as session:
        version = live(session, Kind.BPMN, "p", "core")
        assert version is not None
        assert version.author == "user:1"


def test_a_shipped_folder_with_a_fault_is_refused_as_a_whole(database: str, folder: Path) -> None:
    (folder / "core" / "forms" / "ask.form").unlink()
    with pytest.raises(PublishRefused, match=r"core/p\.bpmn: ask"), transaction() as session:
        publish_folder(session, folder)
    assert count() == 0
