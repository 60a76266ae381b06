"""Examine Telegram: the token, what the bot may see, how updates come in."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from bot.adapters.telegram.errors import BadToken
from bot.adapters.telegram.incoming.webhook_setup import recent_error
from bot.adapters.telegram.ports import Caller
from bot.doctor.finding import Finding, note, problem, well
from bot.errors import DeliveryFailed, SettingsError
from bot.runtime.addresses import is_loopback
from bot.runtime.telegram import telegram_hook, telegram_library
from bot.settings import Settings, TelegramSettings

_ABOUT = "Telegram"
PATIENCE_S = 20.0
MANY_WAITING = 100


async def line(settings: Settings) -> list[Finding]:
    """Report everything about Telegram; nothing is called without a token."""
    chosen = settings.telegram
    if chosen.token is None:
        return [
            note(_ABOUT, "没有令牌，不启动", "要用就到 @BotFather 建一个，写进 BOT_TELEGRAM__TOKEN")
        ]
    try:
        connect = telegram_library(chosen.library)
        hook = telegram_hook(settings)
    except SettingsError as error:
        return [problem(_ABOUT, str(error), "改好这个设置，再查一次")]
    proxy = chosen.proxy.get_secret_value() if chosen.proxy else None
    async with connect(chosen.token.get_secret_value(), chosen.api_url, proxy) as opened:
        found = await _asked(opened, chosen, hook.url if hook else None)
    return [well(_ABOUT, f"用 {chosen.library}，{_MODES[chosen.mode]}"), *found, *_guard(settings)]


_MODES = {"polling": "主动取消息", "webhook": "由 Telegram 送消息"}


async def _asked(caller: Caller, chosen: TelegramSettings, url: str | None) -> list[Finding]:
    try:
        async with asyncio.timeout(PATIENCE_S):
            me = await caller.call("getMe", {})
            info = await caller.call("getWebhookInfo", {})
    except BadToken:
        return [problem("令牌", "Telegram 不认它", "到 @BotFather 用 /token 核对或 /revoke 换新的")]
    except (DeliveryFailed, TimeoutError) as error:
        mend = "检查网络；访问不了官方服务器就设 BOT_TELEGRAM__PROXY 或 BOT_TELEGRAM__API_URL"
        return [problem("连接", f"连不上 {chosen.api_url}：{error or '等太久'}", mend)]
    return [*identity(me), *webhook(info, url)]


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


def _guard(settings: Settings) -> Iterator[Finding]:
    """Report a public webhook without a secret, which accepts whatever the proxy passes on."""
    chosen = settings.telegram
    if chosen.mode == "polling" or chosen.webhook_secret or chosen.webhook_url is None:
        return
    text = "没有密语，能访问这个地址的人都可以冒充 Telegram"
    mend = "设 BOT_TELEGRAM__WEBHOOK_SECRET 为一串随机的字母和数字"
    is_near = is_loopback(urlsplit(chosen.webhook_url).hostname or "")
    yield note("webhook", text, mend) if is_near else problem("webhook", text, mend)
