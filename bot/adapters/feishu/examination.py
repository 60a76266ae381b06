"""Examine a robot for `zhuce doctor`: console, address, clock, secret, what it may do."""

from __future__ import annotations

import json
from functools import partial

import httpx

from bot.adapters.delivery.payload import Json, part, text
from bot.adapters.feishu.chats import CODES
from bot.adapters.feishu.envelope import MOST_AGE_S, sealed
from bot.adapters.feishu.service import WHO, Robot, access_token
from bot.adapters.vendors import examination
from bot.adapters.vendors.calls import Caller, Line
from bot.errors import DeliveryFailed
from bot.plugins import Finding, note, problem, well

ABOUT, PATH = "飞书", "/webhooks/feishu"
_SWITCHED_ON = 2
_CONSOLE = "open.feishu.cn 开发者后台「这个应用 → 事件与回调」"


async def report(robot: Robot) -> list[Finding]:
    """Return what was found; nothing is changed."""
    text_ = (
        f"在 {_CONSOLE}里：「加密策略」的 Encrypt Key 填 BOT_FEISHU__ENCRYPT_KEY 的值；"
        f"「事件配置」和「回调配置」都选将事件发送至开发者服务器，地址都填 {robot.callback_url}；"
        "事件加“接收消息”，回调加“卡片回传交互”，然后发布版本"
    )
    return [
        note(ABOUT, text_),
        note(
            ABOUT, "群里只收得到 @ 它的话；除非另外开通了“获取群组中所有消息”，开通了也只答 @ 它的"
        ),
        *examination.address(ABOUT, robot.callback_url, PATH),
        await _callback(robot),
        *await examination.api(ABOUT, robot.api_url, MOST_AGE_S, partial(_who, robot)),
    ]


async def _callback(robot: Robot) -> Finding:
    """Call the address as the console does when it is saved."""
    word = examination.nonce()
    asked = {"type": "url_verification", "token": robot.token, "challenge": word}
    body = sealed(robot.key, json.dumps(asked).encode())
    return await examination.posted(
        ABOUT, robot.callback_url, {"content-type": "application/json"}, body
    )


async def _who(robot: Robot, client: httpx.AsyncClient) -> Finding:
    line = Line(client, CODES)
    try:
        found = await Caller(line, access_token(line, robot)).call("GET", WHO, None)
    except DeliveryFailed as failure:
        mend = (
            "10003、10014 是 App ID 或 App Secret 不对；99991672 是缺权限，到「权限管理」开通并发布"
        )
        return problem(ABOUT, f"用不了接口：{failure}", mend)
    return _judged(part(found, "bot"))


def _judged(bot: Json) -> Finding:
    name = text(bot, "app_name")
    if bot.get("activate_status") != _SWITCHED_ON:
        mend = "在「添加应用能力」里加机器人，再发布一个版本，请管理员通过"
        return problem(ABOUT, f"机器人“{name}”没有启用，收不到消息", mend)
    return well(ABOUT, f"App ID 和 App Secret 有效，机器人是“{name}”，已启用")
