"""Whoever started a process, as other engines name them, is a part in the case here."""

import re

from app.engine.xml import BPMN, Node

STARTER = "case:initiator"
_FIXED = frozenset(("$INITIATOR", "INITIATOR"))
_NAME = re.compile(r"[$#]\{\s*([A-Za-z_]\w*)\s*\}")
#: What such a name is called where the file does not say that it is one.
_LIKELY = frozenset(("initiator", "starter", "startuser", "startuserid", "authenticateduserid"))


def starters(root: Node) -> frozenset[str]:
    """The names under which the start events keep who started it: ``camunda:initiator``."""
    return frozenset(
        str(value).strip()
        for start in root.iter(f"{BPMN}startEvent")
        for name, value in start.attrib.items()
        if str(name).endswith("}initiator")
    )


def is_starter(names: frozenset[str], text: str) -> bool:
    """Whether ``text``, as a person, is whoever started it."""
    found = _NAME.fullmatch(text.strip())
    return text.strip() in _FIXED or (found is not None and found[1] in names | _FIXED)


def may_be_starter(names: frozenset[str], text: str) -> bool:
    """Whether it looks so, and the file does not say it."""
    found = _NAME.fullmatch(text.strip())
    return found is not None and found[1].lower() in _LIKELY and not is_starter(names, text)
