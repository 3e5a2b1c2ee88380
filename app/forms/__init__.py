"""Forms written as form-js JSON: read, filled in, checked. Pure."""

from app.forms.bound import Problem
from app.forms.form import DraftTooLarge, Form
from app.forms.load import load
from app.forms.model import Choice, Field, Kind, Repeat
from app.forms.refusal import FormRefused, Reason
from app.forms.view import Block, BoundForm

__all__ = [
    "Block",
    "BoundForm",
    "Choice",
    "DraftTooLarge",
    "Field",
    "Form",
    "FormRefused",
    "Kind",
    "Problem",
    "Reason",
    "Repeat",
    "load",
]
