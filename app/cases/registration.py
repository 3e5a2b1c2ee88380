"""Answers the runtime's questions about cases. Called once by whoever puts the parts together."""

from app.cases.members import case_role, case_scope, case_standing
from app.runtime import hooks


def register_with_runtime() -> None:
    """From here on lanes such as ``case:lead`` find their person, and work finds its area."""
    hooks.register(case_role=case_role, case_scope=case_scope, case_standing=case_standing)
