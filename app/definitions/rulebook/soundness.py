"""Rules about everything a diagram could ever do."""

from app.definitions.rulebook.entry import Entry

ENTRIES = (
    Entry(
        "unreachable",
        "flowNode",
        "Every step can be reached.",
        "It is drawn, but would never happen.",
        "Draw the flow that leads there, or remove it.",
    ),
    Entry(
        "never-ends",
        "process",
        "From everywhere the end can be reached.",
        "The case could never be closed.",
        "Draw a way that leads to an end.",
    ),
    Entry(
        "xor-split-and-join",
        "parallelGateway",
        "A parallel gateway waits only for ways that are all taken.",
        "Only one of the ways is taken, so it would wait for ever.",
        "Use an exclusive gateway to bring the ways together.",
    ),
    Entry(
        "and-split-xor-join",
        "exclusiveGateway",
        "Ways that are taken side by side meet at a parallel gateway.",
        "What follows would be done twice.",
        "Use a parallel gateway to bring the ways together.",
    ),
    Entry(
        "no-dead-end",
        "flowNode",
        "A case never stops before an end.",
        "Nobody could do anything with it any more.",
        "Follow the path, and draw how it goes on.",
    ),
    Entry(
        "too-many-tokens",
        "process",
        "The number of things open at once is bounded.",
        "A loop would make more and more tasks.",
        "Bring the ways together inside the loop.",
    ),
    Entry(
        "loop-without-human-or-timer",
        "flowNode",
        "In every loop somebody does something, or time passes.",
        "It would run round for ever at once.",
        "Put a task or timer into the loop.",
    ),
    Entry(
        "loop-depth",
        "flowNode",
        "Nothing calls itself without a person or timer in between.",
        "It would open itself again and again.",
        "Put a task or timer in between, or do not call it.",
    ),
    Entry(
        "too-deep",
        "subProcess, callActivity",
        "Sub-processes lie at most 40 deep inside each other.",
        "The engine opens no more, so a case would stop there.",
        "Make the inner ones a process that is called, or draw them side by side.",
    ),
    Entry(
        "soundness-unfinished",
        "process",
        "Everything the diagram could do has been looked at.",
        "There is more than the check looks at in its time, so a fault may be left.",
        "Split the process into smaller ones to have it checked whole.",
        "noted",
    ),
    Entry(
        "soundness-disagrees",
        "process",
        "The check and the engine agree on a path.",
        "One of them is wrong; a person should look at the path.",
        "",
        "noted",
    ),
    Entry(
        "move",
        "process",
        "Everything that is open has a place in the version a case is moved to.",
        "The work would be lost, or done at the wrong step.",
        "Say where it goes, or leave the case on its version.",
    ),
)
