"""Turns a queued message into an e-mail. A template's first line is its subject."""

from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.outbox.models import OutboxMessage

TEMPLATES = Path(__file__).parent / "templates"
#: Plain text: nothing to escape, and nothing a mail program could run.
_letters = Environment(
    loader=FileSystemLoader(TEMPLATES),
    undefined=StrictUndefined,
    autoescape=False,  # noqa: S701  text/plain
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def written(template: str, payload: Mapping[str, Any]) -> tuple[str, str]:
    """Subject and text.

    Raises:
        jinja2.TemplateError: no such template, or the payload lacks something it names.
    """
    subject, _, text = _letters.get_template(f"{template}.txt").render(payload).partition("\n")
    # a line break in a value must not become a header of its own
    return " ".join(subject.split()), text.strip() + "\n"


def as_email(message: OutboxMessage, *, sender: str, site: str = "") -> EmailMessage:
    """The same message gives the same Message-ID each time, so receivers can tell repeats.

    ``site`` is where people reach this site; a link such as ``/tasks/7`` is completed with it.
    """
    subject, text = written(message.template, _with_whole_link(message.payload, site))
    email = EmailMessage()
    email["From"] = sender
    email["To"] = message.to
    email["Subject"] = subject
    email["Date"] = format_datetime(message.queued_at)
    email["Message-ID"] = f"<{message.key}@{sender.rsplit('@', maxsplit=1)[-1]}>"
    email["Auto-Submitted"] = "auto-generated"
    email.set_content(text)
    return email


def _with_whole_link(payload: Mapping[str, Any], site: str) -> Mapping[str, Any]:
    link = str(payload.get("link", ""))
    return {**payload, "link": site.rstrip("/") + link} if link.startswith("/") else payload
