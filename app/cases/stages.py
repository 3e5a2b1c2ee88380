"""The stages of a case, in the order a family passes them."""

STAGES: dict[str, str] = {
    "identify": "Concern",
    "consent": "Agreement",
    "assess": "Assessment",
    "plan": "Plan",
    "support": "Support",
    "review": "Review",
    "close": "Ending",
}
#: Beside the way, not on it.
ASIDE: dict[str, str] = {"front_door": "Front door", "step_down": "Step down"}


def stage_name(stage: str) -> str:
    return STAGES.get(stage) or ASIDE.get(stage) or stage.replace("_", " ").capitalize()


def stage_position(stage: str) -> int:
    """Counted from 1; 0 for a stage beside the way."""
    return list(STAGES).index(stage) + 1 if stage in STAGES else 0


def stage_choices() -> list[tuple[str, str]]:
    return [*STAGES.items(), *ASIDE.items()]
