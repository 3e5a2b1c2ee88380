"""What can go wrong with an expression."""

from app.errors import InvalidInput


class FeelSyntaxError(InvalidInput):
    """The text is not an expression. ``line`` and ``column`` count from 1."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(f"{message} (line {line}, column {column})")
        self.message = message
        self.line = line
        self.column = column


class Undefined(Exception):
    """One operation has no answer. The expression goes on with null; the reason is recorded."""


class LimitReached(Exception):
    """The evaluation asked for too much time or room. It ends at once, with null."""
