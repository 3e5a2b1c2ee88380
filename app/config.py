"""Settings, read once from the environment. The only reader of environment variables."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from app.errors import ConfigurationError

ROOT = Path(__file__).resolve().parent.parent
SHORTEST_SECRET = 32


@dataclass(frozen=True)
class Settings:
    """Everything that differs between one installation and another."""

    #: SQLAlchemy URL; SQLite file or PostgreSQL (psycopg).
    database_url: str = f"sqlite:///{ROOT / 'var' / 'earlyhelp.sqlite'}"
    #: Signs CSRF tokens and idempotency keys; never sessions (those are rows).
    secret_key: str = field(default="", repr=False)
    #: Where the shipped processes and area packs lie.
    processes_dir: Path = ROOT / "processes"
    #: One click chooses a person to sign in as. Never on where real families are.
    demo_mode: bool = False
    #: The council's name in the page header.
    council_name: str = "Examplebridge Council"
    #: The area pack new cases of this installation belong to when none is chosen.
    default_area: str = "starter"
    #: Seconds between two looks at the due timers; 0 runs no scheduler in this process.
    tick_seconds: float = 0.0
    #: Cookies only over HTTPS. Off only on a developer's own machine.
    secure_cookies: bool = True
    #: Host names this site answers to; empty means any (development only).
    trusted_hosts: tuple[str, ...] = ()
    #: Reverse proxies in front of the application.
    proxy_hops: int = 0
    smtp_host: str = ""
    smtp_port: int = 25
    mail_from: str = "early-help@example.org"
    #: Address people reach this site at; used in e-mail.
    public_url: str = "http://127.0.0.1:5000"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read the settings.

        Raises:
            ConfigurationError: a value cannot be used; the message names the variable.
        """
        demo = _flag(environment, "DEMO_MODE", default=False)
        return cls(
            database_url=database_url_from_environment(environment),
            secret_key=_secret(environment, demo=demo),
            processes_dir=Path(environment.get("PROCESSES_DIR") or cls.processes_dir),
            demo_mode=demo,
            council_name=environment.get("COUNCIL_NAME") or cls.council_name,
            default_area=environment.get("DEFAULT_AREA") or cls.default_area,
            tick_seconds=_number(environment, "TICK_SECONDS", cls.tick_seconds),
            secure_cookies=_flag(environment, "SECURE_COOKIES", default=True),
            trusted_hosts=tuple(environment.get("TRUSTED_HOSTS", "").split()),
            proxy_hops=int(_number(environment, "PROXY_HOPS", 0)),
            smtp_host=environment.get("SMTP_HOST", ""),
            smtp_port=int(_number(environment, "SMTP_PORT", cls.smtp_port)),
            mail_from=environment.get("MAIL_FROM") or cls.mail_from,
            public_url=environment.get("PUBLIC_URL") or cls.public_url,
        )


def database_url_from_environment(environment: Mapping[str, str] = os.environ) -> str:
    """Only the database, for commands that need no secret (migrations)."""
    return environment.get("DATABASE_URL") or Settings.database_url


def _secret(environment: Mapping[str, str], *, demo: bool) -> str:
    secret = environment.get("SECRET_KEY", "")
    if not secret and (path := environment.get("SECRET_KEY_FILE")):
        secret = Path(path).read_text(encoding="utf-8").strip()
    if not secret and demo:
        return secrets.token_hex(32)
    if len(secret) < SHORTEST_SECRET:
        raise ConfigurationError(
            f"SECRET_KEY must be at least {SHORTEST_SECRET} random characters "
            "(or name a file with it in SECRET_KEY_FILE)."
        )
    return secret


def _flag(environment: Mapping[str, str], name: str, *, default: bool) -> bool:
    value = environment.get(name, "").strip().lower()
    if value in ("", "1", "true", "yes", "on", "0", "false", "no", "off"):
        return value in ("1", "true", "yes", "on") if value else default
    raise ConfigurationError(f"{name} must be 1 or 0, not {value!r}.")


def _number(environment: Mapping[str, str], name: str, default: float) -> float:
    value = environment.get(name, "").strip()
    try:
        return float(value) if value else default
    except ValueError:
        raise ConfigurationError(f"{name} must be a number, not {value!r}.") from None
