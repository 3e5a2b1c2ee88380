"""What only other engines do: who started it, listeners, code beside a step, counts of repeats."""

import pytest

from tests.importing.foreign import around, file, node, one, todos, words, zeebe


def started_by(start: str, task: str) -> bytes:
    chain = '<sequenceFlow id="f" sourceRef="s" targetRef="a"/>'
    end = '<endEvent id="e"/><sequenceFlow id="g" sourceRef="a" targetRef="e"/>'
    return file(f'<startEvent id="s" {start}/>{task}{end}{chain}')


OWNER = (
    '<userTask id="a"><humanPerformer><resourceAssignmentExpression><formalExpression>'
    "${author}</formalExpression></resourceAssignmentExpression></humanPerformer></userTask>"
)


@pytest.mark.parametrize(
    ("start", "task"),
    [
        ("", '<userTask id="a" flowable:assignee="$INITIATOR"/>'),
        ("", '<userTask id="a" flowable:assignee="${INITIATOR}"/>'),
        ('flowable:initiator="initiator"', '<userTask id="a" flowable:assignee="${initiator}"/>'),
        ('camunda:initiator="author"', '<userTask id="a" camunda:assignee="#{ author }"/>'),
        ('camunda:initiator="author"', OWNER),
    ],
)
def test_whoever_started_it_is_the_part_of_that_person_in_the_case(start: str, task: str) -> None:
    imported, root = one(started_by(start, task))
    made = zeebe(node(root, "a"), "assignmentDefinition")
    assert made is not None
    assert (made.get("candidateGroups"), made.get("assignee")) == ("case:initiator", None)
    assert todos(imported) == ""


def test_what_only_looks_like_whoever_started_it_is_left_to_do() -> None:
    imported, root = one(started_by("", '<userTask id="a" camunda:assignee="${initiator}"/>'))
    assert zeebe(node(root, "a"), "assignmentDefinition") is None
    assert "a: It was for whoever started it, or for somebody called so" in todos(imported)


def test_a_group_gives_way_to_whoever_started_it_and_is_named() -> None:
    task = '<userTask id="a" camunda:candidateGroups="staff" camunda:assignee="$INITIATOR"/>'
    imported, root = one(started_by("", task))
    made = zeebe(node(root, "a"), "assignmentDefinition")
    assert made is not None
    assert made.get("candidateGroups") == "case:initiator"
    assert "is whoever started it here, and not “staff”" in words(imported)


def test_several_people_are_a_to_do_and_none_of_them_is_lost() -> None:
    owner = (
        "<potentialOwner><resourceAssignmentExpression><formalExpression>user(ann), user(bob)"
        "</formalExpression></resourceAssignmentExpression></potentialOwner>"
    )
    imported, _root = one(file(around(f'<userTask id="a">{owner}</userTask>')))
    assert "a: It was for user(ann), user(bob). Choose the role it is for." in todos(imported)


BESIDE = {
    "a listener": (
        "userTask",
        "",
        (
            '<camunda:taskListener event="create"><camunda:script scriptFormat="groovy">x = 1'
            "</camunda:script></camunda:taskListener>"
        ),
        "event=create; script scriptFormat=groovy x = 1",
    ),
    "fields of a listener": (
        "userTask",
        "",
        (
            '<flowable:executionListener event="start" class="org.x.Y"><flowable:field name="to" '
            'stringValue="ann"/></flowable:executionListener>'
        ),
        "event=start class=org.x.Y; field name=to stringValue=ann",
    ),
    "an error that is found": (
        "serviceTask",
        'camunda:type="external" camunda:topic="t"',
        '<camunda:errorEventDefinition id="d" errorRef="e1" expression="${bad}"/>',
        "errorRef=e1 expression=${bad}",
    ),
    "code that maps": ("callActivity", 'camunda:variableMappingClass="org.x.M"', "", "org.x.M"),
    "what is passed over": ("userTask", 'flowable:skipExpression="${old}"', "", "when “${old}”"),
    "a connector": (
        "serviceTask",
        "",
        "<camunda:connector><camunda:connectorId>mail</camunda:connectorId></camunda:connector>",
        "A connector did this step (connectorId mail)",
    ),
}


@pytest.mark.parametrize(("tag", "said", "inside", "left"), BESIDE.values(), ids=BESIDE)
def test_what_another_engine_did_beside_a_step_is_left_to_do_with_all_it_said(
    tag: str, said: str, inside: str, left: str
) -> None:
    held = f"<extensionElements>{inside}</extensionElements>" if inside else ""
    imported, _root = one(file(around(f'<{tag} id="a" {said}>{held}</{tag}>')))
    assert any(t.element_id == "a" and left in t.message for t in imported.drafts[0].todos)
    assert "a: " in words(imported)


def test_an_end_that_ended_more_than_its_sub_process_is_left_to_do() -> None:
    ends = '<terminateEventDefinition flowable:terminateAll="true"/>'
    inside = f'<startEvent id="s2"/><endEvent id="e2">{ends}</endEvent>'
    inside += '<sequenceFlow id="f2" sourceRef="s2" targetRef="e2"/>'
    imported, _root = one(file(around(f'<subProcess id="a">{inside}</subProcess>')))
    assert "e2: It also ended what runs around its sub-process" in todos(imported)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("${nrOfCompletedInstances == 2}", "=numberOfCompletedInstances = 2"),
        (
            "${nrOfCompletedInstances/nrOfInstances >= 0.6}",
            "=numberOfCompletedInstances / numberOfInstances >= 0.6",
        ),
    ],
)
def test_counts_of_repeats_are_called_by_their_names_here(theirs: str, ours: str) -> None:
    repeat = (
        "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality>"
        f"<completionCondition>{theirs}</completionCondition></multiInstanceLoopCharacteristics>"
    )
    imported, root = one(file(around(f'<userTask id="a">{repeat}</userTask>')))
    (until,) = root.iter("{*}completionCondition")
    assert until.text == ours
    assert todos(imported) == ""


@pytest.mark.parametrize(
    "theirs", ["${nrOfActiveInstances == 0}", "token.current.ok === true", "${task.x == 1}"]
)
def test_what_only_the_other_engine_knows_by_name_is_no_fact(theirs: str) -> None:
    way = (
        '<sequenceFlow id="w" sourceRef="a" targetRef="b"><conditionExpression>'
        f"{theirs}</conditionExpression></sequenceFlow>"
    )
    inside = f'<startEvent id="s"/><exclusiveGateway id="a" default="d"/>{way}'
    inside += '<task id="b"/><endEvent id="e"/>'
    inside += "".join(
        f'<sequenceFlow id="{i}" sourceRef="{s}" targetRef="{t}"/>'
        for i, s, t in (("f", "s", "a"), ("d", "a", "e"), ("g", "b", "e"))
    )
    imported, _root = one(file(inside))
    assert f"w: The condition was “{theirs}”" in todos(imported)


def test_a_condition_that_stood_in_another_file_is_left_to_do() -> None:
    way = (
        '<sequenceFlow id="a_e" sourceRef="a" targetRef="e"><conditionExpression language="groovy" '
        'camunda:resource="ok.groovy"/></sequenceFlow>'
    )
    inside = f'<startEvent id="s"/><task id="a"/><endEvent id="e"/>{way}'
    inside += '<sequenceFlow id="f" sourceRef="s" targetRef="a"/>'
    imported, _root = one(file(inside))
    assert "a_e: The condition stood in the file “ok.groovy”" in todos(imported)


def test_a_setting_for_tasks_does_nothing_at_an_event() -> None:
    thrown = (
        '<intermediateThrowEvent id="a" name="Tell"><messageEventDefinition camunda:topic="t"/>'
    )
    imported, root = one(file(around(f"{thrown}</intermediateThrowEvent>")))
    assert list(root.iter("{*}taskDefinition")) == []
    assert "“topic” of another engine (“t”) is left out" in words(imported)


FIELDS = (
    '<camunda:formData><camunda:formField id="n" label="Size" type="enum" defaultValue="2">'
    '<camunda:value id="big" name="Big"/><camunda:validation><camunda:constraint name="required"/>'
    "</camunda:validation></camunda:formField></camunda:formData>"
)


def test_a_form_inside_the_diagram_is_told_with_all_its_fields_say() -> None:
    step = f'<userTask id="a"><extensionElements>{FIELDS}</extensionElements></userTask>'
    imported, _root = one(file(around(step)))
    assert "a: Make its form. It asked for: Size (n)." in todos(imported)
    assert (
        "formField id=n label=Size type=enum defaultValue=2; value id=big name=Big; "
        "constraint name=required"
    ) in words(imported)


def test_data_that_is_left_out_is_told_with_what_it_said() -> None:
    data = (
        "<dataInputAssociation><sourceRef>who</sourceRef><targetRef>in</targetRef>"
        '<assignment><from id="x">${who.name}</from><to>in</to></assignment></dataInputAssociation>'
    )
    imported, _root = one(file(around(f'<userTask id="a">{data}</userTask>')))
    assert "sourceRef who; targetRef in; from ${who.name}; to in" in words(imported)


def test_a_long_script_is_told_whole() -> None:
    script = "; ".join(f"x{number} = {number}" for number in range(60))
    step = f'<scriptTask id="a" scriptFormat="groovy"><script>{script}</script></scriptTask>'
    imported, _root = one(file(around(step)))
    assert script in todos(imported)


def test_thousands_of_listeners_make_one_to_do_that_can_be_read_and_a_line_each() -> None:
    listeners = "".join(f'<camunda:taskListener class="org.x.Y{n}"/>' for n in range(3_000))
    step = f'<userTask id="a"><extensionElements>{listeners}</extensionElements></userTask>'
    imported, _root = one(file(around(step)))
    (todo,) = imported.drafts[0].todos
    assert len(todo.message) < 11_000
    assert all(f"org.x.Y{n}." in words(imported) for n in (0, 2_999))
