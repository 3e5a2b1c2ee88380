"""Rules: for every task there must be somebody, and for every sign-off somebody else."""

from collections.abc import Iterator

from app.definitions.findings import Finding
from app.definitions.lanes import CASE, Part, part_of_lane, read_part
from app.definitions.place import Place, called
from app.engine.catalogue import Element


def lanes_have_roles(place: Place) -> Iterator[Finding]:
    pack = place.view.pack
    for element in place.elements:
        if element.kind != "user" or element.candidate_groups or element.assignee:
            continue
        if element.lane is None:
            yield place.finding(
                element.id,
                "user-task-has-assignee-rule",
                f"{called(element)} lies in no lane, so nobody would get it.",
                mend="Draw it in a lane, or choose who does it.",
            )
        elif part_of_lane(pack, element.lane) is None:
            says = pack.lanes.get(element.lane)
            reason = (
                f"[lanes] of {pack.name} does not name the lane “{element.lane}”"
                if says is None
                else f"[lanes] of {pack.name} gives the lane to “{says}”, which is no role"
            )
            yield place.finding(
                element.id,
                "user-task-has-assignee-rule",
                f"Nobody would get {called(element)}: {reason}.",
            )


def groups_are_roles(place: Place) -> Iterator[Finding]:
    for element in place.elements:
        text = element.candidate_groups
        if not text or text.startswith("="):
            continue
        names = [name.strip() for name in text.split(",") if name.strip()]
        if len(names) > 1:
            yield place.finding(
                element.id,
                "one-role",
                f"{called(element)} is for several roles ({text}). A task lies in one inbox.",
                mend="Choose one role.",
            )
        for name in names:
            if read_part(name) is None:
                yield place.finding(
                    element.id,
                    "role-exists",
                    f"{called(element)} is for “{name}”, which is no role.",
                )


def sign_off_roles(place: Place) -> Iterator[Finding]:
    for element in place.elements:
        rule = element.sign_off
        if rule is None or (rule.role or "").startswith("="):
            continue
        if rule.role is None:
            if rule.decision is None:
                yield place.finding(
                    element.id, "role-exists", f"{called(element)} does not say who signs it off."
                )
        elif read_part(rule.role) is None:
            yield place.finding(
                element.id,
                "role-exists",
                f"{called(element)} is signed off by “{rule.role}”, which is no role.",
            )


def roles_have_members(place: Place) -> Iterator[Finding]:
    """Where people are known: each task of a role finds somebody. A part in a case may come later."""
    members = place.around.members
    if members is None:
        return
    for element in place.elements:
        part = _part(place, element) if element.kind == "user" and not element.assignee else None
        if part is not None and part.case_role is None and not members.get(part.role):
            yield place.finding(
                element.id,
                "role-has-members",
                f"Nobody has the role {part.role.label}, so nobody would get {called(element)}.",
                severity="note",
            )


def second_pair_of_eyes(place: Place) -> Iterator[Finding]:
    for element in place.elements:
        if element.sign_off is None or not element.sign_off.role:
            continue
        decides = read_part(element.sign_off.role)
        if decides is not None:
            yield from _second_pair(place, element, decides)


def _second_pair(place: Place, gateway: Element, decides: Part) -> Iterator[Finding]:
    workers = [e for e in place.work_before(gateway) if e.kind == "user"]
    same = [worker for worker in workers if _part(place, worker) == decides]
    if same and decides.case_role is not None and decides.case_role != "recommender_manager":
        yield place.finding(
            gateway.id,
            "four-eyes-satisfiable",
            f"{called(gateway)} is signed off by {CASE}{decides.case_role}, who also does "
            f"{called(same[0])}. Nobody may sign off their own work.",
            mend="Choose another role for the sign-off.",
        )
    members = place.around.members
    if members is None or decides.case_role is not None:
        return
    count = members.get(decides.role, 0)
    if count == 0:
        yield place.finding(
            gateway.id,
            "four-eyes-satisfiable",
            f"Nobody has the role {decides.role.label}, so nobody could sign off {called(gateway)}.",
            severity="note",
        )
    elif count == 1 and same:
        yield place.finding(
            gateway.id,
            "four-eyes-satisfiable",
            f"Only one person has the role {decides.role.label}. Whoever does {called(same[0])} "
            f"could not sign off {called(gateway)}.",
            severity="note",
        )


def _part(place: Place, element: Element) -> Part | None:
    if element.candidate_groups:
        return read_part(element.candidate_groups)
    return part_of_lane(place.view.pack, element.lane)
