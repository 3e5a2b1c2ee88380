"""What each role may do. One enum, one table; a view names the permission it needs."""

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    """The parts people play. A diagram's lanes name the same ids."""

    PRACTITIONER = "practitioner"
    PARTNER = "partner"
    SOCIAL_WORKER = "social_worker"
    FRONT_DOOR_WORKER = "front_door_worker"
    FRONT_DOOR_MANAGER = "front_door_manager"
    SUPERVISOR = "supervisor"
    PANEL_CHAIR = "panel_chair"
    SAFEGUARDING_LEAD = "safeguarding_lead"
    LOCALITY_COORDINATOR = "locality_coordinator"
    PROCESS_OWNER = "process_owner"
    APPROVER = "approver"
    GOVERNANCE = "governance"
    ADMINISTRATOR = "administrator"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS = {
    Role.PRACTITIONER: "Practitioner",
    Role.PARTNER: "Partner practitioner",
    Role.SOCIAL_WORKER: "Social worker",
    Role.FRONT_DOOR_WORKER: "Front door worker",
    Role.FRONT_DOOR_MANAGER: "Front door manager",
    Role.SUPERVISOR: "Supervisor",
    Role.PANEL_CHAIR: "Panel chair",
    Role.SAFEGUARDING_LEAD: "Safeguarding lead",
    Role.LOCALITY_COORDINATOR: "Locality coordinator",
    Role.PROCESS_OWNER: "Process owner",
    Role.APPROVER: "Approver",
    Role.GOVERNANCE: "Information governance",
    Role.ADMINISTRATOR: "Administrator",
}


class Permission(StrEnum):
    """``<scope>:<action>``. Coarse: which record exactly is a policy's business."""

    ACCOUNT_OWN = "account:own"
    AUDIT_READ = "audit:read"
    CASE_READ = "case:read"
    CASE_START = "case:start"
    DEFINITIONS_READ = "definitions:read"
    HARM_REPORT = "harm:report"
    INCIDENT_RETRY = "incident:retry"
    MESSAGES_MANAGE = "messages:manage"
    MODELLER_EDIT = "modeller:edit"
    MODELLER_PUBLISH = "modeller:publish"
    MODELLER_READ = "modeller:read"
    PROCESS_START = "process:start"
    REPORTS_READ = "reports:read"
    SIGN_OFF_DECIDE = "sign_off:decide"
    TASK_ASSIGN = "task:assign"
    TASK_COMPLETE = "task:complete"
    TASK_READ = "task:read"
    USERS_MANAGE = "users:manage"


EVERYONE = frozenset({Permission.ACCOUNT_OWN, Permission.HARM_REPORT})
CASE_WORK = EVERYONE | {
    Permission.CASE_READ,
    Permission.CASE_START,
    Permission.DEFINITIONS_READ,
    Permission.PROCESS_START,
    Permission.TASK_COMPLETE,
    Permission.TASK_READ,
}
DECIDING = CASE_WORK | {Permission.SIGN_OFF_DECIDE}
LEADING = DECIDING | {
    Permission.INCIDENT_RETRY,
    Permission.REPORTS_READ,
    Permission.TASK_ASSIGN,
}
DEFINING = EVERYONE | {
    Permission.DEFINITIONS_READ,
    Permission.MODELLER_READ,
    Permission.TASK_READ,
}

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.PRACTITIONER: CASE_WORK,
    Role.PARTNER: CASE_WORK,
    Role.SOCIAL_WORKER: DECIDING,
    Role.FRONT_DOOR_WORKER: CASE_WORK,
    Role.FRONT_DOOR_MANAGER: LEADING,
    Role.SUPERVISOR: LEADING,
    Role.PANEL_CHAIR: LEADING,
    Role.SAFEGUARDING_LEAD: DECIDING,
    Role.LOCALITY_COORDINATOR: LEADING,
    Role.PROCESS_OWNER: DEFINING
    | {
        Permission.INCIDENT_RETRY,
        Permission.MODELLER_EDIT,
        Permission.MODELLER_PUBLISH,
        Permission.REPORTS_READ,
    },
    Role.APPROVER: DEFINING | {Permission.MODELLER_PUBLISH},
    Role.GOVERNANCE: EVERYONE
    | {
        Permission.AUDIT_READ,
        Permission.CASE_READ,
        Permission.DEFINITIONS_READ,
        Permission.REPORTS_READ,
    },
    Role.ADMINISTRATOR: EVERYONE
    | {
        Permission.DEFINITIONS_READ,
        Permission.MESSAGES_MANAGE,
        Permission.USERS_MANAGE,
    },
}


def has_permission(roles: Iterable[Role], permission: Permission) -> bool:
    """Whether any of the roles grants it; nobody has what no role grants."""
    return any(permission in GRANTS[role] for role in roles)
