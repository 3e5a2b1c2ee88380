"""Reads form-js JSON. Whatever could not be shown faithfully is refused, by name."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from app import feel
from app.forms.components import read_field, read_prose, whole
from app.forms.form import Form
from app.forms.model import (
    Condition,
    Group,
    Kind,
    Layout,
    Part,
    Prose,
    Question,
    Repeat,
)
from app.forms.posted import PAGE_FIELDS
from app.forms.refusal import FormRefused, Reason

KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
DEEPEST = 5
MOST_COMPONENTS = 400
MOST_ROWS = 100

Component = Mapping[str, Any]


def load(schema: str | bytes | Mapping[str, Any], in_words: Callable[[str], str] = str) -> Form:
    """Read a form.

    Args:
        schema: form-js JSON, as text or already parsed.
        in_words: puts an area's own words into what people read; ``Pack.in_words`` fits.

    Raises:
        FormRefused: says for each component what we cannot show.
    """
    document = _document(schema)
    reader = _Reader(in_words)
    parts = reader.parts(document.get("components"), ())
    if not reader.reasons and not any(
        isinstance(part, Question | Group | Repeat) for part in parts
    ):
        reader.refuse(document, "the form asks nothing")
    if reader.reasons:
        raise FormRefused(*reader.reasons)
    return Form(Layout(id=str(document.get("id", "")), parts=parts))


def _document(schema: str | bytes | Mapping[str, Any]) -> Mapping[str, Any]:
    if not isinstance(schema, str | bytes):
        return schema
    try:
        document = json.loads(schema)
    except ValueError as error:
        raise FormRefused(Reason("", "The form", f"is not JSON: {error}")) from None
    except RecursionError:
        raise FormRefused(Reason("", "The form", "is nested too deep")) from None
    if not isinstance(document, dict):
        raise FormRefused(Reason("", "The form", "is not a form-js document"))
    return document


class _Reader:
    """Walks the components once and gathers every reason to refuse."""

    def __init__(self, in_words: Callable[[str], str]) -> None:
        self.in_words = in_words
        self.reasons: list[Reason] = []
        self.count = 0
        self.keys: set[str] = set()
        self.in_list = False

    def refuse(self, component: Component, message: str) -> None:
        name = next(
            (
                str(component[attribute])
                for attribute in ("label", "dateLabel", "timeLabel", "key", "path", "type", "id")
                if component.get(attribute)
            ),
            "A component",
        )
        self.reasons.append(Reason(str(component.get("id", "")), name, message))

    def parts(
        self, components: object, conditions: tuple[Condition, ...], depth: int = 0
    ) -> tuple[Part, ...]:
        if not isinstance(components, list) or depth > DEEPEST:
            self.reasons.append(Reason("", "The form", "has no list of components we can read"))
            return ()
        found: list[Part] = []
        for component in components:
            self.count += 1
            if not isinstance(component, dict) or self.count > MOST_COMPONENTS:
                self.reasons.append(Reason("", "The form", "has components we cannot read"))
                break
            try:
                found.extend(self.part(component, conditions, depth))
            except (ValueError, feel.FeelSyntaxError) as error:
                self.refuse(component, str(error))
            except (TypeError, AttributeError, KeyError):
                self.refuse(component, "it is not written as form-js writes it")
        return tuple(found)

    def part(
        self, component: Component, conditions: tuple[Condition, ...], depth: int
    ) -> tuple[Part, ...]:
        kind = component.get("type")
        hide = _hide(component)
        inner = (*conditions, hide) if hide else conditions
        if kind in set(Kind):
            self.claim(component, component.get("key"))
            return (Question(read_field(component, inner, self.in_words), hide),)
        match kind:
            case "group":
                return (self.group(component, hide, inner, depth),)
            case "dynamiclist":
                return (self.repeat(component, hide, inner, depth),)
            case "text":
                return read_prose(str(component.get("text", "")), hide, self.in_words)
            case "separator":
                return (Prose("line", hide=hide),)
            case "spacer" | "button":
                return ()
        raise ValueError(f"components of type “{kind}” cannot be shown on a page")

    def claim(self, component: Component, key: object) -> None:
        """Keys become names in the page and in expressions, so they are plain and unique."""
        if not isinstance(key, str) or not KEY.fullmatch(key) or key[0] == "_":
            raise ValueError(f"the key {key!r} cannot be used: letters, digits and _ only")
        if key in self.keys or (key in PAGE_FIELDS and not self.in_list):
            raise ValueError(f"the key “{key}” is used already, by another component or the page")
        self.keys.add(key)
        if (hide := _hide(component)) and key in hide.expression.names:
            raise ValueError("it is hidden depending on its own answer")

    def group(
        self,
        component: Component,
        hide: Condition | None,
        conditions: tuple[Condition, ...],
        depth: int,
    ) -> Group:
        if component.get("path"):
            raise ValueError("a group that keeps its answers under a path cannot be shown")
        return Group(
            id=str(component.get("id", "")),
            label=self.in_words(str(component.get("label") or "")),
            parts=self.parts(component.get("components"), conditions, depth + 1),
            hide=hide,
        )

    def repeat(
        self,
        component: Component,
        hide: Condition | None,
        conditions: tuple[Condition, ...],
        depth: int,
    ) -> Repeat:
        self.claim(component, component.get("path"))
        outer, self.keys, self.in_list = self.keys, set(), True
        inside = self.parts(component.get("components"), (), depth + 1)
        inner_keys, self.keys, self.in_list = self.keys, outer, False
        parts = tuple(part for part in inside if not isinstance(part, Repeat))
        if len(parts) != len(inside):
            raise ValueError("a list inside a list cannot be shown")
        if not inner_keys:
            raise ValueError("the list asks nothing")
        return self._repeat(component, parts, inner_keys, hide, conditions)

    def _repeat(
        self,
        component: Component,
        parts: tuple[Question | Prose | Group, ...],
        inner_keys: set[str],
        hide: Condition | None,
        conditions: tuple[Condition, ...],
    ) -> Repeat:
        custom = {str(k): str(v) for k, v in (component.get("properties") or {}).items()}
        row_label = custom.get("rowLabel", "")
        if row_label and row_label not in inner_keys:
            raise ValueError(f"rowLabel names “{row_label}”, which the list does not ask")
        row_name = self.in_words(custom.get("rowName", ""))
        add_label = f"Add another {row_name[:1].lower()}{row_name[1:]}".rstrip()
        most = min(whole(custom.get("maxRows"), 30), MOST_ROWS)
        return Repeat(
            key=component["path"],
            label=self.in_words(str(component.get("label") or "")),
            parts=parts,
            hint=self.in_words(str(component.get("description") or "")),
            required=bool((component.get("validate") or {}).get("required")),
            open=bool(component.get("allowAddRemove", True)),
            first_rows=min(whole(component.get("defaultRepetitions"), 1), most),
            max_rows=most,
            row_label=row_label,
            row_name=row_name,
            add_label=self.in_words(custom.get("addLabel", add_label)),
            prefill=custom.get("prefill"),
            hide=hide,
            conditions=conditions,
            wording={k: self.in_words(v) for k, v in custom.items() if k.startswith("error")},
        )


def _hide(component: Component) -> Condition | None:
    text = (component.get("conditional") or {}).get("hide")
    if not text:
        return None
    if not str(text).startswith("="):
        raise ValueError("its condition must begin with =")
    return Condition(str(text)[1:].strip(), feel.parse(str(text)[1:]))
