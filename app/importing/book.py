"""What the import does that is no answer to a rule of the checks: the names of its lines, in words."""

LINES = {
    "translated": "What another tool said is said in our words.",
    "other-engine": "What only another engine can act on is left out.",
    "left-out": "A part that has no effect here is left out.",
    "kept": "What a tool noted for itself stays in the file and does nothing.",
    "not-read": "A lawful setting that means nothing here stays in the file.",
    "split": "A file with several processes becomes a draft for each.",
    "black-box-pool": "A pool without steps is named and left out.",
    "named": "A process without a name takes the name of its pool.",
    "always": "A flow without a condition beside others with one is always taken.",
    "lane-refers": "A lane no longer names steps that are not there.",
    "stray-text": "Text between elements is left out.",
    "encoding": "A file in another encoding than it says is read as Windows text.",
    "prefix": "A prefix that is used and not declared is declared.",
    "namespace": "Drafts of the standard, and parts without a name space, are read as BPMN 2.0.",
}
"""By name. Lines about a breach of a rule go by the name of that rule."""
TODOS = {
    "condition": "Write the condition, or make the way the default.",
    "role": "Choose who does it.",
    "form": "Choose or make the form.",
    "due": "Say when it is due.",
    "step": "Choose the automatic step.",
    "table": "Choose the table.",
    "call": "Choose the called process.",
    "mapping": "Map what goes in and out.",
    "script": "Write the script as one FEEL expression.",
    "collection": "Name the list it is repeated for.",
    "until": "Say when the repeating ends early.",
    "timer": "Write the date, duration or expression.",
    "other-cases": "Say what happens in all other cases.",
    "start": "Say which start begins the process when.",
    "loose-flow": "Connect a flow that led nowhere.",
    "border": "Replace a flow into another process by a message or a call.",
    "message-flow": "Say how a step sends or gets the message.",
    "transaction": "Draw what has to be undone.",
    "any-order": "Draw what has to be done.",
    "empty": "Draw what is in the sub-process.",
    "instantiate": "Draw the start event that waits for the message.",
}
"""What is left to do at an element, by the name of its to-do."""
