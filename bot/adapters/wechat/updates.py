"""Read what an official account delivers; `None` for what is not for the bot.

Messages have an id, events are known by who did what in which second
(https://developers.weixin.qq.com/doc/service/guide/product/message/Receiving_standard_messages.html).
"""

from __future__ import annotations

from bot.adapters.tencent.xml import Fields
from bot.adapters.tencent.xml_updates import event_id, menu_words, moment, required
from bot.core.model.update import ConversationKey, Event, Update

PLATFORM = "wechat"
_UNSUPPORTED = "【收到不支持的消息类型，暂无法显示】"
"""What the platform says in a person's name instead of a sticker."""
_HELLO = "/start"


def read(fields: Fields) -> Update | None:
    """Return the update.

    Raises:
        Unreadable: something that every message has is missing.
    """
    key = ConversationKey(
        PLATFORM, required(fields, "ToUserName"), required(fields, "FromUserName")
    )
    at = moment(fields)
    if required(fields, "MsgType") == "event":
        said = _said_by_event(fields)
        return Update(event_id(fields), key, at, text=said) if said else None
    number, words = required(fields, "MsgId"), _words(fields)
    if words:
        return Update(number, key, at, text=words)
    return Update(number, key, at, event=Event.UNREADABLE)


def _words(fields: Fields) -> str:
    """Return the text, or what the platform heard in a voice message; empty if there is neither."""
    name = {"text": "Content", "voice": "Recognition"}.get(fields["MsgType"], "")
    words = fields.get(name, "")
    return "" if words.strip() == _UNSUPPORTED else words


def _said_by_event(fields: Fields) -> str | None:
    """Return the words that an event stands for: following is a greeting, a menu key is words."""
    match fields.get("Event", "").lower():
        case "subscribe":
            return _HELLO
        case "click":
            return menu_words(fields)
        case _:
            return None
