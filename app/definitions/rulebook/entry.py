"""One rule in words."""

from typing import Literal, NamedTuple, TypeAlias

Answer: TypeAlias = Literal["refused", "noted", "refused or noted"]
"""What becomes of a breach: it stops publishing, it is only said, or that depends."""


class Entry(NamedTuple):
    """What a rule asks for (``asks``), why, and what usually puts a breach right (``mend``).

    ``about`` names what the rule looks at in the words of BPMN or DMN, with commas between
    several. ``repair`` is what the import of a foreign file does about a breach by itself; empty
    when it leaves that to people.
    """

    name: str
    about: str
    asks: str
    why: str
    mend: str = ""
    answer: Answer = "refused"
    repair: str = ""
