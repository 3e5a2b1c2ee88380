"""Several pools in one file become one file for each process."""

from copy import deepcopy
from typing import cast

from lxml import etree

from app.engine.xml import BPMN, ZEEBE, Node, local
from app.importing.content import told
from app.importing.scope import Graph, steps
from app.importing.work import DIAGRAM, Work, called, everything

TOP = {
    "zeebe": ZEEBE[1:-1],
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
}


def split(work: Work) -> list[Node]:
    """One ``definitions`` for each process that draws anything. Diagrams are left to ``drawing``."""
    processes = list(work.root.iterfind(f"{BPMN}process"))
    drawn = [process for process in processes if steps(process)]
    for process in processes:
        if process not in drawn:
            _nothing_in(work, process)
        elif process.attrib.get("isExecutable", "true") != "true":
            process.set("isExecutable", "true")
            work.say(process, "single-process-executable", "It was marked as a drawing only.")
    if len(drawn) > 1:
        names = ", ".join(called(process) for process in drawn)
        work.say("", "split", f"The file draws {len(drawn)} processes: {names}. Each is a draft.")
    _pools(work, {str(process.get("id")) for process in drawn})
    shells = [_shell(work.root, process) for process in drawn]
    _shared(work, shells)
    for shell in shells:
        _tidy(work, shell)
    return shells


def _nothing_in(work: Work, process: Node) -> None:
    words = f"Nothing is drawn in the process {called(process)}. It is left out{told(process)}."
    work.drop(process, "single-process-executable", words, at=str(process.get("id")))


def _pools(work: Work, drawn: set[str]) -> None:
    """Every pool whose process is drawn stays with it; the others are named and left out."""
    seen: set[str] = set()
    for pool in list(work.root.iter(f"{BPMN}participant")):
        process_id = pool.get("processRef") or ""
        if process_id in drawn and process_id not in seen:
            seen.add(process_id)
            _name_process(work, pool, process_id)
            continue
        why = "is drawn twice" if process_id in seen else "has no steps in it"
        words = f"The pool {called(pool)} {why}. It is left out{told(pool)}."
        work.drop(pool, "black-box-pool", words, at=str(pool.get("id")))


def _name_process(work: Work, pool: Node, process_id: str) -> None:
    """A process without a name goes by the name of its pool."""
    name = " ".join((pool.get("name") or "").split())
    process = next(p for p in work.root.iterfind(f"{BPMN}process") if p.get("id") == process_id)
    if name and not process.get("name"):
        process.set("name", name)
        work.say(process, "named", f"The process had no name. It is called “{name}”, as its pool.")


def _prefixes(root: Node) -> dict[str, str]:
    """The prefixes of the file, as the stubs want them: the one without a name is one, too."""
    return cast("dict[str, str]", root.nsmap)


def _shell(root: Node, process: Node) -> Node:
    shell = etree.Element(root.tag, nsmap=TOP | _prefixes(root))
    for name, value in root.attrib.items():
        shell.set(name, value)
    shell.text, shell.tail = root.text, None
    pool = next(
        (p for p in root.iter(f"{BPMN}participant") if p.get("processRef") == process.get("id")),
        None,
    )
    if pool is not None:
        around = pool.getparent()
        collaboration = shell.makeelement(f"{BPMN}collaboration")
        for name, value in {} if around is None else around.attrib.items():
            collaboration.set(name, value)
        collaboration.set("id", str(around.get("id")) if around is not None else "collaboration")
        collaboration.append(pool)
        collaboration.tail = shell.text
        shell.append(collaboration)
    shell.append(process)
    return shell


def _shared(work: Work, shells: list[Node]) -> None:
    """Messages, errors and the like go where something refers to them, the rest to the first."""
    used = [_references(shell) for shell in shells]
    for node in list(work.root.iterchildren("*")):
        if node.tag == DIAGRAM or not shells:
            continue
        if local(node) == "collaboration":
            _artifacts(work, node, shells[0])
            if all(_own_pool(shell) is None for shell in shells):
                work.drop(node, "left-out", f"The frame around the pools is left out{told(node)}.")
            continue
        ids = {each.get("id") for each in everything(node)} - {None}
        homes = [shell for shell, names in zip(shells, used, strict=True) if ids & names]
        first = True
        for shell in homes or shells[:1]:
            shell.append(node if first else deepcopy(node))
            first = False


def _own_pool(shell: Node) -> Node | None:
    return shell.find(f"{BPMN}collaboration")


def _references(shell: Node) -> set[str]:
    return {str(value) for node in everything(shell) for value in node.attrib.values()}


def _artifacts(work: Work, collaboration: Node, shell: Node) -> None:
    """Notes that lie between the pools go with the first process."""
    process = shell.find(f"{BPMN}process")
    own = _own_pool(shell)
    home = process if own is None else own
    if home is None:
        return
    for child in list(collaboration.iterchildren("*")):
        if local(child) in {"textAnnotation", "association", "group"}:
            home.append(child)
        elif local(child) in {"documentation", "extensionElements"}:
            words = f"“{local(child)}” of the whole collaboration is left out{told(child)}."
            work.drop(child, "left-out", words)
    work.replaced(collaboration)


def _tidy(work: Work, shell: Node) -> None:
    """Lines and lanes that name what is not here any more."""
    ids = {str(node.get("id")) for node in everything(shell) if node.get("id")}
    lines = list(shell.iter(f"{BPMN}association"))
    while loose := [line for line in lines if not _ends_of(line) <= ids]:
        for line in loose:
            words = f"A dotted line led to something that is not here. It is left out{told(line)}."
            work.drop(line, "left-out", words)
            ids.discard(str(line.get("id")))  # lines may lead to lines
        lines = [line for line in lines if line not in loose]
    lost = [
        reference
        for reference in shell.iter(f"{BPMN}flowNodeRef")
        if (reference.text or "").strip() not in ids
    ]
    if lost:
        names = ", ".join(dict.fromkeys((node.text or "").strip() or "nothing" for node in lost))
        work.say("", "lane-refers", f"Lanes named what is no step here ({names[:200]}).")
    for reference in lost:
        work.forget(reference)


def _ends_of(line: Node) -> set[str]:
    return {str(line.get("sourceRef")), str(line.get("targetRef"))}


def write_bookkeeping(shell: Node, graph: Graph) -> None:
    """The lists of flows at each step, in files that have any."""
    if shell.find(f".//{BPMN}process") is None:
        return
    for scope in scopes_of(shell):
        for node in steps(scope):
            _lists(node, graph)


def scopes_of(shell: Node) -> list[Node]:
    return [
        node
        for process in shell.iterfind(f"{BPMN}process")
        for node in (process, *process.iter(f"{BPMN}subProcess"))
    ]


def _lists(node: Node, graph: Graph) -> None:
    for tag in ("incoming", "outgoing"):
        for child in node.findall(f"{BPMN}{tag}"):
            node.remove(child)
    first = ("documentation", "extensionElements", "auditing", "monitoring", "categoryValueRef")
    place = sum(1 for child in node.iterchildren("*") if local(child) in first)
    wanted = [("incoming", flow) for flow in graph.arriving(node)]
    wanted += [("outgoing", flow) for flow in graph.leaving(node)]
    for number, (tag, flow) in enumerate(wanted):
        made = node.makeelement(f"{BPMN}{tag}")
        made.text = str(flow.get("id"))
        node.insert(place + number, made)
