"""Show a reply as each platform shows it, by the functions of the platforms themselves.

A platform that is added gets a line in `VIEWS`; the page itself needs no change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.adapters.delivery.codes import Codebook
from bot.adapters.telegram.outgoing.callback_data import Buttons
from bot.adapters.telegram.outgoing.message import OutgoingMessage, Writer
from bot.adapters.telegram.routes import Route
from bot.core.model.pack import Pack
from bot.core.model.reply import Reply
from bot.core.wire import reply_as_json

_NOBODY = 1
_GROUP = -1


@dataclass(frozen=True, slots=True)
class View:
    """What one platform shows; exactly one of `parts`, `html` and `text` is given."""

    title: str
    parts: Sequence[Mapping[str, Any]] = ()
    """Typed parts, drawn by the script of the chat page."""
    html: Sequence[str] = ()
    """Messages in the HTML of Telegram, which escapes everything that is said."""
    buttons: Sequence[Sequence[str]] = ()
    text: str = ""


def views(pack: Pack, reply: Reply, day: date) -> list[View]:
    """Return the reply as each platform shows it."""
    return [show(pack, reply, day) for show in VIEWS]


def _web(pack: Pack, reply: Reply, _day: date) -> View:
    return View("网页", parts=reply_as_json(reply, pack.vocabulary.names)["parts"])


def _telegram(pack: Pack, reply: Reply, day: date) -> View:
    return _message("Telegram 私聊", _written(pack, reply, Route(_NOBODY, _NOBODY), day))


def _telegram_group(pack: Pack, reply: Reply, day: date) -> View:
    route = Route(_GROUP, _NOBODY, is_group=True)
    return _message("Telegram 群里", _written(pack, reply, route, day))


def _terminal(_pack: Pack, reply: Reply, _day: date) -> View:
    return View("纯文字（终端、没有按钮的地方）", text=reply.as_text())


VIEWS: Sequence[Callable[[Pack, Reply, date], View]] = (
    _web,
    _telegram,
    _telegram_group,
    _terminal,
)


def _written(pack: Pack, reply: Reply, route: Route, day: date) -> OutgoingMessage:
    codes = Codebook(pack)
    buttons = Buttons(b"a preview has no presses", pack.version, codes)
    return Writer(pack, "bot", codes, buttons).write(reply, route, day)


def _message(title: str, written: OutgoingMessage) -> View:
    rows = (written.keyboard or {}).get("inline_keyboard", ())
    labels = [[button["text"] for button in row] for row in rows]
    return View(title, html=written.pages, buttons=labels)
