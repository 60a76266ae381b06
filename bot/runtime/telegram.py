"""Build the Telegram service from the settings: which library, polling or webhook."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

from bot.core.conversation import Conversation
from bot.errors import SettingsError
from bot.runtime.addresses import is_loopback
from bot.runtime.clock import SystemClock

if TYPE_CHECKING:
    from bot.adapters.telegram.ports import Caller
    from bot.adapters.telegram.service import Hook, Service
    from bot.settings import Settings


def telegram_service(settings: Settings, conversation: Conversation) -> Service | None:
    """Build the service; without a token return `None` and import none of it.

    Raises:
        SettingsError: the library is not installed, or the webhook lacks a setting.
    """
    chosen = settings.telegram
    if chosen.token is None:
        return None
    from bot.adapters.telegram import Options
    from bot.adapters.telegram.embedded import button_secret
    from bot.adapters.telegram.ports import Extra
    from bot.adapters.telegram.service import Service

    token, proxy = chosen.token.get_secret_value(), chosen.proxy
    hook = telegram_hook(settings)
    connect = telegram_library(chosen.library)
    options = Options(
        secret=button_secret(token),
        is_ephemeral=chosen.ephemeral,
        extras=[extra for extra in Extra if getattr(chosen, extra)],
        asks_feedback=settings.asks_feedback,
        is_shared=hook is not None,
    )
    return Service(
        lambda: connect(token, chosen.api_url, proxy.get_secret_value() if proxy else None),
        conversation,
        SystemClock(),
        options,
        hook,
    )


def telegram_library(name: str) -> Callable[..., AbstractAsyncContextManager[Caller]]:
    """Return the function that connects to the Bot API through the library of this name.

    Raises:
        SettingsError: it is not installed.
    """
    try:
        if name == "aiogram":
            from bot.adapters.telegram_aiogram import connect
        else:
            from bot.adapters.telegram_ptb import connect
    except ImportError as error:
        other = "ptb" if name == "aiogram" else "aiogram"
        expected = f"没有安装它（{error.name}）：pip install 'zhuce[{name}]'，或改用 {other}"
        raise SettingsError("BOT_TELEGRAM__LIBRARY", name, expected) from error
    return connect


def telegram_hook(settings: Settings) -> Hook | None:
    """Return the webhook of the settings; `None` for polling.

    Raises:
        SettingsError: there is no address, or no secret that would keep forged updates out.
    """
    from bot.adapters.telegram.service import Hook

    chosen = settings.telegram
    if chosen.mode == "polling":
        return None
    if chosen.webhook_url is None:
        expected = "用 webhook 就要写完整的公网地址，例如 https://bot.example.cn/webhooks/telegram"
        raise SettingsError("BOT_TELEGRAM__WEBHOOK_URL", None, expected)
    if chosen.webhook_secret is None and not is_loopback(settings.http.host):
        expected = "监听的不是本机，没有密语谁都能冒充 Telegram；请写一串随机的字母和数字"
        raise SettingsError("BOT_TELEGRAM__WEBHOOK_SECRET", None, expected)
    secret = chosen.webhook_secret
    known = secret.get_secret_value() if secret else None
    return Hook(chosen.webhook_url, known, settings.http.host)
