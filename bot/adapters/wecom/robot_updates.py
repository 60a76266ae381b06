"""Read what the robot's connection delivers; `None` for what is not for the bot.

In groups only messages that name the robot arrive, with the name in front
(https://developer.work.weixin.qq.com/document/path/101463).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.adapters.delivery.chats import Route
from bot.adapters.delivery.codes import short_hash
from bot.adapters.delivery.payload import Json, moment, named, part, text
from bot.adapters.wecom.message import ROBOT
from bot.core.dialogue import commands
from bot.core.model.update import ConversationKey, Event, Quoted, Update

HELP = "/help"
_MENTION = re.compile(r"\s{0,20}@\S{1,100}[\s\u2005\u3000]{0,20}")
_OWNED = ":"


@dataclass(frozen=True, slots=True)
class Heard:
    """An update, and the way back."""

    update: Update
    route: Route


@dataclass(frozen=True, slots=True)
class Entered:
    """A person opened the chat with the robot, for the first time today."""

    request: str


@dataclass(frozen=True, slots=True)
class Foreign:
    """Somebody pressed the button of another person; the route leads to the one who pressed."""

    route: Route


@dataclass(frozen=True, slots=True)
class Displaced:
    """Another connection of this robot was opened, and this one ends."""


Seen = Heard | Entered | Foreign | Displaced


def key_for(value: str, route: Route) -> str:
    """Return what a button sends back: in a group it belongs to the person who asked."""
    return f"{short_hash(route.user)}{_OWNED}{value}" if route.is_group else value


def read(body: Json, request: str, now: datetime) -> Seen | None:
    """Return what was delivered with this request id.

    Raises:
        ValueError: it is nothing that the platform delivers.
    """
    event = part(body, "event")
    if text(event, "eventtype") == "disconnected_event":
        return Displaced()
    user, group = named(part(body, "from"), "userid"), text(body, "chatid")
    is_group = text(body, "chattype") == "group"
    if is_group and not group:
        raise ValueError("no chatid")
    route = Route(group if is_group else user, user, is_group)
    if text(body, "msgtype") == "event":
        return _read_event(body, event, route, request, now)
    route = Route(route.chat, user, is_group, request, named(body, "msgid"))
    return Heard(_message(body, route, now), route)


def _message(body: Json, route: Route, now: datetime) -> Update:
    number, key, at = route.update, _key(route), _moment(body, now)
    words, quoted = _words(body), _quoted(body)
    if route.is_group and words:
        words = _for_us(words, quoted)
    if not words.strip():
        return Update(number, key, at, event=Event.UNREADABLE, route=route.as_text())
    return Update(number, key, at, text=words, route=route.as_text(), quoted=quoted)


def _for_us(words: str, quoted: Quoted | None) -> str:
    """Return what is said behind the robot's name; a command may take what was quoted."""
    said = _MENTION.sub("", words, count=1).strip()
    command = commands.read(said)
    if quoted and command and not command.argument and commands.takes_argument(command.name):
        return f"/{command.name} {quoted.words}"
    return said or (quoted.words if quoted else HELP)


def _read_event(body: Json, event: Json, route: Route, request: str, now: datetime) -> Seen | None:
    match text(event, "eventtype"):
        case "enter_chat":
            return Entered(request)
        case "template_card_event":
            pressed = part(event, "template_card_event") or event
            return _pressed(body, text(pressed, "event_key"), route, now)
        case _:
            return None


def _pressed(body: Json, value: str, route: Route, now: datetime) -> Seen | None:
    if route.is_group:
        owner, divided, value = value.partition(_OWNED)
        if not divided or owner != short_hash(route.user):
            return Foreign(Route(route.user, route.user))
    if not value:
        return None
    number, at = named(body, "msgid"), _moment(body, now)
    route = replace(route, update=number)
    update = Update(number, _key(route), at, press=value, route=route.as_text())
    return Heard(update, route)


def _words(body: Json) -> str:
    match text(body, "msgtype"):
        case "text" | "voice" as kind:
            return text(part(body, kind), "content")
        case "mixed":
            items = part(body, "mixed").get("msg_item")
            return "\n".join(_texts(items if isinstance(items, list) else ()))
        case _:
            return ""


def _texts(items: Sequence[object]) -> list[str]:
    texts = (text(part(item, "text"), "content") for item in items if isinstance(item, dict))
    return [text for text in texts if text]


def _quoted(body: Json) -> Quoted | None:
    words = _words(part(body, "quote"))
    return Quoted(words) if words.strip() else None


def _key(route: Route) -> ConversationKey:
    return ConversationKey(ROBOT, route.chat, route.user)


def _moment(body: Json, now: datetime) -> datetime:
    at = body.get("create_time")
    return moment(at) if isinstance(at, int) and at else now
