"""The parameters of one call, whichever way they travelled.

A form carries every value as text and objects as JSON in text; a JSON body carries them as they
are. Objects are decoded once, here; numbers and switches are read by the accessors.
"""

from __future__ import annotations

import json
from typing import Any

from tests.e2e.bot_api.refusals import bad_request

OBJECTS = frozenset(
    {
        "allowed_updates",
        "button",
        "caption_entities",
        "commands",
        "entities",
        "ephemeral_message_parameters",
        "explanation_entities",
        "link_preview_options",
        "media",
        "menu_button",
        "message_ids",
        "permissions",
        "reaction",
        "reply_markup",
        "reply_parameters",
        "result",
        "results",
        "rich_message",
        "rights",
        "scope",
    }
)
TRUE = frozenset({"true", "1", "yes", "y"})


class Params(dict[str, Any]):
    """What was sent; absent and null are the same."""

    @classmethod
    def of(cls, sent: dict[str, Any]) -> Params:
        return cls({name: _decoded(name, value) for name, value in sent.items() if value != ""})

    def text(self, name: str) -> str:
        value = self.get(name)
        return "" if value is None else str(value)

    def integer(self, name: str, default: int = 0) -> int:
        """The number; text that is no number counts as `default`, as at Telegram."""
        try:
            return int(self[name])
        except (KeyError, TypeError, ValueError):
            return default

    def flag(self, name: str) -> bool:
        return str(self.get(name, "")).lower() in TRUE

    def object(self, name: str) -> dict[str, Any]:
        """A JSON object, empty if it was not sent."""
        value = self.get(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise bad_request(f"can't parse {name} JSON object")
        return value

    def array(self, name: str) -> list[Any]:
        value = self.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise bad_request(f"can't parse {name} JSON array")
        return value


def _decoded(name: str, value: Any) -> Any:
    if name not in OBJECTS or not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object") from None
