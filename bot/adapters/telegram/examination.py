"""Examine Telegram: the token, what the bot may see, how updates come in."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bot.adapters.telegram.errors import BadToken
from bot.adapters.telegram.incoming.webhook_setup import recent_error
from bot.adapters.telegram.ports import Caller
from bot.errors import DeliveryFailed
from bot.plugins.addresses import is_loopback
from bot.plugins.finding import Finding, note, problem, well

_ABOUT = "Telegram"
PATIENCE_S = 20.0
MANY_WAITING = 100


@dataclass(frozen=True, slots=True)
class Line:
    """The connection that is examined, and how updates should come in."""

    caller: Caller
    library: str
    api_url: str
    hook: str | None
    """The address of the webhook; `None` for polling."""


def no_token() -> Finding:
    return note(_ABOUT, "没有令牌，不启动", "要用就到 @BotFather 建一个，写进 BOT_TELEGRAM__TOKEN")


async def report(line: Line, *, is_guarded: bool) -> list[Finding]:
    """Report everything that Telegram tells; `is_guarded` if a secret proves its posts."""
    mode = "由 Telegram 送消息" if line.hook else "主动取消息"
    found = await _asked(line)
    unguarded = [] if line.hook is None or is_guarded else [_unguarded(line.hook)]
    return [well(_ABOUT, f"用 {line.library}，{mode}"), *found, *unguarded]


async def _asked(line: Line) -> list[Finding]:
    try:
        async with asyncio.timeout(PATIENCE_S):
            me = await line.caller.call("getMe", {})
            info = await line.caller.call("getWebhookInfo", {})
    except BadToken:
        return [problem("令牌", "Telegram 不认它", "到 @BotFather 用 /token 核对或 /revoke 换新的")]
    except (DeliveryFailed, TimeoutError) as error:
        mend = "检查网络；访问不了官方服务器就设 BOT_TELEGRAM__PROXY 或 BOT_TELEGRAM__API_URL"
        return [problem("连接", f"连不上 {line.api_url}：{error or '等太久'}", mend)]
    return [*identity(me), *webhook(info, line.hook)]


def identity(me: Mapping[str, Any]) -> Iterator[Finding]:
    """Report from `getMe` who the bot is and what it may see."""
    yield well("令牌", f"有效，机器人是 @{me.get('username')}")
    if me.get("can_read_all_group_messages"):
        yield note("群隐私", "关着：群里的话机器人都收得到，没叫它的一律不理，也不保存")
    else:
        yield well("群隐私", "开着：群里只收得到命令、@ 它的话和对它的回复，够用了")
    if me.get("supports_inline_queries"):
        yield well("内联", "开着：在任何聊天里都能 @ 它查询")
    else:
        yield note("内联", "关着", "要用就在 @BotFather 里 /setinline")


def webhook(info: Mapping[str, Any], url: str | None) -> Iterator[Finding]:
    """Compare Telegram's record of the webhook with the settings; `url` is `None` for polling."""
    waiting = info.get("pending_update_count", 0)
    there = info.get("url") or ""
    if url is None:
        yield _when_polling(there)
    elif there != url:
        text = f"Telegram 那里登记的是 {there or '（没有）'}"
        yield note("webhook", text, f"启动时会登记为 {url}")
    else:
        yield well("webhook", f"已登记 {url}")
    if url and (error := recent_error(dict(info))):
        mend = "检查域名、证书、反向代理的转发路径和 BOT_TELEGRAM__WEBHOOK_SECRET"
        yield problem("webhook", f"最近送不到：{error}", mend)
    if waiting > MANY_WAITING:
        yield note("积压", f"有 {waiting} 条消息等着处理，启动后会依次回答")


def _when_polling(there: str) -> Finding:
    if there:
        text = f"还登记着 {there}，会挡住主动取消息"
        return note("webhook", text, "启动时会取消登记；别的程序在用它就换一个令牌")
    return well("webhook", "没有登记，可以主动取消息")


def _unguarded(url: str) -> Finding:
    """Report a webhook without a secret, which accepts whatever the proxy passes on."""
    text = "没有密语，能访问这个地址的人都可以冒充 Telegram"
    mend = "设 BOT_TELEGRAM__WEBHOOK_SECRET 为一串随机的字母和数字"
    is_near = is_loopback(urlsplit(url).hostname or "")
    return note("webhook", text, mend) if is_near else problem("webhook", text, mend)
