"""Rules about what people see of a drawing, and what is only drawn."""

from app.definitions.rulebook.entry import Entry

ENTRIES = (
    Entry(
        "data-store-none",
        "dataStoreReference, dataObjectReference",
        "Data stores and data objects only illustrate.",
        "Nothing is written into them: answers are kept with the case.",
        "Leave it as an illustration, or use a form, a mapping or an automatic step.",
        "noted",
    ),
    Entry(
        "no-overlap-looks-attached",
        "BPMNShape",
        "An event that is drawn on the border of a task is attached to it.",
        "It looks as if it belonged to the task, but never happens.",
        "Drag the event onto the border until the tool attaches it.",
        "noted",
    ),
    Entry(
        "label-unique-and-verb",
        "userTask",
        "Tasks have names of their own that say what to do.",
        "In an inbox, a name is all people see.",
        "Name it with a verb and an object, such as “Phone the family”.",
        "noted",
    ),
    Entry(
        "no-layout",
        "BPMNDiagram",
        "The file says where everything is drawn.",
        "It can run, but nobody sees it on the canvas.",
        "Change it in the outline, or save it once in a tool that lays it out.",
        "noted",
    ),
    Entry(
        "message-flow-drawn-only",
        "messageFlow",
        "What goes from one pool to another is a message event or task.",
        "The arrow between two pools is only a drawing: no message is sent by it.",
        "Draw a message event or a send task where the arrow begins.",
        "noted",
    ),
)
