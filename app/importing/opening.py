"""From bytes to a tree: encodings, namespaces and headers as tools really write them."""

import codecs
import re
from dataclasses import dataclass, field

from lxml import etree

from app.engine.errors import DiagramRefused, Finding
from app.engine.xml import BPMN, MAX_BYTES, NO_DIAGRAM, Node, broken, local
from app.importing.work import Line

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\x00?\x00", "utf-16-le"),
    (b"\x00<\x00?", "utf-16-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
"""How a file begins that is not one byte a letter; the longer marks first."""
SAFE_ENCODING = re.compile(
    r"utf-?(8|16|16-?[lb]e)|us-ascii|ascii|latin-?1|iso[-_]?8859[-_]\d+|windows-?\d+|cp\d+|"
    r"koi8-[ru]|big5|gb\w+|shift[-_]?jis|euc[-_]\w+|mac[-_]?roman",
    re.IGNORECASE,
)
DECLARATION = re.compile(r"""\s*<\?xml\b[^>]*?\?>""")
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']""")
_UNDECLARED = re.compile(r"Namespace prefix ([\w.-]+) ")
_DOCTYPE = re.compile(r"<!(DOCTYPE|ENTITY)")
NAMESPACES = {
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "bpmn": BPMN[1:-1],
    "bpmn2": BPMN[1:-1],
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "omgdc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
    "omgdi": "http://www.omg.org/spec/DD/20100524/DI",
    "camunda": "http://camunda.org/schema/1.0/bpmn",
    "zeebe": "http://camunda.org/schema/zeebe/1.0",
    "activiti": "http://activiti.org/bpmn",
    "flowable": "http://flowable.org/bpmn",
    "operaton": "http://operaton.org/schema/1.0/bpmn",
    "drools": "http://www.jboss.org/drools",
}
"""What prefixes mean that a file uses without saying so."""
KNOWN_OTHERS = {
    "xpdl": "This is an XPDL file. Save it as BPMN 2.0.",
    "dmn": "This is a decision table (DMN), not a diagram. Put it into the folder of tables.",
    "cmmn": "This is a case plan (CMMN), not a BPMN diagram.",
    "xmi": "This is a UML model (XMI). Save it as BPMN 2.0.",
}


@dataclass(frozen=True)
class Opened:
    """``text`` is the file as UTF-8 text without its XML declaration; ``root`` was read from it."""

    text: str
    root: Node
    lines: list[Line] = field(default_factory=list)


def open_file(content: bytes) -> Opened:
    """Read a file that a stranger wrote.

    Raises:
        DiagramRefused: there is no BPMN diagram to be had from it; the words say why and where.
    """
    if len(content) > MAX_BYTES:
        raise _refused("too-large", f"The file is larger than {MAX_BYTES // 1_000_000} MB.")
    if not content.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"):
        raise _refused("empty", "The file is empty.")
    lines: list[Line] = []
    text = DECLARATION.sub("", _decoded(content, lines).lstrip("\ufeff"), count=1).lstrip()
    if not text.startswith("<"):
        raise _refused("not-xml", NO_DIAGRAM)
    found = _DOCTYPE.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        message = f"Near line {line} the file contains a {found[1]}, which a diagram never needs."
        raise _refused("doctype", message)
    text, root = _read(text, lines)
    if root.tag != f"{BPMN}definitions":
        text, root = _in_our_namespace(text, root, lines)
    return Opened(text, root, lines)


def _decoded(content: bytes, lines: list[Line]) -> str:
    if content.startswith(b"PK\x03\x04"):
        message = (
            "This cannot be read: it is an archive (such as a Visio or Bizagi file), not XML. "
            "Export the diagram as BPMN 2.0."
        )
        raise _refused("not-xml", message)
    declared = _ENCODING.match(content)
    encoding = declared[1].decode("latin-1") if declared else "utf-8"
    encoding = next((name for mark, name in MARKS if content.startswith(mark)), encoding)
    if not SAFE_ENCODING.fullmatch(encoding) and encoding not in {n for _mark, n in MARKS}:
        raise _refused("encoding", f"We cannot read “{encoding[:40]}”. Save the file as UTF-8.")
    try:
        text = content.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        if b"\x00" in content:
            raise _refused("encoding", "Save the file as UTF-8.") from None
        text = content.decode("cp1252", errors="replace")
        words = f"The file says it is {encoding} and is not. It was read as Windows text."
        lines.append(Line("", "encoding", words))
    if "\x00" in text:
        raise _refused(
            "encoding", "The file contains what no text contains. Save the file as UTF-8."
        )
    return text


def _read(text: str, lines: list[Line]) -> tuple[str, Node]:
    """The tree; prefixes that the file uses and does not declare are declared."""
    for _ in range(20):
        try:
            return text, _parsed(text)
        except etree.XMLSyntaxError as error:
            undeclared = _UNDECLARED.match(str(error))
            if undeclared is None:
                raise broken(error) from error
            prefix = undeclared[1]
            space = NAMESPACES.get(prefix, f"urn:undeclared:{prefix}")
            text, done = re.subn(
                r"<([A-Za-z_][\w.:-]*)", rf'<\1 xmlns:{prefix}="{space}"', text, count=1
            )
            if not done:
                raise broken(error) from error
            lines.append(Line("", "prefix", f"The prefix “{prefix}” was used and not declared."))
        except ValueError as error:
            raise _refused("not-xml", f"The file cannot be read: {error}.") from error
    raise _refused("not-xml", "The file cannot be read: too many prefixes are not declared.")


def _parsed(text: str) -> Node:
    parser = etree.XMLParser(
        encoding="utf-8",  # or a second declaration could name one in which a DOCTYPE hides
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        strip_cdata=False,
    )
    return etree.fromstring(text.encode(), parser)


def _in_our_namespace(text: str, root: Node, lines: list[Line]) -> tuple[str, Node]:
    """Drafts of the standard, and files that forgot to say what they are, mean the same thing."""
    space = etree.QName(root).namespace or ""
    for word, message in KNOWN_OTHERS.items():
        if word in space.lower():
            raise _refused("not-bpmn", message)
    process = next(
        (c for c in root.iterchildren("*") if local(c) in {"process", "collaboration"}), None
    )
    if local(root) != "definitions" or process is None:
        raise _refused("not-bpmn", "This is not a BPMN 2.0 diagram.")
    if space:
        text = text.replace(f'"{space}"', f'"{BPMN[1:-1]}"').replace(
            f"'{space}'", f'"{BPMN[1:-1]}"'
        )
        words = f"The file is written for “{space}”. It was read as BPMN 2.0."
    else:
        text = re.sub(r"<definitions\b", f'<definitions xmlns="{BPMN[1:-1]}"', text, count=1)
        words = "The file does not say that it is BPMN. It was read as BPMN 2.0."
    lines.append(Line("", "namespace", words))
    text, root = _read(text, lines)
    if root.tag != f"{BPMN}definitions":
        raise _refused("not-bpmn", "This is not a BPMN 2.0 diagram.")
    return text, root


def _refused(rule: str, message: str) -> DiagramRefused:
    return DiagramRefused((Finding("", rule, message),))
