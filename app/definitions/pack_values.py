"""What the entries of a pack may be: numbers, times and phone numbers, and who a lane goes to.

The ending of a parameter's name says what it is, so that an area's own parameters are held to
the same rules as those of the core pack.
"""

import re
from collections.abc import Callable, Mapping

from app.definitions.lanes import CASE, CASE_ROLES, read_part
from app.identity.permissions import Role

NOBODY = "none"
EARLIEST_REVIEW = "review_min_weeks"
LATEST_REVIEW = "review_max_weeks"
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def _is_number(value: object) -> bool:
    return type(value) is int and value >= 0


def _are_numbers(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(_is_number(item) for item in value)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_time(value: object) -> bool:
    return isinstance(value, str) and _TIME.fullmatch(value) is not None


#: Name of the parameter, what it must be, how to say that. The first that fits decides.
_KINDS: tuple[tuple[re.Pattern[str], Callable[[object], bool], str], ...] = (
    (re.compile(r"disagreement_stage_wd"), _are_numbers, "a list of whole numbers from 0 up"),
    (
        re.compile(r".*_(wd|weeks|hours|days|months|years)|age_.*|retention_years_.*"),
        _is_number,
        "a whole number from 0 up",
    ),
    (re.compile(r".*_phone"), _is_text, "a text here"),
    (re.compile(r"office_(opens|closes)|.*_time"), _is_time, 'a time such as "09:00"'),
)


def wrong_parameter(values: Mapping[str, object]) -> str | None:
    """The first parameter that is not what its name says, in words; None when all are."""
    for name, value in values.items():
        for pattern, fits, wanted in _KINDS:
            if pattern.fullmatch(name):
                if not fits(value):
                    return f"[parameters] {name}: write {wanted}, not {value!r}"
                break
    return None


def wrong_lane(lanes: Mapping[str, str]) -> str | None:
    """The first lane that goes to nobody we know, in words; None when all are right."""
    for lane, part in lanes.items():
        if part != NOBODY and read_part(part) is None:
            known = ", ".join([*Role, *(CASE + name for name in CASE_ROLES), NOBODY])
            return f"[lanes] {lane}: {part!r} is no role; choose one of: {known}"
    return None


def wrong_together(values: Mapping[str, object]) -> str | None:
    """Parameters that are right one by one but contradict each other, in words."""
    earliest, latest = values.get(EARLIEST_REVIEW), values.get(LATEST_REVIEW)
    if isinstance(earliest, int) and isinstance(latest, int) and earliest > latest:
        return (
            f"[parameters] {EARLIEST_REVIEW}: {earliest} is more than "
            f"{LATEST_REVIEW}, which is {latest}"
        )
    return None
