"""Read events; `None` for what is not for the bot.

`C2C_MESSAGE_CREATE` is said alone, `GROUP_AT_MESSAGE_CREATE` in a group, where only what names the
robot comes, without the name (https://bot.q.qq.com/wiki/develop/api-v2/server-inter/message/send-
receive/event.html).  People have another id in each group.
"""

from __future__ import annotations

from datetime import datetime

from bot.adapters.delivery.chats import Route
from bot.adapters.delivery.payload import Json, in_path, named, part, text
from bot.core.model.update import ConversationKey, Event, Update

PLATFORM = "qq"
HELP = "/help"
_ALONE, _GROUP = "C2C_MESSAGE_CREATE", "GROUP_AT_MESSAGE_CREATE"


def read(body: Json) -> tuple[Update, Route] | None:
    """Return what was said, and the way back.

    Raises:
        ValueError: something that every event has is missing.
    """
    kind, event = text(body, "t"), part(body, "d")
    if kind not in (_ALONE, _GROUP):
        return None
    is_group, author = kind == _GROUP, part(event, "author")
    user = in_path(author, "member_openid" if is_group else "user_openid")
    chat = in_path(event, "group_openid") if is_group else user
    number = named(event, "id")
    route = Route(chat, user, is_group, number, number)
    key, at, way = ConversationKey(PLATFORM, chat, user), _moment(event), route.as_text()
    words = text(event, "content")
    if is_group:
        words = words.strip()
    if words.strip():
        return Update(number, key, at, text=words, route=way), route
    unread = _unread(event)
    if is_group and unread is Event.UNREADABLE:
        return Update(number, key, at, text=HELP, route=way), route
    return Update(number, key, at, event=unread, route=way), route


def _unread(event: Json) -> Event:
    """Return what was sent instead of words."""
    found = event.get("attachments")
    kinds = (
        [text(one, "content_type") for one in found if isinstance(one, dict)]
        if (isinstance(found, list))
        else []
    )
    if "voice" in kinds:
        return Event.VOICE
    is_seen = any(kind.startswith(("image/", "video/")) for kind in kinds)
    return Event.PICTURE if is_seen else Event.UNREADABLE


def _moment(event: Json) -> datetime:
    at = datetime.fromisoformat(text(event, "timestamp"))
    if at.tzinfo is None:
        raise ValueError("no time zone")
    return at
