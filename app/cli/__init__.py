"""The command ``earlyhelp``. Each subcommand is one small function; its docstring is its help."""

import argparse
import sys
from collections.abc import Callable, Sequence

from app import db
from app.accounts.first_administrator import create_first_administrator
from app.audit.record import use_key
from app.audit.verify import verify
from app.cli import check, serve, support, tck
from app.cli.database import migrate_database
from app.cli.first_look import environment
from app.config import Settings, database_url_from_environment
from app.errors import AppError

Arguments = argparse.Namespace
#: Does the work and returns the exit code.
Command = Callable[[Arguments], int]
#: Adds the command's own arguments.
Describe = Callable[[argparse.ArgumentParser], None]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand; returns its exit code."""
    parser = argparse.ArgumentParser(prog="earlyhelp", description="Early Help Pathways")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, (run, describe) in COMMANDS.items():
        summary = (run.__doc__ or "").strip().splitlines()[0]
        command = commands.add_parser(name, help=summary, description=run.__doc__)
        describe(command)
        command.set_defaults(run=run)
    arguments = parser.parse_args(argv)
    try:
        code: int = arguments.run(arguments)
    except AppError as error:
        print(error, file=sys.stderr)
        return 1
    return code


def migrate(_arguments: Arguments) -> int:
    """Bring the database to the newest version."""
    migrate_database(database_url_from_environment())
    return 0


def create_administrator(arguments: Arguments) -> int:
    """Print a one-time link for the first administrator of a new installation."""
    settings = _installed()
    with db.transaction() as session:
        secret = create_first_administrator(
            session,
            name=arguments.name,
            sign_in_name=arguments.sign_in_name,
            email=arguments.email,
        )
    print(f"Open this link within 24 hours to choose a password for {arguments.sign_in_name}:")
    print(f"{settings.public_url.rstrip('/')}/choose-password/{secret}")
    return 0


def verify_audit(_arguments: Arguments) -> int:
    """Check that nobody changed the audit trail; exit code 1 when somebody did."""
    _installed()
    with db.reading() as session:
        breaks = verify(session)
    for found in breaks:
        print(f"{found.chain}, event {found.position}: {found.reason}")
    print("The audit trail is whole." if not breaks else f"{len(breaks)} problems found.")
    return 1 if breaks else 0


def _installed() -> Settings:
    settings = Settings.from_environment(environment())
    db.connect(settings.database_url)
    use_key(settings.secret_key)
    return settings


def _nothing(_parser: argparse.ArgumentParser) -> None:
    """For commands without arguments."""


def _describe_administrator(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sign_in_name", metavar="SIGN-IN-NAME")
    parser.add_argument("email", metavar="E-MAIL")
    parser.add_argument("name", metavar="NAME", help='full name, e.g. "Fern Hale"')


COMMANDS: dict[str, tuple[Command, Describe]] = {
    "run": (serve.run, serve.describe_run),
    "reset": (serve.reset, serve.describe_reset),
    "check": (check.run, check.describe),
    "support": (support.run, support.describe),
    "tck": (tck.run, tck.describe),
    "migrate": (migrate, _nothing),
    "create-administrator": (create_administrator, _describe_administrator),
    "verify-audit": (verify_audit, _nothing),
}
