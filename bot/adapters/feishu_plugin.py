"""Register Feishu: the settings of one robot, and the service that they ask for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, Field, SecretStr

from bot.extras import needing
from bot.plugins import Capabilities, Finding, Service, Surroundings, Units
from bot.plugins.fields import HTTP_ADDRESS, Absent, given, plain
from bot.plugins.optional import WhenGiven, optional_adapter

if TYPE_CHECKING:
    from bot.adapters.feishu.service import Robot

NAME, TITLE = "feishu", "飞书"
Secret = Annotated[SecretStr | None, Absent]
Optional = Annotated[str | None, Absent]


class FeishuSettings(BaseModel):
    """One robot; nothing of it runs or is imported without an app id."""

    app_id: Optional = Field(
        default=None,
        pattern="^cli_[0-9A-Za-z]{4,60}$",
        description="应用的 App ID，以 cli_ 开头；不写就不接飞书",
    )
    app_secret: Secret = Field(default=None, description="应用的 App Secret")
    encrypt_key: Secret = Field(
        default=None, description="「事件与回调 → 加密策略」里的 Encrypt Key，自己定，必须写"
    )
    verification_token: Secret = Field(
        default=None, description="同一页的 Verification Token，由飞书给"
    )
    callback_url: Optional = Field(
        default=None,
        pattern=HTTP_ADDRESS,
        description="回调的完整公网地址，通常是 https://域名/webhooks/feishu；长回答的网页也在它下面",
    )
    api_url: str = Field(
        default="https://open.feishu.cn",
        pattern=HTTP_ADDRESS,
        description="飞书接口的地址；海外版 Lark 写 https://open.larksuite.com",
    )


def robot_of(chosen: FeishuSettings) -> Robot:
    """Return the robot of the settings.

    Raises:
        SettingsError: one is missing.
        ExtraMissing: the extra `feishu` is not installed.
    """
    with needing("feishu", TITLE):
        from bot.adapters.feishu.service import Robot

    return Robot(
        app_id=chosen.app_id or "",
        secret=given("BOT_FEISHU__APP_SECRET", plain(chosen.app_secret), "写上应用的 App Secret"),
        key=given(
            "BOT_FEISHU__ENCRYPT_KEY", plain(chosen.encrypt_key), "写上「加密策略」里的 Encrypt Key"
        ),
        token=given(
            "BOT_FEISHU__VERIFICATION_TOKEN", plain(chosen.verification_token), "写上同一页的 Token"
        ),
        callback_url=given(
            "BOT_FEISHU__CALLBACK_URL",
            chosen.callback_url,
            "写完整的公网地址，例如 https://bot.example.cn/webhooks/feishu",
        ),
        api_url=chosen.api_url,
    )


def _serve(robot: Robot, surroundings: Surroundings) -> Service:
    from bot.adapters.feishu.service import Service

    return Service(robot, surroundings)


async def _report(robot: Robot, chosen: FeishuSettings) -> Sequence[Finding]:  # noqa: ARG001
    from bot.adapters.feishu.examination import report

    return await report(robot)


ADAPTER = optional_adapter(
    NAME,
    TITLE,
    FeishuSettings,
    Capabilities(units=Units.BYTES, longest=15_000, buttons=8, can_push=True, has_groups=True),
    WhenGiven(key="app_id", read=robot_of, serve=_serve, report=_report),
)
