"""Register DingTalk: the settings of one robot, and the service that they ask for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal

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
from bot.plugins.fields import HTTP_ADDRESS, Absent, Lower, given, plain

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


def dingtalk_service(chosen: DingtalkSettings, surroundings: Surroundings) -> Service | None:
    """Build the service; without a client id return `None` and import none of it.

    Raises:
        SettingsError, ExtraMissing: see `robot_of`.
    """
    if chosen.client_id is None:
        return None
    robot = robot_of(chosen)
    from bot.adapters.dingtalk.service import Service

    return Service(robot, surroundings)


async def examine(chosen: DingtalkSettings, listening: Listening) -> Sequence[Finding]:  # noqa: ARG001
    """Report everything about the robot; nothing is called without a client id."""
    if chosen.client_id is None:
        return ()
    try:
        robot = robot_of(chosen)
    except (SettingsError, ExtraMissing) as error:
        return (problem(TITLE, str(error), "改好这个设置，再查一次"),)
    from bot.adapters.dingtalk.examination import report

    return await report(robot)


ADAPTER = Adapter(
    name=NAME,
    title=TITLE,
    settings=DingtalkSettings,
    capabilities=Capabilities(units=Units.BYTES, longest=15_000, can_push=True, has_groups=True),
    start=dingtalk_service,
    examine=examine,
)
