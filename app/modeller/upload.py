"""A .bpmn file from somewhere else becomes a draft, or is refused with reasons."""

import re

from sqlalchemy.orm import Session

from app.definitions.live import effective_processes
from app.engine.errors import DiagramRefused, Finding
from app.engine.xml import read
from app.errors import InvalidInput, NotAllowed
from app.identity.models import User
from app.modeller import drafts
from app.modeller.drawing import Sketch, sketch
from app.modeller.models import Draft
from app.modeller.reach import Reach

LONGEST_ID = 120
#: What leaves a drawing without names to hold on to; everything else can be put right in a draft.
NAMELESS = frozenset({"element-has-id", "id-unique", "flow-has-id", "single-process-executable"})
_DECLARED = re.compile(r"""(<\?xml[^>]*?encoding\s*=\s*["'])([^"']*)(["'])""")


class UploadRefused(InvalidInput):
    """This file cannot be opened. ``reasons`` says where and why."""

    def __init__(self, *reasons: Finding) -> None:
        self.reasons = reasons
        super().__init__("; ".join(reason.message for reason in reasons))


def upload(session: Session, reach: Reach, user: User, *, pack: str, content: bytes) -> Draft:
    """A new draft from a file.

    Raises:
        UploadRefused: it cannot be read, or its parts have no ids of their own.
        NotAllowed: the person does not work with this pack.
    """
    if not reach.sees(pack):
        raise NotAllowed("You can only add processes to the areas you work in.")
    text = as_text(content)
    process_id = _process_id(text)
    based_on = effective_processes(session, pack).get(process_id)
    return drafts.add(session, user, pack=pack, process_id=process_id, based_on=based_on, xml=text)


def as_text(content: bytes) -> str:
    """The file as text that says of itself that it is UTF-8, whatever it was before.

    Raises:
        UploadRefused: it is not the text of a BPMN file.
    """
    if not content.strip():
        raise UploadRefused(Finding("", "empty", "The file is empty."))
    try:
        read(content)
    except DiagramRefused as error:
        raise UploadRefused(*error.findings) from error
    body = content.removeprefix(b"\xef\xbb\xbf")
    declared = _DECLARED.match(body[:200].decode("latin-1"))
    try:
        text = body.decode(declared[2] if declared else "utf-8")
        return drafts.checked(_DECLARED.sub(r"\1UTF-8\3", text, count=1))
    except UnicodeDecodeError as error:
        raise UploadRefused(Finding("", "encoding", "Save the file as UTF-8.")) from error


def _process_id(text: str) -> str:
    found = _sketched(text)
    nameless = [fault for fault in found.faults if fault.rule in NAMELESS]
    if nameless:
        raise UploadRefused(*nameless)
    processes = found.drawing.processes
    if len(processes) != 1:
        message = f"The file draws {len(processes)} processes. Keep one in each file."
        raise UploadRefused(Finding("", "single-process-executable", message))
    if len(processes[0].id) > LONGEST_ID:
        message = f"The id of the process is longer than {LONGEST_ID} letters."
        raise UploadRefused(Finding(processes[0].id[:LONGEST_ID], "id-length", message))
    return processes[0].id


def _sketched(text: str) -> Sketch:
    try:
        return sketch(text)
    except DiagramRefused as error:
        raise UploadRefused(*error.findings) from error
