"""Read events; `None` for what is not for the bot.

Messages are `im.message.receive_v1` (https://open.feishu.cn/document/server-docs/im-v1/message/
events/receive), presses `card.action.trigger`.  In groups the robot gets what names it; where the
app may read all messages, what names others comes too, so the name is looked for here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from bot.adapters.delivery.chats import Route
from bot.adapters.delivery.codes import short_hash
from bot.adapters.delivery.payload import Json, in_path, moment, named, object_in, part, text
from bot.core.model.update import ConversationKey, Event, Update

PLATFORM = "feishu"
_UNREAD = {"audio": Event.VOICE, "image": Event.PICTURE, "media": Event.PICTURE}
_OWNED = ":"
HELP = "/help"


@dataclass(frozen=True, slots=True)
class Heard:
    """An update, and the way back."""

    update: Update
    route: Route


@dataclass(frozen=True, slots=True)
class Foreign:
    """Somebody pressed the button of another person."""


def key_for(value: str, route: Route) -> str:
    """Return what a button sends back: in a group it belongs to the person who asked."""
    return f"{short_hash(route.user)}{_OWNED}{value}" if route.is_group else value


def read(opened: Json, robot: str) -> Heard | Foreign | None:
    """Return what an event says; `robot` is the open id of the robot, by which groups name it.

    Raises:
        ValueError: something that every event has is missing.
    """
    header, event = part(opened, "header"), part(opened, "event")
    match text(header, "event_type"):
        case "im.message.receive_v1":
            return _message(header, event, robot)
        case "card.action.trigger":
            return _press(header, event)
        case _:
            return None


def _message(header: Json, event: Json, robot: str) -> Heard | None:
    message, sender = part(event, "message"), part(event, "sender")
    if text(sender, "sender_type") not in ("", "user"):
        return None
    user = named(part(sender, "sender_id"), "open_id")
    is_group = text(message, "chat_type") != "p2p"
    number = in_path(message, "message_id")
    chat = named(message, "chat_id") if is_group else user
    if is_group and not _names(message, robot):
        return None
    route = Route(chat, user, is_group, number, number)
    words, way = _words(message), route.as_text()
    key, at = ConversationKey(PLATFORM, chat, user), _moment(header)
    if is_group and text(message, "message_type") == "text":
        words = words.strip() or HELP
    if words.strip():
        return Heard(Update(number, key, at, text=words, route=way), route)
    unread = _UNREAD.get(text(message, "message_type"), Event.UNREADABLE)
    return Heard(Update(number, key, at, event=unread, route=way), route)


def _mentions(message: Json) -> list[Json]:
    found = message.get("mentions")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _names(message: Json, robot: str) -> bool:
    """Return whether the robot is named; before its id is known, whether anybody is."""
    ids = [text(part(one, "id"), "open_id") for one in _mentions(message)]
    return robot in ids if robot else bool(ids)


def _words(message: Json) -> str:
    """Return the text without the marks of those who are named in it."""
    try:
        content = object_in(text(message, "content"))
    except ValueError:
        return ""
    match text(message, "message_type"):
        case "text":
            said = text(content, "text")
        case "post":
            said = "\n".join([text(content, "title"), *_lines(content)]).strip()
        case _:
            return ""
    for one in _mentions(message):
        if mark := text(one, "key"):
            said = re.sub(rf"{re.escape(mark)}(?!\d)\s?", "", said)
    return said


def _lines(content: Json) -> list[str]:
    paragraphs = content.get("content")
    if not isinstance(paragraphs, list):
        return []
    return [
        "".join(text(run, "text") for run in one if isinstance(run, dict))
        for one in paragraphs
        if isinstance(one, list)
    ]


def _press(header: Json, event: Json) -> Heard | Foreign | None:
    user, place = named(part(event, "operator"), "open_id"), part(event, "context")
    made = part(event, "action", "value")
    value, is_group = text(made, "v"), made.get("g") is True
    if is_group:
        owner, divided, value = value.partition(_OWNED)
        if not divided or owner != short_hash(user):
            return Foreign()
    if not value:
        return None
    number = named(header, "event_id")
    chat = named(place, "open_chat_id") if is_group else user
    route = Route(chat, user, is_group, in_path(place, "open_message_id"), number)
    key, at = ConversationKey(PLATFORM, chat, user), _moment(header)
    return Heard(Update(number, key, at, press=value, route=route.as_text()), route)


def _moment(header: Json) -> datetime:
    """Return when it happened, given in milliseconds."""
    return moment(float(named(header, "create_time")) / 1000)
