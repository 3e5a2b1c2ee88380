"""A child process that may not have more than its share of memory and time."""

import json
import resource
import subprocess
import sys
from typing import Any

from app.config import ROOT

MEMORY = 1_200 * 1024 * 1024
"""Python with all that the application imports takes about a third of it."""


def limit_this_process(seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def in_child(module: str, *arguments: object, seconds: int) -> dict[str, Any]:
    """What ``python -m module`` printed as JSON, or how it died."""
    ran = subprocess.run(
        [sys.executable, "-m", module, *map(str, arguments), str(seconds)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        return {"died": f"exit code {ran.returncode}: {ran.stderr.strip()[-400:]}"}
    found: dict[str, Any] = json.loads(ran.stdout)
    return found
