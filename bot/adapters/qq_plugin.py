"""Register QQ: the settings of one robot, and the service that they ask for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, Field, SecretStr

from bot.extras import needing
from bot.plugins import Capabilities, Finding, Service, Surroundings, Units
from bot.plugins.fields import HTTP_ADDRESS, Absent, given, plain
from bot.plugins.optional import WhenGiven, optional_adapter

if TYPE_CHECKING:
    from bot.adapters.qq.service import Robot

NAME, TITLE = "qq", "QQ"
Secret = Annotated[SecretStr | None, Absent]
Optional = Annotated[str | None, Absent]


class QQSettings(BaseModel):
    """One robot; nothing of it runs or is imported without an app id."""

    app_id: Optional = Field(
        default=None,
        pattern="^[0-9]{5,20}$",
        description="机器人的 AppID，一串数字；不写就不接 QQ",
    )
    app_secret: Secret = Field(
        default=None, description="机器人的 AppSecret；验证签名和发消息都用它"
    )
    callback_url: Optional = Field(
        default=None,
        pattern=HTTP_ADDRESS,
        description="回调的完整公网地址，通常是 https://域名/webhooks/qq；太长的回答的网页也在它下面",
    )
    api_url: str = Field(
        default="https://api.sgroup.qq.com",
        pattern=HTTP_ADDRESS,
        description="QQ 机器人接口的地址；沙箱写 https://sandbox.api.sgroup.qq.com",
    )
    token_url: str = Field(
        default="https://bots.qq.com",
        pattern=HTTP_ADDRESS,
        description="取 access_token 的地址；一般不用改",
    )
    keyboard: bool = Field(
        default=False,
        description="on：选项下面加按钮；要先开通「自定义按钮」和 markdown，没开通的只用编号",
    )


def robot_of(chosen: QQSettings) -> Robot:
    """Return the robot of the settings.

    Raises:
        SettingsError: one is missing.
        ExtraMissing: the extra `qq` is not installed.
    """
    with needing("qq", TITLE):
        from bot.adapters.qq.service import Robot

    return Robot(
        app_id=chosen.app_id or "",
        secret=given("BOT_QQ__APP_SECRET", plain(chosen.app_secret), "写上机器人的 AppSecret"),
        callback_url=given(
            "BOT_QQ__CALLBACK_URL",
            chosen.callback_url,
            "写完整的公网地址，例如 https://bot.example.cn/webhooks/qq",
        ),
        api_url=chosen.api_url,
        token_url=chosen.token_url,
        has_keyboard=chosen.keyboard,
    )


def _serve(robot: Robot, surroundings: Surroundings) -> Service:
    from bot.adapters.qq.service import Service

    return Service(robot, surroundings)


async def _report(robot: Robot, chosen: QQSettings) -> Sequence[Finding]:  # noqa: ARG001
    from bot.adapters.qq.examination import report

    return await report(robot)


ADAPTER = optional_adapter(
    NAME,
    TITLE,
    QQSettings,
    Capabilities(units=Units.BYTES, longest=6_000, most_messages=5, can_push=True, has_groups=True),
    WhenGiven(key="app_id", read=robot_of, serve=_serve, report=_report),
)
