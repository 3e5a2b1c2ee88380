"""What other engines say about a step, in our words."""

import pytest

from tests.importing.foreign import around, file, node, one, todos, words, zeebe

CARRIED = {
    "assignee": (
        "userTask",
        'camunda:assignee="${lead}"',
        "assignmentDefinition",
        "assignee",
        "=lead",
    ),
    "groups": (
        "userTask",
        'flowable:candidateGroups="staff"',
        "assignmentDefinition",
        "candidateGroups",
        "staff",
    ),
    "form": ("userTask", 'camunda:formKey="ask"', "formDefinition", "formId", "ask"),
    "form reference": ("userTask", 'camunda:formRef="ask"', "formDefinition", "formId", "ask"),
    "due": ("userTask", 'camunda:dueDate="P3D"', "taskSchedule", "dueDate", "P3D"),
    "table": (
        "businessRuleTask",
        'camunda:decisionRef="d" camunda:resultVariable="r"',
        "calledDecision",
        "decisionId",
        "d",
    ),
    "result": (
        "businessRuleTask",
        'camunda:decisionRef="d" camunda:resultVariable="r"',
        "calledDecision",
        "resultVariable",
        "r",
    ),
    "topic": (
        "serviceTask",
        'camunda:type="external" camunda:topic="notify"',
        "taskDefinition",
        "type",
        "notify",
    ),
    "call": ("callActivity", 'calledElement="other"', "calledElement", "processId", "other"),
}


@pytest.mark.parametrize(("tag", "said", "holder", "name", "value"), CARRIED.values(), ids=CARRIED)
def test_a_setting_is_carried_over(tag: str, said: str, holder: str, name: str, value: str) -> None:
    imported, root = one(file(around(f'<{tag} id="a" {said}/>')))
    made = zeebe(node(root, "a"), holder)
    assert made is not None
    assert made.get(name) == value
    assert not any("camunda.org/schema/1.0" in key for key in map(str, node(root, "a").attrib))
    assert "a: " in words(imported)
    assert todos(imported) == ""


LEFT = {
    "a person": ('<userTask id="a" camunda:candidateUsers="kim"/>', "It was for the people “kim”"),
    "an expression": ('<userTask id="a" camunda:assignee="${b.c()}"/>', "It was for “${b.c()}”"),
    "a page": ('<userTask id="a" camunda:formKey="app:x.jsf"/>', "Its form was “app:x.jsf”"),
    "code": ('<serviceTask id="a" camunda:class="org.x.Y"/>', "done by “org.x.Y”"),
    "a script": (
        '<scriptTask id="a" scriptFormat="groovy"><script>x = 1</script></scriptTask>',
        "Write this script in groovy as one FEEL expression: “x = 1”",
    ),
    "a field list": (
        (
            '<userTask id="a"><extensionElements><camunda:formData><camunda:formField id="n" '
            'label="Name"/></camunda:formData></extensionElements></userTask>'
        ),
        "It asked for: Name",
    ),
    "a called expression": (
        '<callActivity id="a" calledElement="${p}"/>',
        "worked out while it ran",
    ),
    "a group expression": (
        '<userTask id="a"><potentialOwner id="o"/></userTask>',
        "Choose the role it is for",
    ),
}


@pytest.mark.parametrize(("step", "said"), LEFT.values(), ids=LEFT)
def test_what_cannot_be_carried_over_is_a_to_do(step: str, said: str) -> None:
    imported, _root = one(file(around(step)))
    assert any(t.element_id == "a" and said in t.message for t in imported.drafts[0].todos)
    assert imported.repairs


@pytest.mark.parametrize(
    "said",
    [
        'camunda:asyncBefore="true"',
        'camunda:exclusive="false"',
        'flowable:priority="5"',
    ],
)
def test_what_means_nothing_here_is_left_out_with_a_line(said: str) -> None:
    imported, root = one(file(around(f'<userTask id="a" {said}/>')))
    assert len(node(root, "a").attrib) == 1
    assert "of another engine" in words(imported)
    assert todos(imported) == ""


def test_listeners_go_with_what_they_said() -> None:
    listener = '<camunda:taskListener event="create" class="org.x.Mail"/>'
    step = f'<userTask id="a"><extensionElements>{listener}</extensionElements></userTask>'
    imported, _root = one(file(around(step)))
    assert "“taskListener” of another engine is left out: event=create class=org.x.Mail" in words(
        imported
    )


def test_mappings_become_ours() -> None:
    mapping = (
        '<camunda:inputOutput><camunda:inputParameter name="to">${lead}</camunda:inputParameter>'
        '<camunda:inputParameter name="odd"><camunda:list/></camunda:inputParameter>'
        '</camunda:inputOutput><camunda:in source="x" target="y"/><camunda:in variables="all"/>'
    )
    step = f'<callActivity id="a" calledElement="o"><extensionElements>{mapping}</extensionElements></callActivity>'
    imported, root = one(file(around(step)))
    made = zeebe(node(root, "a"), "ioMapping")
    assert made is not None
    assert [(m.get("source"), m.get("target")) for m in made] == [("=lead", "to"), ("=x", "y")]
    assert "The input “odd” came from" in todos(imported)
    assert "Say what goes into the called process" in todos(imported)


@pytest.mark.parametrize(
    ("said", "groups", "person"),
    [
        ("user(kim), group(staff)", "staff", None),
        ("staff, leads", "staff,leads", None),
        ("user(kim)", None, "kim"),
        ("${team}", "=team", None),
    ],
)
def test_owners_as_the_standard_writes_them(
    said: str, groups: str | None, person: str | None
) -> None:
    owner = (
        "<potentialOwner><resourceAssignmentExpression><formalExpression>"
        f"{said}</formalExpression></resourceAssignmentExpression></potentialOwner>"
    )
    _imported, root = one(file(around(f'<userTask id="a">{owner}</userTask>')))
    made = zeebe(node(root, "a"), "assignmentDefinition")
    assert made is not None
    assert (made.get("candidateGroups"), made.get("assignee")) == (groups, person)


REPEATS = {
    "a number": ("<loopCardinality>3</loopCardinality>", "", "=for i in 1..3 return i"),
    "no time at all": ("<loopCardinality>0</loopCardinality>", "", "=[]"),  # 1..0 counts down
    "a list": ("<loopDataInputRef>people</loopDataInputRef>", "", "=people"),
    "another engine's list": ("", 'camunda:collection="${people}"', "=people"),
    "its plain name": ("", 'camunda:collection="people"', "=people"),
}


@pytest.mark.parametrize(("inside", "said", "collection"), REPEATS.values(), ids=REPEATS)
def test_what_a_step_is_repeated_for(inside: str, said: str, collection: str) -> None:
    repeat = f"<multiInstanceLoopCharacteristics {said}>{inside}</multiInstanceLoopCharacteristics>"
    imported, root = one(file(around(f'<userTask id="a">{repeat}</userTask>')))
    (loop,) = root.iter("{*}loopCharacteristics")
    assert loop.get("inputCollection") == collection
    assert todos(imported) == ""


def test_what_tools_note_for_themselves_is_kept_with_one_note() -> None:
    meta = '<signavio:signavioMetaData metaKey="color" metaValue="red"/>'
    step = f'<userTask id="a"><extensionElements>{meta}</extensionElements></userTask>'
    imported, root = one(file(around(step)))
    assert len(list(root.iter("{http://www.signavio.com}*"))) == 1
    assert imported.runs
    assert "http://www.signavio.com" in words(imported)


def test_a_worker_of_a_send_task_is_a_service_task() -> None:
    worker = '<extensionElements><zeebe:taskDefinition type="mail"/></extensionElements>'
    imported, root = one(file(around(f'<sendTask id="a">{worker}</sendTask>')))
    assert node(root, "a").tag.endswith("serviceTask")
    assert todos(imported) == ""


def test_properties_that_nothing_here_reads_are_left_out_and_misspelt_ones_stay() -> None:
    said = "".join(
        f'<zeebe:property name="{name}" value="v"/>'
        for name in ("inbound.type", "sourse", "source")
    )
    theirs = '<camunda:properties><camunda:property name="risk" value="high"/></camunda:properties>'
    step = (
        f'<userTask id="a"><extensionElements><zeebe:properties>{said}</zeebe:properties>{theirs}'
        "</extensionElements></userTask>"
    )
    imported, root = one(file(around(step)))
    names = [
        each.get("name") for each in root.iter("{http://camunda.org/schema/zeebe/1.0}property")
    ]
    assert names == ["sourse", "source"]
    assert "The property “inbound.type” (“v”) is left out" in words(imported)
    assert "The property “risk” (“high”) is left out" in words(imported)
    assert "“sourse”" in todos(imported)


@pytest.mark.parametrize(
    ("step", "said", "left"),
    [
        ("userTask", '<zeebe:assignmentDefinition candidateUsers="ann,bob"/>', "ann,bob"),
        ("userTask", '<zeebe:formDefinition formKey="camunda-forms:bpmn:x"/>', "bpmn:x"),
        ("userTask", '<zeebe:formDefinition externalReference="http://f"/>', "http://f"),
        (
            "callActivity",
            '<zeebe:calledElement processId="q" propagateAllChildVariables="true"/>',
            "All facts came back",
        ),
    ],
)
def test_what_only_another_engine_does_with_our_extensions_is_left_to_do(
    step: str, said: str, left: str
) -> None:
    content = file(around(f'<{step} id="a"><extensionElements>{said}</extensionElements></{step}>'))
    imported, _root = one(content)
    assert left in todos(imported)
    assert "is left out" in words(imported)


def test_a_lawful_setting_that_does_nothing_is_noted() -> None:
    said = '<zeebe:taskSchedule dueDate="P3D" followUpDate="P1D"/>'
    step = f'<userTask id="a"><extensionElements>{said}</extensionElements></userTask>'
    imported, _root = one(file(around(step)))
    assert "a day to look at it again, which does nothing here" in words(imported)


def test_a_setting_that_nothing_here_reads_is_told_by_a_line() -> None:
    said = "<extensionElements><zeebe:taskHeaders><zeebe:header key='a' value='b'/></zeebe:taskHeaders>"
    said += "<zeebe:strange/><zeebe:userTask/></extensionElements>"
    imported, _root = one(file(around(f'<userTask id="a">{said}</userTask>')))
    notes = [note.words for note in imported.notes if note.rule == "not-read"]
    assert notes == [
        "It has headers for a worker, which does nothing here.",
        "It has “zeebe:strange”, which does nothing here.",
    ]
