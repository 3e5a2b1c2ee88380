"""Why a decision model cannot be used."""

from app.errors import InvalidInput


class DmnRefused(InvalidInput):
    """The file is not a decision model this system can use."""

    def __init__(
        self, message: str, element_id: str | None = None, line: int | None = None
    ) -> None:
        where = [f"element {element_id}"] if element_id else []
        where += [f"line {line}"] if line else []
        super().__init__(f"{message} ({', '.join(where)})" if where else message)
        self.message = message
        self.element_id = element_id
        self.line = line
