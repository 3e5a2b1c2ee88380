"""Bringing a database to the newest version, and back to nothing."""

import logging

from alembic import command
from alembic.config import Config

from app.config import ROOT


def migrate_database(url: str) -> None:
    """Run every migration that has not run yet."""
    command.upgrade(_configuration(url), "head")


def empty_database(url: str) -> None:
    """Undo every migration: all tables and all data go."""
    command.downgrade(_configuration(url), "base")


def _configuration(url: str) -> Config:
    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config(toml_file=ROOT / "pyproject.toml")
    config.attributes["database_url"] = url
    return config
