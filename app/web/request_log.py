"""One JSON line for each request, with opaque ids only: no names, no typed text, no addresses."""

import json
import logging
import secrets
import sys
import traceback
from datetime import UTC, datetime
from time import perf_counter
from typing import TextIO

from flask import Flask, Response, g, request

from app.web.access import signed_in

logger = logging.getLogger("earlyhelp.request")


def register(app: Flask) -> None:
    """Must be registered first, so that the clock starts before anything else."""

    @app.before_request
    def begin() -> None:
        g.began = perf_counter()

    @app.after_request
    def write_line(response: Response) -> Response:
        response.headers["X-Request-Id"] = request_id()
        if request.endpoint != "static":
            logger.info("request", extra={"fields": _fields(response)})
        return response


def request_id() -> str:
    """The reference people can quote; the same one is in the log."""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(6)
    found: str = g.request_id
    return found


def log_to(stream: TextIO = sys.stderr) -> None:
    """Write the whole application's log as JSON lines."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)


class JsonLines(logging.Formatter):
    """A line is one JSON object, so a line break or a colour code in a value stays harmless."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update(getattr(record, "fields", {}))
        if record.exc_info and record.exc_info[0] is not None:
            # not the exception's words: they can quote what a person typed
            line["exception"] = record.exc_info[0].__name__
            frames = traceback.extract_tb(record.exc_info[2])
            line["frames"] = [f"{f.filename}:{f.lineno} {f.name}" for f in frames]
        return json.dumps(line, default=str)


def _fields(response: Response) -> dict[str, object]:
    visitor = signed_in() if "_login_user" in g else None
    return {
        "request": request_id(),
        "method": request.method,
        "route": request.url_rule.rule if request.url_rule else None,
        "endpoint": request.endpoint,
        "ids": {k: v for k, v in (request.view_args or {}).items() if isinstance(v, int)},
        "status": response.status_code,
        "ms": round((perf_counter() - g.get("began", perf_counter())) * 1000, 1),
        "user": visitor.user.id if visitor else None,
    }
