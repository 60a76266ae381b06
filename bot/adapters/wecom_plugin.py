"""Register WeCom: a self-built app and a robot, each an adapter with settings of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, Field, SecretStr

from bot.errors import ExtraMissing, SettingsError
from bot.extras import needing
from bot.plugins import (
    Adapter,
    Capabilities,
    Finding,
    Listening,
    Service,
    Surroundings,
    Units,
    problem,
)
from bot.plugins.fields import HTTP_ADDRESS, Absent, given, plain, shaped

if TYPE_CHECKING:
    from bot.adapters.wecom.app import App

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


def app_service(chosen: WecomSettings, surroundings: Surroundings) -> Service | None:
    """Build the service of the app; without a corp id return `None` and import none of it.

    Raises:
        SettingsError, ExtraMissing: see `app_of`.
    """
    if chosen.corp_id is None:
        return None
    app = app_of(chosen)
    from bot.adapters.wecom.app import AppService

    return AppService(app, surroundings)


def robot_service(chosen: WecomRobotSettings, surroundings: Surroundings) -> Service | None:
    """Build the service of the robot; without its id return `None` and import none of it.

    Raises:
        SettingsError: there is no secret.
        ExtraMissing: the extra `wecom` is not installed.
    """
    if chosen.bot_id is None:
        return None
    secret = _robot_secret(chosen)
    with needing("wecom", ROBOT):
        from bot.adapters.wecom.robot import Access, Robot

    return Robot(Access(chosen.url, chosen.bot_id, secret, chosen.pages_url), surroundings)


def _robot_secret(chosen: WecomRobotSettings) -> str:
    expected = "写上智能机器人长连接的 Secret"
    return given("BOT_WECOM_ROBOT__SECRET", plain(chosen.secret), expected)


async def examine_app(chosen: WecomSettings, listening: Listening) -> Sequence[Finding]:  # noqa: ARG001
    """Report everything about the app; nothing is called without a corp id."""
    if chosen.corp_id is None:
        return ()
    try:
        app = app_of(chosen)
    except (SettingsError, ExtraMissing) as error:
        return (problem(APP, str(error), "改好这个设置，再查一次"),)
    if chosen.callback_url is None:
        text = "没有设置 BOT_WECOM__CALLBACK_URL，没法检查回调"
        return (problem(APP, text, "写完整的公网地址，例如 https://bot.example.cn/webhooks/wecom"),)
    from bot.adapters.wecom.examination import report_app

    return await report_app(app, chosen.callback_url)


async def examine_robot(chosen: WecomRobotSettings, listening: Listening) -> Sequence[Finding]:  # noqa: ARG001
    """Report everything about the robot; nothing is called without its id."""
    if chosen.bot_id is None:
        return ()
    try:
        _robot_secret(chosen)
        with needing("wecom", ROBOT):
            from bot.adapters.wecom.examination import report_robot
    except (SettingsError, ExtraMissing) as error:
        return (problem(ROBOT, str(error), "改好这个设置，再查一次"),)
    return await report_robot(chosen.url)


APP_ADAPTER = Adapter(
    name="wecom",
    title=APP,
    settings=WecomSettings,
    capabilities=Capabilities(units=Units.BYTES, longest=2048, buttons=6, can_push=True),
    start=app_service,
    examine=examine_app,
)
ROBOT_ADAPTER = Adapter(
    name="wecom_robot",
    title=ROBOT,
    settings=WecomRobotSettings,
    capabilities=Capabilities(
        units=Units.BYTES,
        longest=20480,
        buttons=6,
        has_links=True,
        can_push=True,
        has_groups=True,
    ),
    start=robot_service,
    examine=examine_robot,
)
