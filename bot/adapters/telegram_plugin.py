"""Register Telegram: its settings, and the service that they ask for.

Two libraries carry its calls; `BOT_TELEGRAM__LIBRARY` chooses one.  Neither is imported, nor
anything else of Telegram, before a token asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, Field, SecretStr

from bot.errors import SettingsError
from bot.plugins import Adapter, Capabilities, Finding, Listening, Surroundings, Units, problem
from bot.plugins.fields import HTTP_ADDRESS, Absent, Lower, shaped

if TYPE_CHECKING:
    from bot.adapters.telegram.ports import Caller
    from bot.adapters.telegram.service import Hook, Service

NAME, TITLE = "telegram", "Telegram"
Token = Annotated[SecretStr | None, Absent, shaped(r"[0-9]+:[A-Za-z0-9_-]+")]
WebhookSecret = Annotated[SecretStr | None, Absent, shaped(r"[A-Za-z0-9_-]{1,256}")]
Proxy = Annotated[SecretStr | None, Absent, shaped(r"(https?|socks[45]h?)://[^\s/]+/?")]
Library = Annotated[Literal["ptb", "aiogram"], Lower]
Mode = Annotated[Literal["polling", "webhook"], Lower]


class TelegramSettings(BaseModel):
    """The Telegram bot; nothing of it runs or is imported without a token."""

    token: Token = Field(
        default=None,
        description="@BotFather 给的令牌，形如 数字:字母数字；不写就不启动 Telegram",
    )
    library: Library = Field(
        default="ptb",
        description="用哪个库：ptb（python-telegram-bot，启动快、省内存）或 aiogram",
    )
    api_url: str = Field(
        default="https://api.telegram.org",
        pattern=HTTP_ADDRESS,
        description="Bot API 服务器的地址；自建服务器时才需要改",
    )
    mode: Mode = Field(
        default="polling",
        description="怎样收消息：polling（主动去取，不需要公网地址）或 webhook（由 Telegram 送来）",
    )
    webhook_url: Annotated[str | None, Absent] = Field(
        default=None,
        pattern=HTTP_ADDRESS,
        description="webhook 的完整公网地址，包括路径；通常以 /webhooks/telegram 结尾",
    )
    webhook_secret: WebhookSecret = Field(
        default=None,
        description="证明请求来自 Telegram 的密语，1 到 256 个字母、数字、_ 或 -；"
        "监听的不是本机时必须写",
    )
    proxy: Proxy = Field(
        default=None,
        description="访问 Bot API 用的代理：http://、https:// 或 socks5:// 地址，可带用户名和密码",
    )
    ephemeral: bool = Field(
        default=False,
        description="群里的回答只给提问的人看（服务器和库都支持时；否则照常回答）",
    )
    channels: bool = Field(
        default=False,
        description="机器人是频道管理员时，回答频道里发的命令（如 /portal）",
    )
    reactions: bool = Field(
        default=False,
        description="回答下面的 👍 和 👎 记数；点了 👎 就请人换个说法（群里要机器人是管理员）",
    )
    business: bool = Field(
        default=False,
        description="替接入了机器人的 Telegram Business 账号回答；与资料无关的话不接",
    )


def telegram_service(chosen: TelegramSettings, surroundings: Surroundings) -> Service | None:
    """Build the service; without a token return `None` and import none of it.

    Raises:
        SettingsError: the library is not installed, or the webhook lacks a setting.
    """
    if chosen.token is None:
        return None
    from bot.adapters.telegram import Options
    from bot.adapters.telegram.embedded import button_secret
    from bot.adapters.telegram.ports import Extra
    from bot.adapters.telegram.service import Service

    token, proxy = chosen.token.get_secret_value(), chosen.proxy
    hook = telegram_hook(chosen, surroundings.listening)
    connect = telegram_library(chosen.library)
    options = Options(
        secret=button_secret(token),
        is_ephemeral=chosen.ephemeral,
        extras=[extra for extra in Extra if getattr(chosen, extra)],
        is_shared=hook is not None,
    )
    return Service(
        lambda: connect(token, chosen.api_url, proxy.get_secret_value() if proxy else None),
        surroundings.conversation,
        surroundings.clock,
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


def telegram_hook(chosen: TelegramSettings, listening: Listening) -> Hook | None:
    """Return the webhook of the settings; `None` for polling.

    Raises:
        SettingsError: there is no address, or no secret that would keep forged updates out.
    """
    from bot.adapters.telegram.service import Hook

    if chosen.mode == "polling":
        return None
    if chosen.webhook_url is None:
        expected = "用 webhook 就要写完整的公网地址，例如 https://bot.example.cn/webhooks/telegram"
        raise SettingsError("BOT_TELEGRAM__WEBHOOK_URL", None, expected)
    if chosen.webhook_secret is None and not listening.is_local:
        expected = "监听的不是本机，没有密语谁都能冒充 Telegram；请写一串随机的字母和数字"
        raise SettingsError("BOT_TELEGRAM__WEBHOOK_SECRET", None, expected)
    secret = chosen.webhook_secret
    known = secret.get_secret_value() if secret else None
    return Hook(chosen.webhook_url, known, listening.host)


async def examine(chosen: TelegramSettings, listening: Listening) -> Sequence[Finding]:
    """Report everything about Telegram; nothing is called without a token."""
    from bot.adapters.telegram.examination import Line, no_token, report

    if chosen.token is None:
        return [no_token()]
    try:
        connect = telegram_library(chosen.library)
        hook = telegram_hook(chosen, listening)
    except SettingsError as error:
        return [problem(TITLE, str(error), "改好这个设置，再查一次")]
    proxy = chosen.proxy.get_secret_value() if chosen.proxy else None
    async with connect(chosen.token.get_secret_value(), chosen.api_url, proxy) as opened:
        line = Line(opened, chosen.library, chosen.api_url, hook.url if hook else None)
        return await report(line, is_guarded=chosen.webhook_secret is not None)


ADAPTER = Adapter(
    name=NAME,
    title=TITLE,
    settings=TelegramSettings,
    capabilities=Capabilities(
        units=Units.UTF16,
        longest=4096,
        buttons=100,
        has_links=True,
        has_pictures=True,
        has_files=True,
        can_edit=True,
        can_push=True,
        has_groups=True,
    ),
    start=telegram_service,
    examine=examine,
)
