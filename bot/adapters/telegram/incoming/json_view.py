"""View updates in the JSON of the Bot API with the attributes of a library's objects.

Both libraries make objects of everything in an update, also of fields that nobody reads; that costs
more than storing the answer.  A `View` converts a field when it is read, and has fields that a
library does not know yet.
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
"""The libraries' name of the field `from`, which is a keyword of Python."""


def seen(payload: Payload) -> Update:
    """Return the update of a payload; a field that is missing or null is `None`.

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
