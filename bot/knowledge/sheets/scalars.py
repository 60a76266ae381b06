"""Find the scalars of a YAML text, and write one back.

A leaf is a scalar or an empty list or mapping.  What a newcomer would get wrong: keys are no
leaves; they lie in the gaps between leaves, with dashes, brackets, indentation and remarks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from bot.knowledge.reading.located import Trail
from bot.knowledge.reading.safe_yaml import DATE, WHOLE_NUMBER, WORDS

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # PyYAML built without libyaml
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

Columns = tuple[str, ...]
"""For each step of a trail the column it is written in, or the bracket it is written inside."""

_EMPTY = {yaml.SequenceEndEvent: "[]", yaml.MappingEndEvent: "{}"}
_UNSAFE_START = re.compile(r"""[\s,\[\]{}#&*!|>'"%@`=-]|[?:](\s|$)""")
_UNSAFE = re.compile(r""":(\s|$)|\s#|[\n\r\t]|\s$""")
_BRACKETS = re.compile(r"[,\[\]{}]")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A scalar, and where it stands in the text."""

    trail: Trail
    text: str
    columns: Columns
    start: int
    end: int

    @property
    def is_inside_brackets(self) -> bool:
        return any(not column.isdigit() for column in self.columns)


def leaves(text: str) -> list[Leaf]:
    """Return the leaves of a text that `bot.knowledge.reading.safe_yaml` accepts, in order.

    Raises:
        yaml.YAMLError: it is not YAML.
    """
    events = iter(yaml.parse(text, Loader=_Loader))
    found: list[Leaf] = []
    for event in events:
        if not isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent):
            found += _node(event, events, text, (), ())
            break
    for _ in events:
        pass  # what follows the document is refused by the parser
    return found


def _node(event: Any, events: Iterator[Any], text: str, at: Trail, columns: Columns) -> list[Leaf]:
    if isinstance(event, yaml.ScalarEvent):
        start, end = _span(event, event)
        if event.style in {"|", ">"}:  # the parser counts blank lines behind it
            end = start + len(text[start:end].rstrip())
        return [Leaf(at, event.value, columns, start, end)]
    if isinstance(event, yaml.MappingStartEvent):
        return _children(event, events, text, at, (*columns, _column(event, "{")))
    if isinstance(event, yaml.SequenceStartEvent):
        return _children(event, events, text, at, (*columns, _column(event, "[")))
    return []  # the end of an empty document


def _span(first: Any, last: Any) -> tuple[int, int]:
    return first.start_mark.index, last.end_mark.index


def _column(event: Any, bracket: str) -> str:
    return bracket if event.flow_style else str(event.start_mark.column)


def _children(
    start: Any, events: Iterator[Any], text: str, at: Trail, columns: Columns
) -> list[Leaf]:
    found: list[Leaf] = []
    for number, event in enumerate(events):
        if (empty := _EMPTY.get(type(event))) is not None:
            if not number:
                found.append(Leaf(at, empty, columns[:-1], *_span(start, event)))
            break
        if isinstance(start, yaml.MappingStartEvent):
            found += _node(next(events), events, text, (*at, event.value), columns)
        else:
            found += _node(event, events, text, (*at, number), columns)
    return found


def is_text(text: str) -> bool:
    """Return whether the pack's YAML reads these bare characters as text."""
    return not (text in WORDS or WHOLE_NUMBER.fullmatch(text) or DATE.fullmatch(text))


def written(text: str, quoting: str, *, is_inside_brackets: bool) -> str:
    """Return a text as YAML, in the way that `quoting` names (see `quoting_of`)."""
    if quoting.startswith("["):
        raw, value = json.loads(quoting)
        return str(raw) if value == text else _like(str(raw), text, is_inside_brackets)
    if quoting == "plain" and not is_text(text):
        return text
    if quoting == "single" and not re.search(r"[\n\r]", text):
        return "'" + text.replace("'", "''") + "'"
    if quoting != "double" and is_text(text) and _is_safe(text, is_inside_brackets):
        return text
    return json.dumps(text, ensure_ascii=False)


def quoting_of(leaf: Leaf, raw: str) -> str:
    """Return how a leaf is written: the shortest name with which `written` gives it back.

    "" is bare where that is safe, else double quotes; "plain" is a number, a date or a word of
    YAML; anything else is kept as JSON of what is written and what it says.
    """
    for name in ("", "plain", "double", "single"):
        if written(leaf.text, name, is_inside_brackets=leaf.is_inside_brackets) == raw:
            return name
    return json.dumps([raw, leaf.text], ensure_ascii=False)


def _like(raw: str, text: str, is_inside_brackets: bool) -> str:
    """Return a new text in the style of what stood there."""
    if raw[:1] in {"|", ">"} and not re.search(r"^\s|[\r\t]|\n\n|\s$", text):
        indent = next(
            (re.match(" *", line) or [""])[0] for line in raw.split("\n")[1:] if line.strip()
        )
        return "\n".join(["|-", *(indent + line for line in text.split("\n"))])
    style = {"'": "single", '"': "double"}.get(raw[:1], "")
    return written(text, style, is_inside_brackets=is_inside_brackets)


def _is_safe(text: str, is_inside_brackets: bool) -> bool:
    """Return whether a text can stand without quotes."""
    if not text or _UNSAFE_START.match(text) or _UNSAFE.search(text):
        return False
    return not (is_inside_brackets and _BRACKETS.search(text))


def trail_name(trail: Sequence[str | int]) -> str:
    """Return a trail as people read it: numbers count from one, odd keys stand in quotes."""
    return ".".join(str(step + 1) if isinstance(step, int) else _key(step) for step in trail)


def labels_of(name: str) -> tuple[str | int, ...]:
    """Return the steps of a name that `trail_name` gave or a person typed.

    Raises:
        ValueError: it is not such a name.
    """
    parts = re.findall(r'"(?:[^"\\]|\\.){0,100}"|[^."]+', name)
    if ".".join(parts) != name:
        raise ValueError(name)
    return tuple(_step(part) for part in parts)


def _step(part: str) -> str | int:
    if part.startswith('"'):
        return str(json.loads(part))
    return int(part) - 1 if part.isdecimal() else part


def _key(key: str) -> str:
    is_plain = key and not re.search(r'[."\s]', key) and not key.isdecimal()
    return key if is_plain else json.dumps(key, ensure_ascii=False)
