"""Matching regular expressions in bounded time.

A pattern becomes a small program; the machine tries its ways with a stack of its own and never
tries the same place of program and text twice, so the work grows with their product only. (With
references to groups that shortcut is not valid; then only the allowance of steps bounds it.)
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from app.feel.errors import Undefined
from app.feel.pattern_parts import (
    Again,
    Edge,
    Either,
    Group,
    Holds,
    One,
    Piece,
    Repeat,
    Sequence,
)
from app.feel.pattern_syntax import Reader, refuse

LONGEST_PATTERN = 2_000
LARGEST_PROGRAM = 5_000
#: Machine instructions for one step of the evaluation's allowance.
INSTRUCTIONS_A_STEP = 4

Spend = Callable[[int], None]
Spans = tuple[int, ...]
CHARACTER, SPLIT, JUMP, SAVE, EDGE, AGAIN, MATCH = range(7)


@dataclass(frozen=True)
class Match:
    """Where a pattern matched; ``spans`` holds start and end of every group, -1 for none."""

    start: int
    end: int
    spans: Spans

    def group(self, number: int, text: str) -> str:
        start, end = self.spans[2 * number], self.spans[2 * number + 1]
        return text[start:end] if 0 <= start <= end else ""


@dataclass(frozen=True)
class _Instruction:
    kind: int
    first: int = 0
    second: int = 0
    holds: Holds | None = None


class Pattern:
    """A pattern ready to match."""

    def __init__(self, piece: Piece, groups: int, flags: str) -> None:
        self.groups = groups
        self._lines = "m" in flags
        self._ignore_case = "i" in flags
        self._program: list[_Instruction] = []
        self._compile(piece)
        self._put(_Instruction(MATCH))
        self._forgets = all(step.kind != AGAIN for step in self._program)

    def search(self, text: str, start: int = 0, *, spend: Spend) -> Match | None:
        """The first match from ``start`` on.

        Raises:
            LimitReached: from ``spend``, when it takes too long.
        """
        tried: set[int] = set()
        for begin in range(start, len(text) + 1):
            spans = self._match_at(text, begin, tried, spend)
            if spans is not None:
                return Match(begin, spans[1], (begin, *spans[1:]))
            spend(1)
        return None

    def each(self, text: str, *, spend: Spend) -> Iterator[Match]:
        """Every match, none overlapping."""
        position = 0
        while position <= len(text):
            match = self.search(text, position, spend=spend)
            if match is None:
                return
            yield match
            position = match.end if match.end > match.start else match.end + 1

    def _match_at(self, text: str, begin: int, tried: set[int], spend: Spend) -> Spans | None:
        nothing: Spans = (-1,) * (2 * self.groups + 2)
        waiting: list[tuple[int, int, Spans]] = [(0, begin, nothing)]
        count = 0
        while waiting:
            place, position, spans = waiting.pop()
            while True:
                count += 1
                if count % INSTRUCTIONS_A_STEP == 0:
                    spend(1)
                step = self._program[place]
                if step.kind == MATCH:
                    return (begin, position, *spans[2:])
                if step.kind == SPLIT:
                    mark = place * (len(text) + 1) + position
                    if self._forgets and mark in tried:
                        break
                    tried.add(mark)
                    waiting.append((step.second, position, spans))
                    place = step.first
                elif step.kind == JUMP:
                    place = step.first
                elif step.kind == SAVE:
                    spans = (*spans[: step.first], position, *spans[step.first + 1 :])
                    place += 1
                else:
                    moved = self._moved(step, text, position, spans)
                    if moved is None:
                        break
                    place, position = place + 1, moved
        return None

    def _moved(self, step: _Instruction, text: str, position: int, spans: Spans) -> int | None:
        """The position behind what a simple instruction matches."""
        if step.holds is not None:
            here = text[position : position + 1]
            return position + 1 if here and step.holds(here) else None
        if step.kind == EDGE:
            return position if self._at_edge(text, position, start=bool(step.first)) else None
        start, end = spans[2 * step.first], spans[2 * step.first + 1]
        wanted = text[start:end] if 0 <= start <= end else ""
        found = text[position : position + len(wanted)]
        same = found == wanted or (self._ignore_case and found.lower() == wanted.lower())
        return position + len(wanted) if same else None

    def _at_edge(self, text: str, position: int, *, start: bool) -> bool:
        if start:
            return position == 0 or (self._lines and text[position - 1] == "\n")
        return position == len(text) or (self._lines and text[position] == "\n")

    def _put(self, step: _Instruction) -> int:
        if len(self._program) >= LARGEST_PROGRAM:
            raise Undefined("the regular expression is too large")
        self._program.append(step)
        return len(self._program) - 1

    def _compile(self, piece: Piece) -> None:
        if isinstance(piece, One):
            self._put(_Instruction(CHARACTER, holds=piece.holds))
        elif isinstance(piece, Edge):
            self._put(_Instruction(EDGE, int(piece.start)))
        elif isinstance(piece, Again):
            self._put(_Instruction(AGAIN, piece.number))
        elif isinstance(piece, Sequence):
            for part in piece.parts:
                self._compile(part)
        elif isinstance(piece, Group):
            self._put(_Instruction(SAVE, 2 * piece.number))
            self._compile(piece.inner)
            self._put(_Instruction(SAVE, 2 * piece.number + 1))
        elif isinstance(piece, Either):
            self._compile_either(piece.options)
        elif isinstance(piece, Repeat):
            self._compile_repeat(piece)

    def _compile_either(self, options: tuple[Piece, ...]) -> None:
        jumps: list[int] = []
        for option in options[:-1]:
            split = self._put(_Instruction(SPLIT))
            self._compile(option)
            jumps.append(self._put(_Instruction(JUMP)))
            self._program[split] = _Instruction(SPLIT, split + 1, len(self._program))
        self._compile(options[-1])
        for jump in jumps:
            self._program[jump] = _Instruction(JUMP, len(self._program))

    def _compile_repeat(self, repeat: Repeat) -> None:
        for _ in range(repeat.least):
            self._compile(repeat.inner)
        if repeat.most is None:
            split = self._put(_Instruction(SPLIT))
            self._compile(repeat.inner)
            self._put(_Instruction(JUMP, split))
            self._point(split, repeat.greedy)
            return
        splits: list[int] = []
        for _ in range(repeat.most - repeat.least):
            splits.append(self._put(_Instruction(SPLIT)))
            self._compile(repeat.inner)
        for split in splits:
            self._point(split, repeat.greedy)

    def _point(self, split: int, greedy: bool) -> None:
        inside, behind = split + 1, len(self._program)
        first, second = (inside, behind) if greedy else (behind, inside)
        self._program[split] = _Instruction(SPLIT, first, second)


@lru_cache(maxsize=256)
def compiled(pattern: str, flags: str) -> Pattern:
    """Make a pattern ready.

    Raises:
        Undefined: it is no regular expression of XPath, or the flags are none.
    """
    if len(pattern) > LONGEST_PATTERN:
        raise Undefined(f"a regular expression may have {LONGEST_PATTERN} characters")
    if not set(flags) <= set("smixq"):
        raise Undefined(f"“{flags[:20]}” are no flags of a regular expression")
    if "q" in flags:
        literal = Sequence(tuple(One(_same(character, flags)) for character in pattern))
        return Pattern(literal, 0, flags)
    reader = Reader(pattern, flags)
    piece = reader.read()
    return Pattern(piece, reader.groups, flags)


def _same(character: str, flags: str) -> Holds:
    if "i" in flags:
        return lambda c: c.lower() == character.lower()
    return lambda c: c == character


class Template:
    r"""What a match is replaced with: ``$1`` is a group, ``\$`` and ``\\`` are themselves."""

    def __init__(self, text: str, pattern: Pattern) -> None:
        self._parts: list[str | int] = []
        position = 0
        while position < len(text):
            position = self._part(text, position, pattern.groups)

    def _part(self, text: str, position: int, groups: int) -> int:
        character, following = text[position], text[position + 1 : position + 2]
        if character == "\\":
            if following not in ("\\", "$") or not following:
                raise refuse(text)
            self._parts.append(following)
            return position + 2
        if character != "$":
            self._parts.append(character)
            return position + 1
        if not (following.isascii() and following.isdigit()):
            raise refuse(text)
        number, end = int(following), position + 2
        while text[end : end + 1].isascii() and text[end : end + 1].isdigit():
            if number * 10 + int(text[end]) > groups:
                break
            number, end = number * 10 + int(text[end]), end + 1
        self._parts.append(number if number <= groups else "")
        return end

    def fill(self, match: Match, text: str) -> str:
        return "".join(
            part if isinstance(part, str) else match.group(part, text) for part in self._parts
        )
