"""Register DingTalk: the settings of one robot, and the service that they ask for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, Field, SecretStr

from bot.errors import SettingsError
from bot.extras import needing
from bot.plugins import Capabilities, Finding, Service, Surroundings, Units
from bot.plugins.fields import HTTP_ADDRESS, Absent, Lower, given, plain
from bot.plugins.optional import WhenGiven, optional_adapter

if TYPE_CHECKING:
    from bot.adapters.dingtalk.service import Robot

NAME, TITLE = "dingtalk", "钉钉"
Secret = Annotated[SecretStr | None, Absent]
Optional = Annotated[str | None, Absent]
Mode = Annotated[Literal["stream", "webhook"], Lower]


class DingtalkSettings(BaseModel):
    """One robot; nothing of it runs or is imported without a client id."""

    client_id: Optional = Field(
        default=None,
        pattern="^[0-9A-Za-z]{4,60}$",
        description="应用的 Client ID（以前叫 AppKey）；不写就不接钉钉",
    )
    client_secret: Secret = Field(
        default=None, description="应用的 Client Secret（以前叫 AppSecret）"
    )
    robot_code: Optional = Field(
        default=None, description="机器人的 RobotCode；一般和 Client ID 相同，不用写"
    )
    mode: Mode = Field(
        default="stream",
        description="怎样收消息：stream（程序自己连出去，不要公网地址）或 webhook（由钉钉送来）",
    )
    public_url: Optional = Field(
        default=None,
        pattern=HTTP_ADDRESS,
        description="公网地址，通常是 https://域名/webhooks/dingtalk；webhook 必须写，"
        "stream 写了，群里太长的回答就给一个网址",
    )
    cards: bool = Field(
        default=True,
        description="off：选项只编号，下面不加带按钮的卡片（按了等于替人说出那几个字）",
    )
    api_url: str = Field(
        default="https://api.dingtalk.com",
        pattern=HTTP_ADDRESS,
        description="钉钉接口的地址；一般不用改",
    )
    session_url: str = Field(
        default="https://oapi.dingtalk.com",
        pattern=HTTP_ADDRESS,
        description="会话回复的地址，别的地址不会去发；一般不用改",
    )


def robot_of(chosen: DingtalkSettings) -> Robot:
    """Return the robot of the settings.

    Raises:
        SettingsError: one is missing.
        ExtraMissing: the extra `dingtalk` is not installed.
    """
    with needing("dingtalk", TITLE):
        from bot.adapters.dingtalk.service import Robot

    secret = plain(chosen.client_secret)
    if chosen.mode == "webhook" and chosen.public_url is None:
        expected = "用 webhook 要写完整的公网地址，例如 https://bot.example.cn/webhooks/dingtalk"
        raise SettingsError("BOT_DINGTALK__PUBLIC_URL", None, expected)
    return Robot(
        client_id=chosen.client_id or "",
        secret=given("BOT_DINGTALK__CLIENT_SECRET", secret, "写上应用的 Client Secret"),
        robot_code=chosen.robot_code or chosen.client_id or "",
        api_url=chosen.api_url,
        session_url=chosen.session_url.rstrip("/"),
        is_stream=chosen.mode == "stream",
        has_cards=chosen.cards,
        public_url=chosen.public_url,
    )


def _serve(robot: Robot, surroundings: Surroundings) -> Service:
    from bot.adapters.dingtalk.service import Service

    return Service(robot, surroundings)


async def _report(robot: Robot, chosen: DingtalkSettings) -> Sequence[Finding]:  # noqa: ARG001
    from bot.adapters.dingtalk.examination import report

    return await report(robot)


ADAPTER = optional_adapter(
    NAME,
    TITLE,
    DingtalkSettings,
    Capabilities(units=Units.BYTES, longest=15_000, can_push=True, has_groups=True),
    WhenGiven(key="client_id", read=robot_of, serve=_serve, report=_report),
)
