"""Decisions: DMN models over ``app.feel``. Pure."""

from app.decisions.errors import DmnRefused
from app.decisions.model import Model
from app.decisions.reading import parse
from app.decisions.results import DecisionResult, FiredRule
from app.decisions.unclear import Unclear, unclear

__all__ = [
    "DecisionResult",
    "DmnRefused",
    "FiredRule",
    "Model",
    "Unclear",
    "parse",
    "unclear",
]
