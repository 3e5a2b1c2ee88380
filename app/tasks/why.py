"""Why a task is in front of this person, in words."""

from collections.abc import Mapping

from app.identity.permissions import LABELS, Role
from app.tasks.inbox import InboxRow

BY_CASE_ROLE = {
    "lead": "You are the {lead_practitioner}",
    "initiator": "You raised this",
    "worker": "You work with this family",
    "assessor": "You are doing the assessment",
    "action_owner": "Your action in the plan",
    "recommender_manager": "You manage the person who recommends",
}
FALLBACK_WORDS = {"lead_practitioner": "lead practitioner"}


def why_mine(row: InboxRow, words: Mapping[str, str] = FALLBACK_WORDS) -> str:
    """For a task this person holds; ``words`` are those of the area."""
    if row.sent_back:
        return "Sent back to you with a comment"
    said = BY_CASE_ROLE.get(row.case_role or "")
    if said is None:
        return f"You hold this as {role_label(row.role).lower()}"
    return said.format_map({**FALLBACK_WORDS, **words})


def why_takeable(row: InboxRow) -> str:
    """For a task nobody holds."""
    place = f" in {row.locality}" if row.locality else ""
    return f"For any {role_label(row.role).lower()}{place}"


def whose(row: InboxRow) -> str:
    """For a task of somebody else."""
    return row.assignee or f"Any {role_label(row.role).lower()}"


def role_label(role: str) -> str:
    return LABELS[Role(role)] if role in set(Role) else role.replace("_", " ").capitalize()
