"""Rules about who does what."""

from app.definitions.rulebook.entry import Entry

ENTRIES = (
    Entry(
        "user-task-has-assignee-rule",
        "userTask, lane",
        "Every task lies in a lane that goes to a role, or says who does it.",
        "Nobody would find it in their inbox.",
        "Draw it in a lane, or choose who does it.",
        repair="It becomes a to-do.",
    ),
    Entry(
        "one-role",
        "assignmentDefinition",
        "A task is for one role.",
        "It lies in one inbox.",
        "Choose one role.",
    ),
    Entry(
        "role-exists",
        "assignmentDefinition, signOff.role",
        "The role exists.",
        "Nobody would get it.",
        "Choose one of the roles.",
    ),
    Entry(
        "role-has-members",
        "userTask",
        "Somebody has the role.",
        "The task would wait until somebody is given it.",
        "Give somebody the role before publishing.",
        "noted",
    ),
    Entry(
        "sign-off-complete",
        "exclusiveGateway (signOff)",
        "A sign-off stands at an exclusive gateway with a choice, and says who decides.",
        "There would be nothing to decide, or nobody to.",
        "Draw two ways out, and set signOff.role.",
    ),
    Entry(
        "property-known",
        "process, flowNode (zeebe:property)",
        "Every property is one that something here reads.",
        "A misspelt one, such as a reminder, would never happen, and nobody would notice.",
        "Write the name as the rulebook does, or remove the property.",
    ),
    Entry(
        "extension-read",
        "extensionElements",
        "Every setting of the file does something here.",
        "Somebody may have meant it to, such as headers for a worker.",
        "Say it another way, or remove it.",
        "noted",
    ),
    Entry(
        "sign-off-field",
        "exclusiveGateway (signOff.fields)",
        "Answers a supervisor may change are asked before.",
        "There would be nothing to change.",
        "Name answers of a form that comes before.",
    ),
    Entry(
        "send-back-lawful",
        "exclusiveGateway (signOff.sendBackTo)",
        "Work goes back to an earlier task of a person on the same track.",
        "Past a split, a join or a border the token would leave work behind.",
        "Name a task between which and the gateway nothing splits or repeats.",
    ),
    Entry(
        "four-eyes-satisfiable",
        "exclusiveGateway (signOff)",
        "Somebody who took no part in the work can sign it off.",
        "The sign-off would wait for ever.",
        "Choose another role for the sign-off.",
        "refused or noted",
    ),
)
