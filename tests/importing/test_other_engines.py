"""What single engines mean by a file: work done by a program, messages worked out, keys, first values."""

import pytest

from app.importing.imported import import_file
from tests.importing.foreign import around, file, node, one, todos, words, zeebe


def held(inside: str) -> str:
    return f"<extensionElements>{inside}</extensionElements>"


LEFT = {
    "a program behind a plain task": (
        '<task id="a" drools:taskName="Email"/>',
        "a: A program did this (“Email”)",
    ),
    "code when a step begins": (
        (
            f'<task id="a">{held("<drools:onEntry-script><drools:script>log();</drools:script>")}'
            "</task>"
        ).replace("</drools:script>", "</drools:script></drools:onEntry-script>"),
        "a: Another engine also did something at it (script log();)",
    ),
    "mail that is no message": (
        '<sendTask id="a" name="Tell" flowable:type="mail"/>',
        "a: This step was done by “mail”",
    ),
    "a message that is worked out": (
        (
            '<intermediateThrowEvent id="a" name="Tell"><messageEventDefinition '
            'flowable:messageExpression="m-${x}"/></intermediateThrowEvent>'
        ),
        "a: Its message was “m-${x}”, worked out while it ran",
    ),
    "the key of a message": (
        (
            '<intermediateCatchEvent id="a" name="Hear"><messageEventDefinition '
            'flowable:correlationKey="${order}"/></intermediateCatchEvent>'
        ),
        "a: Its message was matched by “${order}”",
    ),
    "an event of another kind": (
        f'<receiveTask id="a" name="Hear">{held("<flowable:eventType>order</flowable:eventType>")}</receiveTask>',
        "a: It had to do with the event “order”",
    ),
    "the list that repeats fill": (
        (
            '<userTask id="a"><multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality>'
            '<loopDataOutputRef>all</loopDataOutputRef><outputDataItem id="o" name="one"/>'
            "</multiInstanceLoopCharacteristics></userTask>"
        ),
        "a: What all repeats brought was put together (all, of one)",
    ),
    "a form as a file": (
        (
            '<userTask id="a">'
            + held(
                "<spiffworkflow:properties><spiffworkflow:property "
                'name="formJsonSchemaFilename" value="x.json"/></spiffworkflow:properties>'
            )
            + "</userTask>"
        ),
        "a: Its form was “x.json”",
    ),
}


@pytest.mark.parametrize(("step", "left"), LEFT.values(), ids=LEFT)
def test_what_another_engine_means_is_left_to_do(step: str, left: str) -> None:
    imported, _root = one(file(around(step)))
    assert left in todos(imported)
    assert "a: " in words(imported)


def test_a_message_whose_name_is_worked_out_is_left_to_do_where_it_is_used() -> None:
    step = '<receiveTask id="a" messageRef="m"/>'
    imported, _root = one(file(around(step), root='<message id="m" name="order-${id}"/>'))
    assert "a: Its message was “order-${id}”, worked out while it ran" in todos(imported)


def test_a_message_that_the_standard_matches_by_something_is_not_matched_by_the_case_unsaid() -> (
    None
):
    key = (
        '<message id="m" name="Paid"/><correlationProperty id="c" name="Order">'
        '<correlationPropertyRetrievalExpression messageRef="m"><messagePath>order.id</messagePath>'
        "</correlationPropertyRetrievalExpression></correlationProperty>"
    )
    imported, _root = one(file(around('<receiveTask id="a" messageRef="m"/>'), root=key))
    assert "a: Its message was matched by “order.id”" in todos(imported)


def test_a_table_of_another_engine_is_asked_here() -> None:
    asked = held("<spiffworkflow:calledDecisionId>risk</spiffworkflow:calledDecisionId>")
    imported, root = one(file(around(f'<businessRuleTask id="a">{asked}</businessRuleTask>')))
    made = zeebe(node(root, "a"), "calledDecision")
    assert made is not None
    assert made.get("decisionId") == "risk"
    assert "a: The table “risk” is asked here" in words(imported)


def test_what_people_are_told_is_kept_as_documentation() -> None:
    said = held(
        "<spiffworkflow:instructionsForEndUser>Ring twice</spiffworkflow:instructionsForEndUser>"
    )
    _imported, root = one(file(around(f'<manualTask id="a">{said}</manualTask>')))
    (kept,) = node(root, "a").iter("{*}documentation")
    assert kept.text == "Ring twice"


def test_settings_of_a_younger_engine_of_the_same_kind_are_carried_over() -> None:
    imported, root = one(file(around('<userTask id="a" operaton:candidateGroups="staff"/>')))
    made = zeebe(node(root, "a"), "assignmentDefinition")
    assert made is not None
    assert made.get("candidateGroups") == "staff"
    assert todos(imported) == ""


def test_the_group_of_a_task_may_stand_in_its_data() -> None:
    data = (
        '<ioSpecification><dataInput id="in" name="GroupId"/></ioSpecification>'
        "<dataInputAssociation><targetRef>in</targetRef><assignment><from>HR</from><to>in</to>"
        "</assignment></dataInputAssociation>"
    )
    _imported, root = one(file(around(f'<userTask id="a">{data}</userTask>')))
    made = zeebe(node(root, "a"), "assignmentDefinition")
    assert made is not None
    assert made.get("candidateGroups") == "HR"


def test_a_fact_that_begins_with_a_value_is_left_to_do() -> None:
    data = f'<dataObject id="d" name="area">{held("<flowable:value>north</flowable:value>")}</dataObject>'
    imported, _root = one(file(around('<task id="a"/>') + data))
    assert "p: “area” began as “north”" in todos(imported)


def test_owners_come_before_others_who_take_part() -> None:
    def who(tag: str, name: str) -> str:
        said = f"<formalExpression>{name}</formalExpression>"
        return f"<{tag}><resourceAssignmentExpression>{said}</resourceAssignmentExpression></{tag}>"

    step = f'<userTask id="a">{who("performer", "ann")}{who("potentialOwner", "staff")}</userTask>'
    imported, root = one(file(around(step)))
    made = zeebe(node(root, "a"), "assignmentDefinition")
    assert made is not None
    assert made.get("candidateGroups") == "staff"
    assert "ann" in words(imported)


@pytest.mark.parametrize(
    ("theirs", "ours"), [("ok == True", "=ok = true"), ("x != None", "=x != null")]
)
def test_yes_no_and_nothing_of_other_languages_are_ours(theirs: str, ours: str) -> None:
    condition = f"<conditionExpression>{theirs}</conditionExpression>"
    way = f'<sequenceFlow id="w" sourceRef="g" targetRef="e">{condition}</sequenceFlow>'
    inside = '<startEvent id="s"/><exclusiveGateway id="g" default="d"/><endEvent id="e"/>' + way
    inside += '<sequenceFlow id="f" sourceRef="s" targetRef="g"/>'
    inside += '<endEvent id="e2"/><sequenceFlow id="d" sourceRef="g" targetRef="e2"/>'
    _imported, root = one(file(inside))
    (said,) = root.iter("{*}conditionExpression")
    assert said.text == ours


def test_a_flow_that_leads_nowhere_is_told_with_its_condition() -> None:
    lost = (
        '<sequenceFlow id="w" sourceRef="a" targetRef="gone"><conditionExpression>${x == 3}'
        "</conditionExpression></sequenceFlow>"
    )
    imported, _root = one(file(around('<task id="a"/>') + lost))
    assert "sourceRef=a targetRef=gone; conditionExpression ${x == 3}" in words(imported)


def test_an_empty_pool_is_told_with_what_it_said() -> None:
    pool = (
        '<participant id="o" name="Others"><documentation>Ring first</documentation></participant>'
    )
    content = file(around('<task id="a"/>'), root=f'<collaboration id="c">{pool}</collaboration>')
    imported, _root = one(content)
    assert "documentation Ring first" in words(imported)


def carried(tag: str, arrow: str) -> bytes:
    lists = '<ioSpecification><dataInput id="i" name="asked"/><dataOutput id="o" name="told"/></ioSpecification>'
    step = f'<{tag} id="a">{lists}{arrow}</{tag}>'
    return file('<property id="who"/><dataObjectReference id="paper"/>' + around(step))


IN = "<dataInputAssociation><sourceRef>{}</sourceRef><targetRef>i</targetRef>{}</dataInputAssociation>"
OUT = "<dataOutputAssociation><sourceRef>o</sourceRef><targetRef>who</targetRef></dataOutputAssociation>"
CHANGED = "<transformation>who.upper()</transformation>"


def test_what_a_call_is_given_and_gives_back_is_mapped() -> None:
    imported, root = one(carried("callActivity", IN.format("who", "") + OUT))
    made = zeebe(node(root, "a"), "ioMapping")
    assert made is not None
    assert [(m.get("source"), m.get("target")) for m in made] == [
        ("=who", "asked"),
        ("=told", "who"),
    ]
    assert "a: The input “asked” is mapped from “=who”." in words(imported)


@pytest.mark.parametrize("arrow", [IN.format("who", CHANGED), OUT])
def test_facts_that_go_into_a_step_or_come_out_are_left_to_do(arrow: str) -> None:
    imported, _root = one(carried("serviceTask", arrow))
    assert "a: Data went in or came out of it" in todos(imported)
    assert "who" in todos(imported)


def test_an_arrow_to_a_drawn_paper_carries_nothing() -> None:
    imported, _root = one(carried("userTask", IN.format("paper", "")))
    assert todos(imported) == ""
    assert "sourceRef paper; targetRef i" in words(imported)


def test_an_actor_that_is_drawn_as_a_pool_goes_by_its_name() -> None:
    step = '<userTask id="a"><performer><resourceRef>x</resourceRef></performer></userTask>'
    actor = '<collaboration id="c"><participant id="x" name="Clerks"/></collaboration>'
    _imported, root = one(file(around(step), root=actor))
    made = zeebe(node(root, "a"), "assignmentDefinition")
    assert made is not None
    assert made.get("candidateGroups") == "Clerks"


@pytest.mark.parametrize(
    ("exporter", "said", "left"),
    [
        ("Camunda Modeler", "", ["All facts went in", "All facts came back"]),
        ("Camunda Modeler", 'propagateAllChildVariables="false"', ["All facts went in"]),
        ("Somebody else", "", []),
    ],
)
def test_a_call_that_gave_all_facts_by_saying_nothing_is_left_to_do(
    exporter: str, said: str, left: list[str]
) -> None:
    called = held(f'<zeebe:calledElement processId="q" {said}/>')
    content = file(around(f'<callActivity id="a">{called}</callActivity>'))
    content = content.replace(b"<definitions", f'<definitions exporter="{exporter}"'.encode())
    imported, _root = one(content)
    assert [
        words for words in ("All facts went in", "All facts came back") if words in todos(imported)
    ] == left
    (draft,) = imported.drafts
    again = import_file(draft.xml.encode())
    assert again.repairs == ()
    assert again.drafts[0].todos == draft.todos


def test_the_prefix_of_a_called_process_is_told() -> None:
    imported, _root = one(file(around('<callActivity id="a" calledElement="t:pay"/>')))
    assert "a: It calls the process “pay” (it was “t:pay”)" in words(imported)


def test_a_message_that_is_not_in_the_file_is_named() -> None:
    imported, _root = one(file(around('<receiveTask id="a" name="Hear" messageRef="gone"/>')))
    assert "a: Its message “gone” is not in the file. It is called “Hear”, as the step." in words(
        imported
    )
