"""Functions over contexts, and over null."""

from collections.abc import Sequence

from app.feel.compare import equal
from app.feel.errors import Undefined
from app.feel.functions.registry import built_in
from app.feel.scope import Run
from app.feel.text import show
from app.feel.values import kind


@built_in("get value", "m: context", "key: string")
@built_in("get value", "context: context", "key: string")
def get_value(run: Run, context: dict[str, object], key: str) -> object:
    if key not in context:
        raise Undefined(f"the context has no “{key}”")
    return context[key]


@built_in("get value", "context: context", "keys: list")
def get_nested_value(run: Run, context: dict[str, object], keys: list[object]) -> object:
    found: object = context
    for key in _texts(keys):
        if not isinstance(found, dict) or key not in found:
            raise Undefined(f"the context has no “{key}”")
        found = found[key]
    return found


@built_in("get entries", "m: context")
@built_in("get entries", "context: context")
def get_entries(run: Run, context: dict[str, object]) -> list[object]:
    run.spend(len(context))
    return [{"key": key, "value": value} for key, value in context.items()]


@built_in("context", "entries: list")
def context_of(run: Run, entries: list[object]) -> dict[str, object]:
    run.spend(len(entries))
    made: dict[str, object] = {}
    for entry in entries:
        if not isinstance(entry, dict) or not {"key", "value"} <= entry.keys():
            raise Undefined("“context” needs entries with a key and a value")
        key = entry["key"]
        if not isinstance(key, str) or key in made:
            raise Undefined("the keys of a context are texts, each used once")
        made[key] = entry["value"]
    return made


@built_in("context put", "context: context", "key: string", "value: any")
def context_put(run: Run, context: dict[str, object], key: str, value: object) -> object:
    run.spend(len(context))
    return {**context, key: value}


@built_in("context put", "context: context", "keys: list", "value: any")
def context_put_nested(
    run: Run, context: dict[str, object], keys: list[object], value: object
) -> object:
    texts = _texts(keys)
    if not texts:
        raise Undefined("“context put” needs at least one key")
    return _put(run, context, texts, value)


def _put(
    run: Run, context: dict[str, object], keys: Sequence[str], value: object
) -> dict[str, object]:
    run.spend(len(context) + 1)
    first, *rest = keys
    if not rest:
        return {**context, first: value}
    below = context.get(first)
    if below is not None and not isinstance(below, dict):
        raise Undefined(f"“{first}” is not a context")
    return {**context, first: _put(run, below or {}, rest, value)}


@built_in("context merge", "contexts: list")
def context_merge(run: Run, contexts: list[object]) -> dict[str, object]:
    merged: dict[str, object] = {}
    for context in contexts:
        if not isinstance(context, dict):
            raise Undefined("“context merge” needs a list of contexts")
        run.spend(len(context))
        merged.update(context)
    return merged


def _texts(keys: list[object]) -> list[str]:
    texts = [key for key in keys if isinstance(key, str)]
    if len(texts) != len(keys):
        raise Undefined("the keys of a context are texts")
    return texts


@built_in("is defined", "value: any")
def is_defined(run: Run, value: object) -> bool:
    return value is not None


@built_in("get or else", "value: any", "default: any")
def get_or_else(run: Run, value: object, default: object) -> object:
    return default if value is None else value


@built_in("not", "negand: any")
def not_(run: Run, value: object) -> bool | None:
    return (not value) if isinstance(value, bool) else None


@built_in("is", "value1: any", "value2: any", unnamed_is_null=True)
def is_(run: Run, first: object, second: object) -> bool:
    """Whether the two are the same: of times, the clock and the zone as written, not the moment."""
    if kind(first) != kind(second):
        return False
    if kind(first) in ("time", "date and time"):
        return show(first, most=100) == show(second, most=100)
    return equal(first, second, run.spend) is True
