"""Rules about a file as a whole."""

from app.definitions.rulebook.entry import Entry

_LIMITS = "Larger files are no diagrams people can read, and would hold everybody else up."
_SAFETY = "Such a file can hide something other than a diagram."

ENTRIES = (
    Entry(
        "to-do",
        "process, flowNode, sequenceFlow",
        "What the import of a file left to do has been done.",
        "The file meant something there that is not in the draft yet.",
        "Do what it asks; then empty the to-do at the step.",
    ),
    Entry(
        "readable",
        "file",
        "The file can be opened and is text in UTF-8.",
        "Foreign letters would turn into others, also in names people see.",
        "Save it again as UTF-8.",
    ),
    Entry("empty", "file", "There is something in the file.", "Nothing in it can run."),
    Entry(
        "id-length",
        "process",
        "The id of a process has at most 120 letters.",
        "Longer ones cannot be kept.",
        "Choose a shorter id.",
    ),
    Entry("encoding", "file", "The file is text in UTF-8.", _SAFETY, "Save it again as UTF-8."),
    Entry("doctype", "file", "The file has no DOCTYPE.", _SAFETY, "Remove the DOCTYPE line."),
    Entry("too-large", "file", "The file has at most 2 MB.", _LIMITS, "Split the process."),
    Entry(
        "too-many",
        "file",
        "The file has at most 3,000 elements and flows.",
        _LIMITS,
        "Split the process, and call the parts.",
    ),
    Entry(
        "check-in-time",
        "file",
        "Looking at the file takes at most 5 seconds.",
        _LIMITS,
        "Split the process, and call the parts.",
    ),
    Entry(
        "check-in-memory",
        "file",
        "Looking at the file takes at most 512 MB of memory.",
        _LIMITS,
        "Split the process, and call the parts.",
    ),
    Entry(
        "check-works",
        "file",
        "The file can be looked at without a fault of ours.",
        "Nobody can say what it would do.",
        "Report the file.",
    ),
    Entry(
        "not-xml",
        "file",
        "The file is well-formed XML.",
        "It cannot be read, so nothing in it can run.",
        "Save it again in the tool it was drawn with.",
    ),
    Entry(
        "not-bpmn",
        "file",
        "The file is a BPMN 2.0 diagram.",
        "Nothing else describes a process here.",
        "Export it as BPMN 2.0.",
    ),
    Entry(
        "single-process-executable",
        "process",
        "Each file draws one process that is marked as executable.",
        "What is drawn in a second process, or in one that is not executable, would never happen.",
        "Keep one process in each file, and call or message the others.",
        "refused or noted",
    ),
    Entry(
        "pack",
        "pack.toml",
        "The pack says what it is called, what it extends, and values that fit together.",
        "All processes of an area read it.",
    ),
    Entry(
        "form",
        "form",
        "The form can be shown, and is called like its file.",
        "People would see a page with parts missing, or none.",
    ),
    Entry(
        "dmn",
        "decisionTable",
        "The table can be read and every cell in it means something.",
        "A cell that means nothing would decide nothing, and nobody would see it.",
    ),
    Entry(
        "dmn-unclear",
        "decision, decisionTable",
        "Everything in it is said once, and a table that ranks its rows says in which order.",
        "One of two sayings would count, and nobody could tell which.",
        "Take one of them out, give them names of their own, or say what is missing.",
    ),
)
