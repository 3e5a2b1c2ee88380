"""Small processes whose every step leaves something to count."""

from typing import Any
from uuid import uuid4

from app.outbox.queue import queue_email
from app.runtime.automatic import StepContext, automatic
from tests.support.diagrams import (
    boundary,
    bpmn,
    catch,
    end,
    flow,
    message,
    process,
    script,
    service,
    start,
    throw,
    timer,
    user,
    xor,
)
from tests.support.published import publish

#: Elements whose ids begin so queue one e-mail each time they run.
TELLS = "tell_"
FORMS = {"ask": ("text", "stop", "friend")}
ASK = {"form": "ask", "groups": "practitioner"}


@automatic("faults.tell")
def tell(context: StepContext, inputs: dict[str, Any]) -> dict[str, Any]:
    """One e-mail for each step that runs this."""
    instance = context.instance
    queue_email(
        context.session,
        to="family.worker@example.org",
        template="something_to_do",
        payload={"reference": str(instance.id), "what": "Look.", "link": "https://example.org/"},
        key=f"tell:{uuid4()}",
        case_id=context.case_id,
    )
    return {}


@automatic("faults.break")
def break_down(context: StepContext, inputs: dict[str, Any]) -> dict[str, Any]:
    raise ZeroDivisionError


#: A task that comes back for ever, and a letter each time.
RING = bpmn(
    process(
        "ring",
        start(),
        xor("turn"),
        user("ask_ring", **ASK),
        service("tell_ring", "faults.tell"),
        xor("again", default="again_turn"),
        end(),
        flow("start > turn > ask_ring > tell_ring > again > turn"),
        flow("again > end", '=stop = "yes"'),
    )
)
#: Sleeps, then tells.
NAP = bpmn(
    process(
        "nap",
        start(),
        catch("sleep", timer("duration", "PT1M")),
        service("tell_nap", "faults.tell"),
        user("ask_nap", **ASK),
        end(),
        flow("start > sleep > tell_nap > ask_nap > end"),
    )
)
#: A daily reminder while somebody works.
DAILY = bpmn(
    process(
        "daily",
        start(),
        user("ask_daily", **ASK),
        boundary("day", "ask_daily", timer("cycle", "R/P1D"), interrupting=False),
        service("tell_daily", "faults.tell"),
        end("told"),
        end(),
        flow("start > ask_daily > end"),
        flow("day > tell_daily > told"),
    )
)
#: Either somebody answers, or time runs out; never both.
EXPIRES = bpmn(
    process(
        "expires",
        start(),
        user("ask_expires", **ASK),
        boundary("too_late", "ask_expires", timer("duration", "PT1H")),
        end("expired"),
        end("answered"),
        flow("start > ask_expires > answered"),
        flow("too_late > expired"),
    )
)
#: Broken after its timer.
POISON = bpmn(
    process(
        "poison",
        start(),
        catch("sleep", timer("duration", "PT1M")),
        service("broken", "faults.break"),
        end(),
        flow("start > sleep > broken > end"),
    )
)
#: After its timer it runs in a circle in which nobody works.
CIRCLE = bpmn(
    process(
        "circle",
        start(),
        catch("sleep", timer("duration", "PT1M")),
        xor("round"),
        script("count", "=count([number])", "number"),
        xor("enough", default="enough_round"),
        end(),
        flow("start > sleep > round > count > enough > round"),
        flow("enough > end", "=number = 2"),
    )
)
#: Two that talk across cases: the one whom ``friend`` names hears it in the same transaction.
TALKER = bpmn(
    process(
        "talker",
        start(),
        xor("turn"),
        user("ask_talker", **ASK),
        throw("say", message("hello"), inputs={"words": "=text"}),
        xor("again", default="again_turn"),
        end(),
        flow("start > turn > ask_talker > say > again > turn"),
        flow("again > end", '=stop = "yes"'),
    ),
    messages={"hello": "=friend"},
)
LISTENER = bpmn(
    process(
        "listener",
        start(),
        xor("turn"),
        catch("hear", message("hello")),
        service("tell_listener", "faults.tell"),
        xor("again", default="again_turn"),
        end(),
        flow("start > turn > hear > tell_listener > again > turn"),
        flow("again > end", '=words = "the end"'),
    ),
    messages={"hello": "=friend"},
)
ALL = (RING, NAP, DAILY, EXPIRES, POISON, CIRCLE, TALKER, LISTENER)


def publish_all() -> None:
    publish(*ALL, forms=FORMS)
