"""Fills an empty database with fictional people and families.

Families are not inserted: the real engine is run with scripted answers under a moved clock, so
that history, audit, clocks and diagrams are true.
"""

from app import db
from app.demo.families import play_families
from app.demo.people import add_people


def load_demo() -> None:
    """Load everything. Dates count from today; the same seed gives the same stories."""
    with db.transaction() as session:
        add_people(session)
    play_families()
