"""What a part said, for the line that tells that it is gone: settings and texts, of all that is in it."""

from app.engine.xml import BPMN, Node, local
from app.importing.work import everything

LONGEST = 2_000
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"


def content(node: Node) -> str:
    """``event=start class=org.x.Mail; field name=to stringValue=ann``; empty when it says nothing.

    Ids of parts of the standard are in the line's ``left_out``; those of other tools' parts are
    what their values are called by, and are told.
    """
    told = [_own(part) for part in everything(node)]
    said = [_settings(node), *(each for each in told[1:] if each)]
    text = "; ".join(filter(None, said))
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def told(node: Node) -> str:
    """The same behind a colon, to end a line with."""
    said = content(node)
    return f": {said}" if said else ""


def _own(node: Node) -> str:
    """A part within, by its tag; empty when only what is in it says something."""
    said = _settings(node)
    return f"{local(node)} {said}" if said else ""


def _settings(node: Node) -> str:
    ours = node.tag.startswith(BPMN)
    said = [
        f"{name.rpartition('}')[2]}={' '.join(str(value).split())}"
        for name, value in ((str(n), v) for n, v in node.attrib.items())
        if not (name.startswith(XSI) or (ours and name == "id")) and str(value).strip()
    ]
    texts = (node.text, *(child.tail for child in node))
    return " ".join([*said, *(" ".join(text.split()) for text in texts if text and text.strip())])
