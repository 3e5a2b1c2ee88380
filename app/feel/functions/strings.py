"""Functions over strings. Positions count code points from 1, or from the end when negative."""

from decimal import ROUND_DOWN, Decimal

from app.feel import pattern as patterns
from app.feel.errors import LimitReached, Undefined
from app.feel.functions.registry import built_in
from app.feel.scope import Run


@built_in("substring", "string: string", "start position: number", "length: number?")
def substring(run: Run, text: str, start: Decimal, length: Decimal | None) -> str:
    first, most = _whole(start), None if length is None else _whole(length)
    if first == 0 or abs(first) > len(text):
        raise Undefined(f"a text of {len(text)} characters has no position {first}")
    if most is not None and most < 1:
        raise Undefined("a part of a text must be at least one character long")
    begin = first - 1 if first > 0 else len(text) + first
    return text[begin:] if most is None else text[begin : begin + most]


@built_in("string length", "string: string")
def string_length(run: Run, text: str) -> Decimal:
    return Decimal(len(text))


@built_in("upper case", "string: string")
def upper_case(run: Run, text: str) -> str:
    return text.upper()


@built_in("lower case", "string: string")
def lower_case(run: Run, text: str) -> str:
    return text.lower()


@built_in("substring before", "string: string", "match: string")
def substring_before(run: Run, text: str, match: str) -> str:
    before, found, _ = text.partition(match) if match else ("", "", "")
    return before if found else ""


@built_in("substring after", "string: string", "match: string")
def substring_after(run: Run, text: str, match: str) -> str:
    return text.partition(match)[2] if match else text


@built_in("contains", "string: string", "match: string")
def contains(run: Run, text: str, match: str) -> bool:
    return match in text


@built_in("starts with", "string: string", "match: string")
def starts_with(run: Run, text: str, match: str) -> bool:
    return text.startswith(match)


@built_in("ends with", "string: string", "match: string")
def ends_with(run: Run, text: str, match: str) -> bool:
    return text.endswith(match)


@built_in("trim", "string: string")
def trim(run: Run, text: str) -> str:
    return text.strip()


@built_in("is blank", "string: string")
def is_blank(run: Run, text: str) -> bool:
    return not text.strip()


@built_in("matches", "input: string", "pattern: string", "flags: string?")
def matches(run: Run, text: str, pattern: str, flags: str | None) -> bool:
    return patterns.compiled(pattern, flags or "").search(text, spend=run.spend) is not None


@built_in("replace", "input: string", "pattern: string", "replacement: string", "flags: string?")
def replace(run: Run, text: str, pattern: str, replacement: str, flags: str | None) -> str:
    made = patterns.compiled(pattern, flags or "")
    if made.search("", spend=run.spend) is not None:
        raise Undefined("“replace” needs a pattern that cannot match an empty text")
    template = patterns.Template(replacement, made)
    pieces: list[str] = []
    length = end = 0
    for match in made.each(text, spend=run.spend):
        pieces += (text[end : match.start], template.fill(match, text))
        end = match.end
        length += len(pieces[-1]) + len(pieces[-2])
        if length > run.environment.limits.characters:
            break
    return run.text_of("".join((*pieces, text[end:])))


@built_in("split", "string: string", "delimiter: string")
def split(run: Run, text: str, delimiter: str) -> list[object]:
    pieces: list[object] = []
    end = 0
    for match in patterns.compiled(delimiter, "").each(text, spend=run.spend):
        if match.start == match.end and match.start in (0, len(text)):
            continue
        pieces.append(text[end : match.start])
        end = match.end
    return run.list_of([*pieces, text[end:]])


@built_in("extract", "input: string", "pattern: string")
def extract(run: Run, text: str, pattern: str) -> list[object]:
    found = patterns.compiled(pattern, "").each(text, spend=run.spend)
    return run.list_of([text[match.start : match.end] for match in found])


@built_in("string join", "list: list", "delimiter: string?")
def string_join(run: Run, items: list[object], delimiter: str | None) -> str:
    run.spend(len(items))
    texts = [item for item in items if isinstance(item, str)]
    if len(texts) + sum(item is None for item in items) != len(items):
        raise Undefined("“string join” needs a list of texts")
    joined = sum(len(text) for text in texts) + len(delimiter or "") * len(texts)
    if joined > run.environment.limits.characters:
        raise LimitReached("a joined text is too long")
    return run.text_of((delimiter or "").join(texts))


def _whole(value: Decimal) -> int:
    if value.adjusted() > 30:
        raise Undefined("that position is out of range")
    return int(value.to_integral_value(ROUND_DOWN))
