"""Register WeCom: a self-built app and a robot, each an adapter with settings of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, Field, SecretStr

from bot.extras import needing
from bot.plugins import Capabilities, Finding, Service, Surroundings, Units, problem
from bot.plugins.fields import HTTP_ADDRESS, Absent, given, plain, shaped
from bot.plugins.optional import WhenGiven, optional_adapter

if TYPE_CHECKING:
    from bot.adapters.wecom.app import App
    from bot.adapters.wecom.robot import Access

APP, ROBOT = "企业微信应用", "企业微信智能机器人"
Token = Annotated[SecretStr | None, Absent, shaped(r"[A-Za-z0-9]{1,32}")]
AesKey = Annotated[SecretStr | None, Absent, shaped(r"[A-Za-z0-9]{43}")]
Secret = Annotated[SecretStr | None, Absent]
Optional = Annotated[str | None, Absent]


class WecomSettings(BaseModel):
    """One self-built app; nothing of it runs or is imported without a corp id."""

    corp_id: Optional = Field(
        default=None,
        pattern="^[0-9A-Za-z]{4,40}$",
        description="企业 ID，在「我的企业」最下面；不写就不接企业微信应用",
    )
    agent_id: Optional = Field(
        default=None, pattern="^[0-9]{1,12}$", description="自建应用的 AgentId，一串数字"
    )
    secret: Secret = Field(default=None, description="自建应用的 Secret，用来发消息")
    token: Token = Field(
        default=None, description="应用「接收消息 → 设置API接收」里的 Token，最多 32 个字母和数字"
    )
    aes_key: AesKey = Field(default=None, description="同一页的 EncodingAESKey，43 个字符")
    callback_url: Optional = Field(
        default=None,
        pattern=HTTP_ADDRESS,
        description="回调的完整公网地址，通常是 https://域名/webhooks/wecom；doctor 用它检查",
    )
    markdown: bool = Field(
        default=False,
        description="on：回答用 Markdown（链接可点、出处成引用）；在微信里用企业微信的成员看不到",
    )
    cards: bool = Field(
        default=True,
        description="off：选项只编号，不用带按钮的卡片；在微信里用企业微信的成员看不到卡片",
    )
    api_url: str = Field(
        default="https://qyapi.weixin.qq.com",
        pattern=HTTP_ADDRESS,
        description="企业微信接口的地址；私有部署时才需要改",
    )


class WecomRobotSettings(BaseModel):
    """One robot on its long connection; nothing of it runs or is imported without its id."""

    bot_id: Optional = Field(default=None, description="智能机器人的 Bot ID；不写就不接智能机器人")
    secret: Secret = Field(default=None, description="智能机器人长连接的 Secret")
    url: str = Field(
        default="wss://openws.work.weixin.qq.com",
        pattern=r"^wss?://[^\s/?#]+(/[^\s?#]*)?$",
        description="长连接的地址；一般不用改",
    )
    pages_url: Optional = Field(
        default=None,
        pattern=HTTP_ADDRESS,
        description="群里太长的回答的网页放在哪：公网地址，通常是 https://域名/webhooks/wecom_robot；"
        "不写就请人单独问",
    )


def app_of(chosen: WecomSettings) -> App:
    """Return the app of the settings.

    Raises:
        SettingsError: one is missing.
        ExtraMissing: the extra `wecom` is not installed.
    """
    with needing("wecom", APP):
        from bot.adapters.wecom.app import App

    return App(
        corp_id=chosen.corp_id or "",
        agent=given("BOT_WECOM__AGENT_ID", chosen.agent_id, "写上自建应用的 AgentId"),
        secret=given("BOT_WECOM__SECRET", plain(chosen.secret), "写上自建应用的 Secret"),
        token=given("BOT_WECOM__TOKEN", plain(chosen.token), "写上「设置API接收」里的 Token"),
        aes_key=given("BOT_WECOM__AES_KEY", plain(chosen.aes_key), "写上同一页的 EncodingAESKey"),
        api_url=chosen.api_url,
        is_markdown=chosen.markdown,
        has_cards=chosen.cards,
    )


def access_of(chosen: WecomRobotSettings) -> Access:
    """Return the access to the robot's connection.

    Raises:
        SettingsError: there is no secret.
        ExtraMissing: the extra `wecom` is not installed.
    """
    expected = "写上智能机器人长连接的 Secret"
    secret = given("BOT_WECOM_ROBOT__SECRET", plain(chosen.secret), expected)
    with needing("wecom", ROBOT):
        from bot.adapters.wecom.robot import Access

    return Access(chosen.url, chosen.bot_id or "", secret, chosen.pages_url)


def _serve_app(app: App, surroundings: Surroundings) -> Service:
    from bot.adapters.wecom.app import AppService

    return AppService(app, surroundings)


def _serve_robot(access: Access, surroundings: Surroundings) -> Service:
    from bot.adapters.wecom.robot import Robot

    return Robot(access, surroundings)


async def _report_app(app: App, chosen: WecomSettings) -> Sequence[Finding]:
    if chosen.callback_url is None:
        text = "没有设置 BOT_WECOM__CALLBACK_URL，没法检查回调"
        return (problem(APP, text, "写完整的公网地址，例如 https://bot.example.cn/webhooks/wecom"),)
    from bot.adapters.wecom.examination import report_app

    return await report_app(app, chosen.callback_url)


async def _report_robot(access: Access, chosen: WecomRobotSettings) -> Sequence[Finding]:  # noqa: ARG001
    from bot.adapters.wecom.examination import report_robot

    return await report_robot(chosen.url)


APP_ADAPTER = optional_adapter(
    "wecom",
    APP,
    WecomSettings,
    Capabilities(units=Units.BYTES, longest=2048, buttons=6, can_push=True),
    WhenGiven(key="corp_id", read=app_of, serve=_serve_app, report=_report_app),
)
ROBOT_ADAPTER = optional_adapter(
    "wecom_robot",
    ROBOT,
    WecomRobotSettings,
    Capabilities(
        units=Units.BYTES,
        longest=20480,
        buttons=6,
        has_links=True,
        can_push=True,
        has_groups=True,
    ),
    WhenGiven(key="bot_id", read=access_of, serve=_serve_robot, report=_report_robot),
)
