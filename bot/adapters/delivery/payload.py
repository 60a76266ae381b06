"""Read JSON that a platform sent, or somebody in its name.

What a newcomer would get wrong: JSON can hold half of a surrogate pair and NUL, which no store
takes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

MOST_ID = 200
"""Characters of an id of theirs; it becomes a key of the store."""
Json = Mapping[str, Any]
_IN_PATH = re.compile(r"[A-Za-z0-9_-]+")


def object_in(body: bytes | str) -> Json:
    """Return the object.

    Raises:
        ValueError: it is none.
    """
    try:
        found = json.loads(body)
    except RecursionError as error:
        raise ValueError("too deep") from error
    if not isinstance(found, dict):
        raise ValueError("no object")  # noqa: TRY004  it came from outside
    return found


def part(body: Json, *names: str) -> Json:
    """Return the object inside others; empty if there is none."""
    for name in names:
        found = body.get(name)
        body = found if isinstance(found, dict) else {}
    return body


def text(body: Json, name: str) -> str:
    """Return a string as every store takes it; empty if there is none."""
    found = body.get(name)
    if not isinstance(found, str):
        return ""
    return found.encode("utf-8", "replace").decode().replace("\x00", "")


def named(body: Json, name: str) -> str:
    """Return an id.

    Raises:
        ValueError: there is none, or none of theirs.
    """
    found = text(body, name)
    if not found or len(found) > MOST_ID or not found.isprintable():
        raise ValueError(f"no {name}")
    return found


def in_path(body: Json, name: str) -> str:
    """Return an id that stands in the address of calls to the platform.

    Raises:
        ValueError: there is none, or it would lead somewhere else.
    """
    found = named(body, name)
    if not _IN_PATH.fullmatch(found):
        raise ValueError(f"no {name}")
    return found


def moment(seconds: object) -> datetime:
    """Return a time given in seconds since 1970.

    Raises:
        ValueError: it is none.
    """
    try:
        return datetime.fromtimestamp(float(seconds), UTC)  # type: ignore[arg-type]
    except (TypeError, OverflowError, OSError) as error:
        raise ValueError("no time") from error
