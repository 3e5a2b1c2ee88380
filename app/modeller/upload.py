"""A .bpmn file from somewhere else becomes drafts, or is refused with reasons."""

from sqlalchemy.orm import Session

from app.definitions.live import effective_processes
from app.engine.errors import DiagramRefused, Finding
from app.errors import InvalidInput, NotAllowed
from app.identity.models import User
from app.importing.imported import Imported, import_file
from app.modeller import drafts
from app.modeller.drafts import DrawingRefused
from app.modeller.models import Draft
from app.modeller.origin import keep_origin
from app.modeller.reach import Reach

LONGEST_FILE_NAME = 100


class UploadRefused(InvalidInput):
    """This file cannot be opened. ``reasons`` says where and why."""

    def __init__(self, *reasons: Finding) -> None:
        self.reasons = reasons
        super().__init__("; ".join(reason.message for reason in reasons))


def upload(
    session: Session, reach: Reach, user: User, *, pack: str, content: bytes, file: str = ""
) -> list[Draft]:
    """New drafts from a file, one for each process in it.

    Raises:
        UploadRefused: there is no draft to be had from it.
        NotAllowed: the person does not work with this pack.
    """
    if not reach.sees(pack):
        raise NotAllowed("You can only add processes to the areas you work in.")
    imported = _imported(content)
    live = effective_processes(session, pack)
    made = [
        drafts.add(
            session,
            user,
            pack=pack,
            process_id=draft.process_id,
            based_on=live.get(draft.process_id),
            xml=_checked(draft.xml),
        )
        for draft in imported.drafts
    ]
    keep_origin(made, file[:LONGEST_FILE_NAME], imported)
    return made


def _imported(content: bytes) -> Imported:
    try:
        return import_file(content)
    except DiagramRefused as error:
        raise UploadRefused(*error.findings) from error


def _checked(xml: str) -> str:
    try:
        return drafts.checked(xml)
    except DrawingRefused as error:
        raise UploadRefused(Finding("", "too-large", str(error))) from error
