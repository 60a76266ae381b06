"""A person with a phone: writes, presses, edits, follows links, asks inline."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.e2e.bot_api import detection
from tests.e2e.bot_api.inline import from_cache
from tests.e2e.bot_api.members import change_status
from tests.e2e.bot_api.privacy import reaches
from tests.e2e.bot_api.queries import Guest, Inline, Press
from tests.e2e.bot_api.views import Button, Message
from tests.e2e.bot_api.world import Chat, Json, World, without_reply

PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
MOST = 4096
"""Units of one message."""
FILE = {"file_id": "AgAD", "file_unique_id": "u1", "file_size": 1000}
MEDIA: dict[str, Any] = {
    "sticker": FILE
    | {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False},
    "voice": FILE | {"duration": 3},
    "photo": [FILE | {"width": 90, "height": 90}],
    "document": FILE | {"file_name": "a.pdf"},
    "location": {"latitude": 30.6, "longitude": 104.1},
}


@dataclass(eq=False)
class User:
    """Somebody. `chat` is the private chat with the bot; other chats are named in each call."""

    world: World
    chat: Chat
    raw: Json

    @property
    def id(self) -> int:
        found: int = self.raw["id"]
        return found

    def says(
        self,
        text: str,
        chat: Chat | None = None,
        *,
        to: Message | None = None,
        topic: int = 0,
        quote: str = "",
    ) -> Message:
        """Write something, `to` a message (a reply) or into a topic.

        `quote` is a part of that message; without `to`, of one in another chat.
        """
        found = detection.entities(text)
        said = {"text": text} | ({"entities": found} if found else {})
        if quote:
            said |= {"quote": {"text": quote, "position": 0, "is_manual": True}}
        if quote and to is None:
            origin = {"type": "hidden_user", "date": self.world.now(), "sender_user_name": "别人"}
            said |= {"external_reply": {"origin": origin}}
        return self._send(said, chat, to, topic)

    def pastes(self, text: str, chat: Chat | None = None) -> list[Message]:
        """Send a text of any length; the client cuts it, as Telegram Desktop does behind a line."""
        parts: list[str] = []
        while text:
            end = len(text) if len(text) <= MOST else text.rfind("\n", MOST // 2, MOST) + 1 or MOST
            parts.append(text[:end].strip())
            text = text[end:]
        return [self.says(part, chat) for part in parts]

    def sends_album(
        self, captions: Sequence[str], chat: Chat | None = None, kind: str = "photo"
    ) -> list[Message]:
        """Send pictures together, one for each caption; the bot gets a message for each."""
        with self.world.lock:
            album = {"media_group_id": str(next(self.world.query_ids))}
            return [
                self._send({kind: MEDIA[kind], **album, **_captioned(c)}, chat, None, 0)
                for c in captions
            ]

    def sends(self, kind: str, chat: Chat | None = None, *, caption: str = "") -> Message:
        """Send a sticker, voice, photo, document or location."""
        return self._send({kind: MEDIA[kind], **_captioned(caption)}, chat, None, 0)

    def _send(self, content: Json, chat: Chat | None, to: Message | None, topic: int) -> Message:
        with self.world.lock:
            place = self._place(chat)
            message = place.put({"from": self.raw, **_frame(to, topic), **content})
            self._tell(place.kind, place, message)
        return Message(message)

    def _chat_of(self, message: Message) -> Chat:
        if connection := message.raw.get("business_connection_id"):
            return self.world.business[connection, message.chat_id]
        return self.world.chats[message.chat_id]

    def _place(self, chat: Chat | None) -> Chat:
        if chat is None:
            self.chat.is_known = True
            return self.chat
        chat.members.setdefault(self.id, self.raw)
        return chat

    def _tell(self, kind: str, chat: Chat, message: Json) -> None:
        if reaches(chat, message, self.world.bot):
            self.world.emit(kind, message)

    def reacts(self, message: Message, *emoji: str, before: Sequence[str] = ()) -> None:
        """Put these reactions under a message, in place of those there were."""
        with self.world.lock:
            chat = self.world.chats[message.chat_id]
            if chat.is_group and chat.bot_status != "administrator":
                return
            told = {"message_id": message.id, "date": self.world.now(), "user": self.raw}
            old, new = ([{"type": "emoji", "emoji": e} for e in es] for es in (before, emoji))
            place = {"chat": chat.as_json, "old_reaction": old, "new_reaction": new}
            self.world.emit("message_reaction", told | place)

    def edits(self, message: Message, text: str) -> Message:
        with self.world.lock:
            chat = self._chat_of(message)
            new = {"text": text, "entities": detection.entities(text) or None}
            changed = chat.change(message.id, new)
            self._tell(f"edited_{chat.kind}", chat, changed)
        return Message(changed)

    def starts(self, payload: str = "") -> Message:
        """Press the start button, or a deep link with this payload.

        Raises:
            ValueError: Telegram would drop such a payload.
        """
        if payload and not PAYLOAD.fullmatch(payload):
            raise ValueError(f"a start payload is 1-64 of A-Z a-z 0-9 _ -, not {payload!r}")
        if self.chat.bot_status == "kicked":
            self.unblocks()
        return self.says(f"/start {payload}".strip())

    def follows(self, url: str) -> Message:
        """Open a deep link to this bot, as `https://t.me/zhuce_bot?start=…`."""
        name = re.escape(self.world.bot["username"])
        found = re.fullmatch(
            rf"https?://t\.me/{name}\?start=([^&]*)", url, re.IGNORECASE
        ) or re.fullmatch(rf"tg://resolve\?domain={name}&start=([^&]*)", url, re.IGNORECASE)
        if found is None:
            raise ValueError(f"{url!r} is no deep link to @{self.world.bot['username']}")
        return self.starts(found[1])

    def presses(
        self, label_or_data: str, chat: Chat | None = None, *, on: Message | None = None
    ) -> Press:
        """Press the newest button with this label or data, or the one `on` that message.

        Raises:
            LookupError: no button of the bot has it.
        """
        with self.world.lock:
            message, button = self._button(label_or_data, chat or self.chat, on)
            if not button.data:
                raise LookupError(f"the button {button.label!r} calls nobody: {button.raw}")
            return self.forges(button.data, message)

    def _button(self, wanted: str, chat: Chat, on: Message | None) -> tuple[Message, Button]:
        near = [Message(chat.messages[on.id])] if on else chat.shown[::-1]
        near += [] if on else [Message(raw) for raw in reversed(chat.ephemeral.values())]
        for message in near:
            for button in message.buttons:
                if wanted in {button.label, button.data}:
                    return message, button
        seen = [message.labels for message in near if message.buttons][:3]
        raise LookupError(f"no button {wanted!r}; the newest are {seen}")

    def forges(self, data: str, on: Message, *, is_too_old: bool = False) -> Press:
        """A press with data that need not stand on any button.

        Of a message that is too old the bot is shown the place only (InaccessibleMessage).
        """
        place: Json = {"message": on.raw}
        if is_too_old:
            shown = {"chat": on.raw["chat"], "message_id": on.id, "date": 0}
            place = {"message": shown}
        elif "inline_message_id" in on.raw:
            place = {"inline_message_id": on.raw["inline_message_id"]}
        told = {"chat_instance": str(on.chat_id), "data": data, **place}
        with self.world.lock:
            query = self.world.ask("callback_query", self.raw, told)
            self.world.emit("callback_query", query.payload)
        return Press(self.world, query)

    def inline(self, query: str, offset: str = "", chat_type: str = "sender") -> Inline:
        """Type `@bot query` in any chat."""
        told = {"query": query[:256], "offset": offset, "chat_type": chat_type}
        with self.world.lock:
            asked = self.world.ask("inline_query", self.raw, told)
            if not from_cache(self.world, asked):
                self.world.emit("inline_query", asked.payload)
        return Inline(self.world, asked, self.raw)

    def summons(self, text: str, chat: Chat) -> Guest:
        """Mention the bot where it is no member (guest mode)."""
        with self.world.lock:
            query = self.world.ask("guest_query", self.raw, {"chat_id": chat.id})
            said = {"text": text, "entities": detection.entities(text)}
            message = chat.put({"from": self.raw, "guest_query_id": query.id, **said})
            if self.world.bot["supports_guest_queries"]:
                self.world.emit("guest_message", message)
        return Guest(self.world, query)

    def blocks(self) -> None:
        self._changes("kicked")

    def unblocks(self) -> None:
        self._changes("member")

    def _changes(self, status: str) -> None:
        with self.world.lock:
            change_status(self.chat, status, self.raw)


def _captioned(words: str) -> Json:
    found = detection.entities(words)
    caption: Json = {"caption": words} if words else {}
    return caption | ({"caption_entities": found} if found else {})


def _frame(to: Message | None, topic: int) -> Json:
    frame: Json = {}
    if to is not None:
        frame["reply_to_message"] = without_reply(to.raw)
    if topic:
        frame |= {"message_thread_id": topic, "is_topic_message": True}
    return frame
