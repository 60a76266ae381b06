"""Updates as the Bot API writes them, read like the objects of a library.

Both libraries make an object of everything in an update, down to fields that nobody reads; that
costs more than storing the answer does.  A `View` makes what is asked for when it is asked for,
and has fields that a library does not know yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

from bot.adapters.telegram.incoming.update_types import Update

Payload = Mapping[str, Any]
"""An update decoded from JSON."""
_MOMENT = "date"
_SENDER = "from_user"
"""What both libraries call the field `from`, which no attribute can be called."""


def seen(payload: Payload) -> Update:
    """The update of a payload; a field that is not there, or is null, is `None`.

    Raises:
        TypeError: the payload has no `update_id` that is a number.
    """
    if not isinstance(payload.get("update_id"), int):
        raise TypeError("no update: it has no update_id")
    return cast("Update", View(payload))


class View:
    """One object of the Bot API."""

    __slots__ = ("_fields",)

    def __init__(self, fields: Payload) -> None:
        self._fields = fields

    def __getattr__(self, name: str) -> Any:
        value = self._fields.get("from" if name == _SENDER else name)
        if isinstance(value, dict):
            return View(value)
        if isinstance(value, list):
            return [View(one) if isinstance(one, dict) else one for one in value]
        if name == _MOMENT and value is not None:
            return datetime.fromtimestamp(value, UTC)
        return value
