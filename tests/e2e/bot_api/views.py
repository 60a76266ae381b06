"""What a tester sees of a message: its text, its buttons, where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Button:
    """One button; exactly one of `data`, `url`, `copies` is not empty, or another thing."""

    label: str
    raw: dict[str, Any]

    @property
    def data(self) -> str:
        return str(self.raw.get("callback_data") or "")

    @property
    def url(self) -> str:
        return str(self.raw.get("url") or "")

    @property
    def copies(self) -> str:
        return str((self.raw.get("copy_text") or {}).get("text") or "")


@dataclass(frozen=True, slots=True)
class Message:
    """A message in the form in which the Bot API sends it; a snapshot, edits make a new one."""

    raw: dict[str, Any]

    @property
    def id(self) -> int:
        found: int = self.raw["message_id"]
        return found

    @property
    def chat_id(self) -> int:
        found: int = self.raw["chat"]["id"]
        return found

    @property
    def text(self) -> str:
        """Text or caption, without mark-up."""
        return str(self.raw.get("text") or self.raw.get("caption") or "")

    @property
    def entities(self) -> list[dict[str, Any]]:
        return list(self.raw.get("entities") or self.raw.get("caption_entities") or [])

    @property
    def rows(self) -> list[list[Button]]:
        keyboard = (self.raw.get("reply_markup") or {}).get("inline_keyboard") or []
        return [[Button(button["text"], button) for button in row] for row in keyboard]

    @property
    def buttons(self) -> list[Button]:
        return [button for row in self.rows for button in row]

    @property
    def labels(self) -> list[str]:
        return [button.label for button in self.buttons]

    @property
    def thread_id(self) -> int | None:
        return self.raw.get("message_thread_id")

    @property
    def reply_to_id(self) -> int | None:
        return (self.raw.get("reply_to_message") or {}).get("message_id")

    @property
    def is_edited(self) -> bool:
        return "edit_date" in self.raw

    def marked(self, kind: str) -> list[str]:
        """The stretches of text that carry an entity of this kind."""
        encoded = self.text.encode("utf-16-le")
        return [
            encoded[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])].decode(
                "utf-16-le"
            )
            for entity in self.entities
            if entity["type"] == kind
        ]
