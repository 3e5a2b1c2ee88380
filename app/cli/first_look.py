"""What a machine for a first look goes by where nobody set anything: its own secret and address.

The server makes the secret and keeps it; the other commands find it there. Where a council runs
the site the settings say both.
"""

import os
import secrets
from collections.abc import Mapping

from app.config import ROOT, Settings

VAR = ROOT / "var"


def environment(*, make_secret: bool = False) -> dict[str, str]:
    """The environment, with the secret of this machine where none is set and one was made.

    Args:
        make_secret: if there is none yet. Kept, so that forms and the audit trail survive a restart.
    """
    found = dict(os.environ)
    if found.get("SECRET_KEY") or found.get("SECRET_KEY_FILE"):
        return found
    file = VAR / "secret"
    if make_secret and not file.exists():
        VAR.mkdir(exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_hex(32), encoding="utf-8")
    if file.exists():
        found["SECRET_KEY"] = file.read_text(encoding="utf-8").strip()
    return found


def administrator_command(address: str, given: Mapping[str, str]) -> str:
    """What to type in a second window, so that it is about this site and its link leads here."""
    settings = []
    if given.get("DATABASE_URL"):
        settings.append("DATABASE_URL=…")  # it can hold a password
    if not given.get("PUBLIC_URL") and address != Settings.public_url:
        settings.append(f"PUBLIC_URL={address}")
    command = '.venv/bin/earlyhelp create-administrator SIGN-IN-NAME E-MAIL "FULL NAME"'
    return " ".join([*settings, command])
