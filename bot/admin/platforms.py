"""Show a reply as each platform shows it, by the functions of the platforms themselves.

A platform that is added gets a line in `VIEWS`; the page itself needs no change.  Those whose extra
is not installed are left out, because their functions cannot be loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from bot.adapters.delivery.codes import Codebook
from bot.adapters.delivery.plain import plain_pages
from bot.adapters.delivery.splitting import Room
from bot.adapters.telegram.outgoing.callback_data import Buttons
from bot.adapters.telegram.outgoing.message import OutgoingMessage, Writer
from bot.adapters.telegram.routes import Route
from bot.core.model.pack import Pack
from bot.core.model.reply import Reply
from bot.core.wire import reply_as_json
from bot.extras import is_installed
from bot.plugins import Units

if TYPE_CHECKING:
    from bot.adapters.wecom.message import Form

_NOBODY = 1
_GROUP = -1


@dataclass(frozen=True, slots=True)
class View:
    """What one platform shows; exactly one of `parts`, `html` and `texts` is given."""

    title: str
    parts: Sequence[Mapping[str, Any]] = ()
    """Typed parts, drawn by the script of the chat page."""
    html: Sequence[str] = ()
    """Messages in the HTML of Telegram, which escapes everything that is said."""
    buttons: Sequence[Sequence[str]] = ()
    texts: Sequence[str] = ()


def views(pack: Pack, reply: Reply, day: date) -> list[View]:
    """Return the reply as each platform shows it."""
    return [show(pack, reply, day) for extra, show in VIEWS if extra is None or is_installed(extra)]


def _web(pack: Pack, reply: Reply, _day: date) -> View:
    return View("网页", parts=reply_as_json(reply, pack.vocabulary.names)["parts"])


def _telegram(pack: Pack, reply: Reply, day: date) -> View:
    return _message("Telegram 私聊", _written(pack, reply, Route(_NOBODY, _NOBODY), day))


def _telegram_group(pack: Pack, reply: Reply, day: date) -> View:
    route = Route(_GROUP, _NOBODY, is_group=True)
    return _message("Telegram 群里", _written(pack, reply, route, day))


def _terminal(_pack: Pack, reply: Reply, _day: date) -> View:
    return View("纯文字（终端、没有按钮的地方）", texts=(reply.as_text(),))


def _wechat(_pack: Pack, reply: Reply, _day: date) -> View:
    from bot.adapters.tencent.pages import pages_of, texts_of
    from bot.adapters.wechat.chats import MOST_BYTES

    return View("微信公众号", texts=pages_of(texts_of(reply.parts), MOST_BYTES))


def _wecom(pack: Pack, reply: Reply, _day: date) -> View:
    from bot.adapters.wecom.app_chats import MOST_TEXT
    from bot.adapters.wecom.message import Form

    return _wecom_view("企业微信应用", pack, reply, Form(MOST_TEXT))


def _wecom_robot(pack: Pack, reply: Reply, _day: date) -> View:
    from bot.adapters.wecom.robot_chats import FORM

    return _wecom_view("企业微信机器人（Markdown）", pack, reply, FORM)


def _wecom_view(title: str, pack: Pack, reply: Reply, form: Form) -> View:
    from bot.adapters.wecom.message import write

    made = write(pack, reply, form)
    buttons = [[button["text"]] for button in (made.card or {}).get("button_list", ())]
    return View(title, texts=made.pages, buttons=buttons)


def _dingtalk(_pack: Pack, reply: Reply, _day: date) -> View:
    from bot.adapters.dingtalk.chats import MOST_BYTES

    return View("钉钉", texts=plain_pages(reply, Room(MOST_BYTES, Units.BYTES)))


def _feishu(_pack: Pack, reply: Reply, _day: date) -> View:
    from bot.adapters.feishu.chats import as_buttons, pages_of

    return View("飞书", texts=pages_of(reply), buttons=[[one.label] for one in as_buttons(reply)])


def _qq(_pack: Pack, reply: Reply, _day: date) -> View:
    from bot.adapters.qq.chats import MOST_BYTES
    from bot.adapters.tencent.pages import pages_of, texts_of

    return View("QQ", texts=pages_of(texts_of(reply.parts), MOST_BYTES))


VIEWS: Sequence[tuple[str | None, Callable[[Pack, Reply, date], View]]] = (
    (None, _web),
    (None, _telegram),
    (None, _telegram_group),
    ("wechat", _wechat),
    ("wecom", _wecom),
    ("wecom", _wecom_robot),
    ("dingtalk", _dingtalk),
    ("feishu", _feishu),
    ("qq", _qq),
    (None, _terminal),
)
"""Each with the extra that it needs."""


def _written(pack: Pack, reply: Reply, route: Route, day: date) -> OutgoingMessage:
    codes = Codebook(pack)
    buttons = Buttons(b"a preview has no presses", pack.version, codes)
    return Writer(pack, "bot", codes, buttons).write(reply, route, day)


def _message(title: str, written: OutgoingMessage) -> View:
    rows = (written.keyboard or {}).get("inline_keyboard", ())
    labels = [[button["text"] for button in row] for row in rows]
    return View(title, html=written.pages, buttons=labels)
