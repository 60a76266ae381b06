"""Read what a self-built app is called with; `None` for what is not for the bot.

https://developer.work.weixin.qq.com/document/path/90239 (messages), 90240 (events).
"""

from __future__ import annotations

from bot.adapters.delivery.chats import Route
from bot.adapters.tencent.xml import Fields, Unreadable
from bot.adapters.tencent.xml_updates import event_id, menu_words, moment, required
from bot.adapters.wecom.message import APP
from bot.core.model.update import ConversationKey, Event, Update

_HELLO = "/start"


def read(fields: Fields, agent: str) -> tuple[Update, Route] | None:
    """Return what was said to the app with this id, and the way back.

    Raises:
        Unreadable: something that every message has is missing, or it is for another app.
    """
    if required(fields, "AgentID") != agent:
        raise Unreadable("for another app")
    user = required(fields, "FromUserName")
    route, key, at = Route(user, user), ConversationKey(APP, agent, user), moment(fields)
    way = route.as_text()
    match required(fields, "MsgType"):
        case "event":
            text, press = _said_by_event(fields)
            if not text and not press:
                return None
            made = Update(event_id(fields), key, at, text=text, press=press, route=way)
        case "text" if fields.get("Content", "").strip():
            made = Update(required(fields, "MsgId"), key, at, text=fields["Content"], route=way)
        case _:
            made = Update(required(fields, "MsgId"), key, at, event=Event.UNREADABLE, route=way)
    return made, route


def _said_by_event(fields: Fields) -> tuple[str | None, str | None]:
    """Return words or a press; opening the app is neither, and happens many times a day."""
    match fields.get("Event", "").lower():
        case "subscribe":
            return _HELLO, None
        case "click":
            return menu_words(fields), None
        case "template_card_event":
            return None, menu_words(fields)
        case _:
            return None, None
