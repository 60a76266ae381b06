"""Read what the XML of WeChat and of WeCom has in common: times, ids, keys of menus."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from bot.adapters.tencent.xml import Fields, Unreadable

MOST_ID = 200
"""Characters of an id of theirs; it becomes a key of the store."""
_DIGEST = 24


def required(fields: Fields, name: str) -> str:
    """Return a field that every message has.

    Raises:
        Unreadable: it is missing, or longer than any of theirs.
    """
    value = fields.get(name, "").strip()
    if not value or len(value) > MOST_ID:
        raise Unreadable(f"no {name}")
    return value


def moment(fields: Fields) -> datetime:
    """Return when the message was made.

    Raises:
        Unreadable: the field is no time.
    """
    try:
        return datetime.fromtimestamp(int(required(fields, "CreateTime")), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Unreadable("no CreateTime") from error


def event_id(fields: Fields) -> str:
    """Return an id for what has none: who it is from is part of the conversation's key."""
    at, event = required(fields, "CreateTime"), required(fields, "Event")
    what = "\n".join(fields.get(name, "") for name in ("TaskId", "EventKey"))
    return f"{at}:{event}:{hashlib.sha256(what.encode()).hexdigest()[:_DIGEST]}"


def menu_words(fields: Fields) -> str | None:
    """Return the key of a menu entry, which is what a person would have typed instead."""
    return fields.get("EventKey", "").strip() or None
