"""``earlyhelp run``: everything in one process, for one machine or a first look."""

import argparse
import dataclasses
import os
import sys
from pathlib import Path

from gunicorn.app.base import BaseApplication
from sqlalchemy import func, select

from app import db
from app.audit.record import use_key
from app.cases.registration import register_with_runtime
from app.cli.address import claim_address
from app.cli.database import empty_database, migrate_database
from app.cli.first_look import VAR, administrator_command
from app.cli.first_look import environment as environment_here
from app.config import Settings, database_url_from_environment
from app.definitions.areas import lay_out_areas
from app.definitions.versions import publish_folder
from app.demo.load import is_wanted, load_demo
from app.factory import create_app
from app.identity.models import User
from app.runtime.automatic import registered
from app.scheduler.worker import start_worker
from app.web.request_log import log_to

TICK_SECONDS = 1.0


def describe_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=5000)
    parser.add_argument("--host", default="127.0.0.1")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--demo", action="store_true", help="with fictional people and families")
    how.add_argument("--empty", action="store_true", help="without anybody (the default)")


def run(arguments: argparse.Namespace) -> int:
    """Bring the database up to date and serve the site, clocks included, until Ctrl-C."""
    claim_address(arguments.host, arguments.port)
    settings = _settings(arguments)
    prepare(settings)
    _say_where(settings, arguments)
    Server(settings, f"{arguments.host}:{arguments.port}").run()
    return 0


def describe_reset(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="do not ask")


def reset(arguments: argparse.Namespace) -> int:
    """Throw all data away; the next start begins anew."""
    if not arguments.yes and input("Throw all data away? Type yes: ").strip() != "yes":
        print("Nothing was changed.")
        return 1
    url = database_url_from_environment()
    file = Path(url.removeprefix("sqlite:///"))
    if url.startswith("sqlite:///"):
        for each in (file, file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm")):
            each.unlink(missing_ok=True)
    else:
        empty_database(url)
    print("The database is empty.")
    return 0


def prepare(settings: Settings) -> None:
    """Migrations, shipped processes, areas and, in demo mode, people and families; each once."""
    VAR.mkdir(exist_ok=True)
    migrate_database(settings.database_url)
    db.connect(settings.database_url)
    use_key(settings.secret_key)
    register_with_runtime()
    with db.transaction() as session:
        publish_folder(session, settings.processes_dir, task_types=registered())
        lay_out_areas(session)
    if settings.demo_mode and is_wanted():
        print("Making the demonstration families. This happens once and takes a moment …")
        sys.stdout.flush()
        print(f"{load_demo()} stories were played.")


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn with one process of threads and the scheduler beside them."""

    def __init__(self, settings: Settings, address: str) -> None:
        self._settings = settings
        self._address = address
        super().__init__()

    def load_config(self) -> None:
        self.cfg.set("bind", self._address)
        self.cfg.set("worker_class", "gthread")
        self.cfg.set("workers", 1)
        self.cfg.set("threads", 8)
        self.cfg.set("loglevel", "warning")
        self.cfg.set("post_worker_init", lambda _worker: start_worker(self._settings))

    def load(self) -> object:
        log_to((VAR / "requests.log").open("a", encoding="utf-8"))
        return create_app(self._settings)


def _settings(arguments: argparse.Namespace) -> Settings:
    """From the environment; what is missing gets the values of a machine for a first look."""
    environment = environment_here(make_secret=True)
    environment.setdefault("SECURE_COOKIES", "0")
    if arguments.demo:
        environment["DEMO_MODE"] = "1"
    address = f"http://{arguments.host}:{arguments.port}"
    environment.setdefault("PUBLIC_URL", address)
    settings = Settings.from_environment(environment)
    return dataclasses.replace(settings, tick_seconds=settings.tick_seconds or TICK_SECONDS)


def _say_where(settings: Settings, arguments: argparse.Namespace) -> None:
    address = f"http://{arguments.host}:{arguments.port}"
    print(f"\nEarly Help Pathways is at {address}  (Ctrl-C ends it)")
    if settings.demo_mode:
        print("Everybody in it is made up. Choose a person to sign in as, for example")
        print("  Hal      a family support worker with a list of tasks")
        print("  Viv      a supervisor with decisions waiting")
        print("  Bea      a process owner who may change the diagrams")
    else:
        with db.reading() as session:
            if not session.scalar(select(func.count()).select_from(User)):
                print(
                    "Nobody can sign in yet. Name the first administrator, in a second window, with"
                )
                print(f"  {administrator_command(address, os.environ)}")
    sys.stdout.flush()
