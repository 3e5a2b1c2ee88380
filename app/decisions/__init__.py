"""Decisions: DMN models over ``app.feel``. Pure."""

from app.decisions.errors import DmnRefused
from app.decisions.model import Model
from app.decisions.reading import parse
from app.decisions.results import DecisionResult, FiredRule

__all__ = ["DecisionResult", "DmnRefused", "FiredRule", "Model", "parse"]
