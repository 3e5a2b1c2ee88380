"""The nodes of a requirements diagram."""

from dataclasses import dataclass, field

from app.decisions.types import ANYTHING, Type
from app.feel.syntax.node import Node


@dataclass(eq=False)
class Element:
    """A node of the requirements diagram.

    ``name`` is that of its variable, by which expressions know it; ``called`` that of the node.
    """

    id: str
    name: str
    type: Type = ANYTHING
    called: str = ""


@dataclass(eq=False)
class InputData(Element):
    """A value from outside."""


@dataclass(frozen=True)
class Need:
    """A requirement: the element, under the name of the import it comes from if it does."""

    element: Element
    imported_as: str = ""


@dataclass(eq=False)
class Decision(Element):
    """A decision; ``body`` is None when the model does not say how to decide."""

    body: Node | None = None
    needs: list[Need] = field(default_factory=list)
    line: int | None = None
    #: The steps that making it once costs; services make it again and again.
    cost: int = 1


@dataclass(eq=False)
class Knowledge(Element):
    """A business knowledge model: a function by name."""

    function: Node | None = None
    needs: list[Need] = field(default_factory=list)


@dataclass(eq=False)
class Service(Element):
    """A decision service: some decisions as one function.

    ``given`` are what it takes from outside: first its input data, then its input decisions.
    """

    outputs: list[Decision] = field(default_factory=list)
    given: list[Element] = field(default_factory=list)
