"""Small diagrams for tests, written as Python: ``bpmn(process("p", start(), user("a"), …))``.

Every function gives a piece of XML. Flows are written as chains, ``flow("start > a > end")``; a
flow's id is its ends joined by an underscore.
"""

import itertools
from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

SPACES = (
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)


def bpmn(*parts: str, messages: Mapping[str, str | None] | None = None) -> bytes:
    """A file. ``messages`` gives each message its correlation key; its id is its name."""
    known = "".join(
        f'<bpmn:message id="{name}" name="{name}">'
        + (extensions(subscription=key) if key else "")
        + "</bpmn:message>"
        for name, key in (messages or {}).items()
    )
    text = f'<bpmn:definitions {SPACES} id="file" targetNamespace="t">{known}{"".join(parts)}'
    return f"{text}</bpmn:definitions>".encode()


def process(process_id: str, *parts: str, name: str = "") -> str:
    named = f" name={quoteattr(name)}" if name else ""
    return (
        f'<bpmn:process id="{process_id}"{named} isExecutable="true">'
        f"{''.join(parts)}</bpmn:process>"
    )


def simple(*parts: str, messages: Mapping[str, str | None] | None = None) -> bytes:
    """A file with the one process ``p``, which begins at ``start`` and ends at ``end``."""
    return bpmn(process("p", start(), end(), *parts), messages=messages)


def flow(chain: str, condition: str = "", *, flow_id: str = "", name: str = "") -> str:
    found = ""
    ids = [part.strip() for part in chain.split(">")]
    for source, target in itertools.pairwise(ids):
        inside = (
            f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{escape(condition)}'
            "</bpmn:conditionExpression>"
            if condition
            else ""
        )
        found += (
            f'<bpmn:sequenceFlow id="{flow_id or f"{source}_{target}"}" name={quoteattr(name)} '
            f'sourceRef="{source}" targetRef="{target}">{inside}</bpmn:sequenceFlow>'
        )
    return found


def extensions(  # noqa: C901 - one branch for each extension element
    *,
    form: str = "",
    groups: str = "",
    assignee: str = "",
    due: str = "",
    task_type: str = "",
    script: tuple[str, str] | None = None,
    decision: tuple[str, str] | None = None,
    called: str = "",
    subscription: str = "",
    inputs: Mapping[str, str] | None = None,
    outputs: Mapping[str, str] | None = None,
    properties: Mapping[str, str] | None = None,
    loop: Mapping[str, str] | None = None,
) -> str:
    said = ""
    if form:
        said += f"<zeebe:formDefinition formId={quoteattr(form)}/>"
    if groups or assignee:
        said += "<zeebe:assignmentDefinition"
        said += f" candidateGroups={quoteattr(groups)}" if groups else ""
        said += f" assignee={quoteattr(assignee)}" if assignee else ""
        said += "/>"
    if due:
        said += f"<zeebe:taskSchedule dueDate={quoteattr(due)}/>"
    if task_type:
        said += f"<zeebe:taskDefinition type={quoteattr(task_type)}/>"
    if script:
        said += (
            f"<zeebe:script expression={quoteattr(script[0])} "
            f"resultVariable={quoteattr(script[1])}/>"
        )
    if decision:
        said += (
            f"<zeebe:calledDecision decisionId={quoteattr(decision[0])} "
            f"resultVariable={quoteattr(decision[1])}/>"
        )
    if called:
        said += f"<zeebe:calledElement processId={quoteattr(called)}/>"
    if subscription:
        said += f"<zeebe:subscription correlationKey={quoteattr(subscription)}/>"
    if inputs or outputs:
        said += "<zeebe:ioMapping>"
        for tag, mapping in (("input", inputs or {}), ("output", outputs or {})):
            for target, source in mapping.items():
                said += f"<zeebe:{tag} source={quoteattr(source)} target={quoteattr(target)}/>"
        said += "</zeebe:ioMapping>"
    if properties:
        said += "<zeebe:properties>"
        for name, value in properties.items():
            said += f"<zeebe:property name={quoteattr(name)} value={quoteattr(value)}/>"
        said += "</zeebe:properties>"
    if loop:
        attributes = " ".join(f"{name}={quoteattr(value)}" for name, value in loop.items())
        said += f"<zeebe:loopCharacteristics {attributes}/>"
    return f"<bpmn:extensionElements>{said}</bpmn:extensionElements>" if said else ""


def node(tag: str, element_id: str, inside: str = "", *, name: str = "", **attributes: str) -> str:
    said = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items() if value)
    named = f" name={quoteattr(name)}" if name else ""
    return f'<bpmn:{tag} id="{element_id}"{named}{said}>{inside}</bpmn:{tag}>'


def start(element_id: str = "start", inside: str = "") -> str:
    return node("startEvent", element_id, inside)


def end(element_id: str = "end", inside: str = "") -> str:
    return node("endEvent", element_id, inside)


def user(element_id: str, *more: str, name: str = "", **said: object) -> str:
    return node("userTask", element_id, _said(said) + "".join(more), name=name)


def service(element_id: str, task_type: str, *more: str, **said: object) -> str:
    return node("serviceTask", element_id, _said({**said, "task_type": task_type}) + "".join(more))


def script(element_id: str, expression: str, variable: str) -> str:
    return node("scriptTask", element_id, extensions(script=(expression, variable)))


def rule(element_id: str, decision: str, variable: str, **said: object) -> str:
    asks = {**said, "decision": (decision, variable)}
    return node("businessRuleTask", element_id, _said(asks))


def call(element_id: str, called: str, *more: str, **said: object) -> str:
    return node("callActivity", element_id, _said({**said, "called": called}) + "".join(more))


def sub(element_id: str, *parts: str, said: str = "") -> str:
    return node("subProcess", element_id, said + "".join(parts))


def xor(element_id: str, default: str = "", *, name: str = "", **properties: str) -> str:
    """An exclusive gateway. Keywords such as ``role`` become ``signOff.role``."""
    said = extensions(properties={f"signOff.{key}": value for key, value in properties.items()})
    return node("exclusiveGateway", element_id, said, name=name, default=default)


def parallel(element_id: str) -> str:
    return node("parallelGateway", element_id)


def race(element_id: str) -> str:
    return node("eventBasedGateway", element_id)


def timer(kind: str, text: str) -> str:
    tag = {"date": "timeDate", "duration": "timeDuration", "cycle": "timeCycle"}[kind]
    return (
        f'<bpmn:timerEventDefinition><bpmn:{tag} xsi:type="bpmn:tFormalExpression">'
        f"{escape(text)}</bpmn:{tag}></bpmn:timerEventDefinition>"
    )


def message(name: str) -> str:
    return f'<bpmn:messageEventDefinition messageRef="{name}"/>'


def catch(element_id: str, definition: str, **said: object) -> str:
    return node("intermediateCatchEvent", element_id, _said(said) + definition)


def throw(element_id: str, definition: str = "", **said: object) -> str:
    return node("intermediateThrowEvent", element_id, _said(said) + definition)


def boundary(
    element_id: str, host: str, definition: str, *, interrupting: bool = True, **said: object
) -> str:
    return node(
        "boundaryEvent",
        element_id,
        _said(said) + definition,
        attachedToRef=host,
        cancelActivity=str(interrupting).lower(),
    )


def repeated(
    collection: str,
    element: str = "",
    *,
    sequential: bool = False,
    into: tuple[str, str] | None = None,
    until: str = "",
) -> str:
    """The multi-instance marker; ``into`` names output collection and output element."""
    loop = {"inputCollection": collection}
    if element:
        loop["inputElement"] = element
    if into:
        loop |= {"outputCollection": into[0], "outputElement": into[1]}
    condition = (
        f"<bpmn:completionCondition>{escape(until)}</bpmn:completionCondition>" if until else ""
    )
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">'
        f"{extensions(loop=loop)}{condition}</bpmn:multiInstanceLoopCharacteristics>"
    )


def _said(said: Mapping[str, object]) -> str:
    return extensions(**said)  # type: ignore[arg-type]  # keywords are those of extensions()
