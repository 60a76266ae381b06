"""Read what the robot is told; `None` for what is not for the bot.

The same message comes by webhook and by Stream (https://open.dingtalk.com/document/isvapp/
receive-message, 2023-01-05; `ChatbotMessage` in dingtalk-stream 0.24.3).  In groups only messages
that name the robot arrive, without the name.  What a newcomer would get wrong: the session address
lives an hour and a half, and whoever can forge a message could name an address of his own.
"""

from __future__ import annotations

from bot.adapters.delivery.chats import Route
from bot.adapters.delivery.payload import Json, moment, named, part, text
from bot.core.model.update import ConversationKey, Event, Update

PLATFORM = "dingtalk"
SESSION_PATH = "/robot/sendBySession?session="
_MOST_SESSION = 500
_GROUP = "2"
_UNREAD = {"audio": Event.VOICE, "picture": Event.PICTURE}


def read(body: Json, session_url: str) -> tuple[Update, Route] | None:
    """Return what was said, and the way back.

    `session_url` is the only server whose sessions are written to.

    Raises:
        ValueError: it is nothing that the platform delivers.
    """
    user = text(body, "senderStaffId") or named(body, "senderId")
    is_group = text(body, "conversationType") == _GROUP
    if is_group and body.get("isInAtList") is not True:
        return None
    chat, number = named(body, "conversationId") if is_group else user, named(body, "msgId")
    route = Route(chat, user, is_group, _session(body, session_url), number)
    key, at, way = ConversationKey(PLATFORM, chat, user), moment(_seconds(body)), route.as_text()
    words = _words(body)
    if is_group:
        words = words.strip()
    if words.strip():
        return Update(number, key, at, text=words, route=way), route
    if is_group and text(body, "msgtype") == "text":
        return Update(number, key, at, text="/help", route=way), route
    event = _UNREAD.get(text(body, "msgtype"), Event.UNREADABLE)
    return Update(number, key, at, event=event, route=way), route


def _words(body: Json) -> str:
    """Return the text, or what the platform heard in a voice message."""
    match text(body, "msgtype"):
        case "text":
            return text(part(body, "text"), "content")
        case "audio":
            return text(part(body, "content"), "recognition")
        case "richText":
            items = part(body, "content").get("richText")
            found = items if isinstance(items, list) else []
            return "\n".join(text(one, "text") for one in found if isinstance(one, dict)).strip()
        case _:
            return ""


def _session(body: Json, session_url: str) -> str:
    """Return the end of the session and its secret; empty for one of another server."""
    before, divided, secret = text(body, "sessionWebhook").partition(SESSION_PATH)
    ends = body.get("sessionWebhookExpiredTime")
    is_ours = before == session_url and divided and secret.isascii() and secret.isprintable()
    if not is_ours or len(secret) > _MOST_SESSION or not isinstance(ends, int):
        return ""
    return f"{ends} {secret}"


def _seconds(body: Json) -> float:
    at = body.get("createAt")
    return at / 1000 if isinstance(at, int) else float("nan")
