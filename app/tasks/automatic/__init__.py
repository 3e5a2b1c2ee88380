"""What service tasks of the diagrams do. Importing this package registers every step by name.

A step reads narrative from stored form documents and returns the few facts the diagram asks for.
"""

from app.tasks.automatic import (
    concern,
    consent,
    front_door,
    meetings,
    notify,
    panel,
    planning,
    stages,
)

__all__ = [
    "concern",
    "consent",
    "front_door",
    "meetings",
    "notify",
    "panel",
    "planning",
    "stages",
]
