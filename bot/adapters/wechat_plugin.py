"""Register WeChat official accounts: their settings, and the service that they ask for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, Field, SecretStr

from bot.errors import SettingsError
from bot.extras import needing
from bot.plugins import Capabilities, Finding, Service, Surroundings, Units
from bot.plugins.fields import HTTP_ADDRESS, Absent, divided, given, plain, shaped
from bot.plugins.optional import WhenGiven, optional_adapter

if TYPE_CHECKING:
    from bot.adapters.wechat.service import Account

NAME, TITLE = "wechat", "微信公众号"
Token = Annotated[SecretStr | None, Absent, shaped(r"[A-Za-z0-9]{3,32}")]
AesKey = Annotated[SecretStr | None, Absent, shaped(r"[A-Za-z0-9]{43}")]
Secret = Annotated[SecretStr | None, Absent]
Optional = Annotated[str | None, Absent]


class WechatSettings(BaseModel):
    """One official account; nothing of it runs or is imported without its app id."""

    app_id: Optional = Field(
        default=None,
        pattern="^wx[0-9A-Za-z]{1,40}$",
        description="公众号的 AppID，以 wx 开头；不写就不接公众号",
    )
    token: Token = Field(
        default=None,
        description="自己定的 3 到 32 个字母和数字，和公众平台「服务器配置」里的 Token 相同",
    )
    aes_key: AesKey = Field(
        default=None,
        description="「服务器配置」里的 EncodingAESKey，43 个字符；不写就是明文模式，不建议",
    )
    callback_url: Optional = Field(
        default=None,
        pattern=HTTP_ADDRESS,
        description="回调的完整公网地址，通常是 https://域名/webhooks/wechat；长回答的网页也在它下面",
    )
    verified: bool = Field(
        default=False,
        description="on：账号做过微信认证，长回答接着用客服消息发，可以设菜单；要写 SECRET",
    )
    secret: Secret = Field(default=None, description="公众号的 AppSecret；只有认证过的号用得上")
    menu: bool = Field(
        default=False,
        description="on：启动时把自定义菜单设成机器人的命令，原来的菜单会被替换；要认证",
    )
    handover: Optional = Field(
        default=None,
        description="说了就转给公众号自己的人工客服的话，用逗号隔开，如 人工,转人工；不写就不转",
    )
    api_url: str = Field(
        default="https://api.weixin.qq.com",
        pattern=HTTP_ADDRESS,
        description="微信接口的地址；一般不用改",
    )


def account_of(chosen: WechatSettings) -> Account:
    """Return the account of the settings.

    Raises:
        SettingsError: one is missing.
        ExtraMissing: the extra `wechat` is not installed.
    """
    with needing("wechat", TITLE):
        from bot.adapters.wechat.service import Account

    token = plain(chosen.token)
    token = given("BOT_WECHAT__TOKEN", token, "写上公众平台「服务器配置」里填的 Token")
    expected = "写完整的公网地址，例如 https://bot.example.cn/webhooks/wechat"
    callback_url = given("BOT_WECHAT__CALLBACK_URL", chosen.callback_url, expected)
    if chosen.verified and chosen.secret is None:
        raise SettingsError("BOT_WECHAT__SECRET", None, "VERIFIED 是 on 时要写 AppSecret")
    if chosen.menu and not chosen.verified:
        raise SettingsError("BOT_WECHAT__MENU", "on", "未认证的号不能设菜单；先写 VERIFIED=on")
    return Account(
        app_id=chosen.app_id or "",
        token=token,
        callback_url=callback_url,
        aes_key=plain(chosen.aes_key),
        secret=plain(chosen.secret) if chosen.verified else None,
        api_url=chosen.api_url,
        sets_menu=chosen.menu,
        handover=frozenset(divided((chosen.handover or "").replace("，", ","))),
    )


def _serve(account: Account, surroundings: Surroundings) -> Service:
    from bot.adapters.wechat.service import Service

    return Service(account, surroundings)


async def _report(account: Account, chosen: WechatSettings) -> Sequence[Finding]:  # noqa: ARG001
    from bot.adapters.wechat.examination import report

    return await report(account)


ADAPTER = optional_adapter(
    NAME,
    TITLE,
    WechatSettings,
    Capabilities(units=Units.BYTES, longest=2048, most_messages=1),
    WhenGiven(key="app_id", read=account_of, serve=_serve, report=_report),
)
