"""Convert a pack to plain data for JSON and back, without reading its files.

What a newcomer would get wrong: people do not write this form, and nothing is checked on the way
back, so pass only what `as_plain` returned.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date
from enum import Enum
from functools import partial
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from bot.core.model.entry import Source
from bot.core.model.pack import Pack

Read = Callable[[Any], Any]


def as_plain(pack: Pack) -> Any:
    """Convert a pack; each source is contained once, and citations refer to its id."""
    sources = {name: _fields(source, {}) for name, source in pack.sources.items()}
    return [sources, _fields(replace(pack, sources={}), {Source: lambda source: source.id})]


def from_plain(data: Any) -> Pack:
    """Invert `as_plain`."""
    rows, pack = data
    read_source = _reader(Source, {})
    sources = {name: read_source(row) for name, row in rows.items()}
    read: Callable[[Any], Pack] = _reader(Pack, {Source: sources.__getitem__})
    return replace(read(pack), sources=sources)


def _fields(value: Any, others: Mapping[type, Read]) -> list[Any]:
    return [_plain(getattr(value, field.name), others) for field in fields(value)]


def _plain(value: Any, others: Mapping[type, Read]) -> Any:
    if type(value) in others:
        return others[type(value)](value)
    if is_dataclass(value):
        return _fields(value, others)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _plain(each, others) for key, each in value.items()}
    if isinstance(value, tuple):
        return [_plain(each, others) for each in value]
    return value


def _reader(hint: Any, others: dict[Any, Read]) -> Read:
    """Return a function that rebuilds values of this type; `others` caches those made before."""
    if hint not in others:
        others[hint] = _made_reader(hint, others)
    return others[hint]


def _made_reader(hint: Any, others: dict[Any, Read]) -> Read:
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        (inner,) = (each for each in args if each is not type(None))
        return partial(_maybe, _reader(inner, others))
    if origin is tuple:
        return partial(_tuple, _reader(args[0], others))
    if origin is Mapping:
        return partial(_mapping, _reader(args[0], others), _reader(args[1], others))
    if isinstance(hint, type) and is_dataclass(hint):
        hints = get_type_hints(hint)
        readers = [_reader(hints[field.name], others) for field in fields(hint)]
        changed = [(at, read) for at, read in enumerate(readers) if read is not _same]
        return partial(_object, hint, changed)
    if hint is date:
        return date.fromisoformat
    return hint if issubclass(hint, Enum) else _same


def _same(value: Any) -> Any:
    return value


def _maybe(inner: Read, value: Any) -> Any:
    return None if value is None else inner(value)


def _tuple(inner: Read, values: list[Any]) -> tuple[Any, ...]:
    return tuple(values if inner is _same else map(inner, values))


def _mapping(key: Read, inner: Read, values: dict[str, Any]) -> dict[Any, Any]:
    if key is inner is _same:
        return values
    return {key(name): inner(value) for name, value in values.items()}


def _object(form: Callable[..., Any], changed: list[tuple[int, Read]], row: list[Any]) -> Any:
    """Make an object of its fields, in place: most of them are what they were."""
    for at, read in changed:
        if row[at] is not None:
            row[at] = read(row[at])
    return form(*row)
