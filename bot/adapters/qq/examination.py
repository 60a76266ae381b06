"""Examine a robot for `zhuce doctor`: console, address, clock, secret."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial

import httpx

from bot.adapters.qq.chats import CODES
from bot.adapters.qq.service import Robot, access_token
from bot.adapters.qq.signature import MOST_AGE_S, Signature
from bot.adapters.vendors import examination
from bot.adapters.vendors.calls import Line
from bot.errors import DeliveryFailed
from bot.plugins import Finding, note, problem, well

ABOUT, PATH = "QQ", "/webhooks/qq"
PORTS = (80, 443, 8080, 8443)
_CONSOLE = "q.qq.com「这个机器人 → 开发 → 回调配置」"


async def report(robot: Robot) -> list[Finding]:
    """Return what was found; nothing is changed."""
    text = (
        f"在 {_CONSOLE}里：请求地址填 {robot.callback_url}，事件勾上“单聊消息”和“群聊@机器人消息”；"
        "「开发设置」里把这台机器的出口 IP 加进白名单，「消息URL配置」里加上回答里会出现的网址"
    )
    return [
        note(ABOUT, text),
        note(
            ABOUT, "群里只收得到 @ 它的话；只能回复：单聊 60 分钟内、群里 5 分钟内，一句最多回 5 条"
        ),
        *examination.address(ABOUT, robot.callback_url, PATH, PORTS),
        await _callback(robot),
        *await examination.api(ABOUT, robot.api_url, MOST_AGE_S, partial(_secret, robot)),
    ]


async def _callback(robot: Robot) -> Finding:
    """Call the address with an event that the bot passes over."""
    now = datetime.now(UTC)
    body = json.dumps({"op": 0, "t": "DOCTOR", "d": {}}).encode()
    stamp = str(int(now.timestamp()))
    made = Signature(robot.secret, now=now.timestamp).sign(stamp, body)
    headers = {"x-signature-timestamp": stamp, "x-signature-ed25519": made}
    return await examination.posted(ABOUT, robot.callback_url, headers, body)


async def _secret(robot: Robot, client: httpx.AsyncClient) -> Finding:
    try:
        await access_token(Line(client, CODES), robot).get()
    except DeliveryFailed as failure:
        mend = "到「开发设置」重新抄 AppID 和 AppSecret；AppSecret 重置过的，旧的就不能用了"
        return problem(ABOUT, f"取不到 access_token：{failure}", mend)
    return well(ABOUT, "AppID 和 AppSecret 有效；IP 白名单要到真发一条时才看得出来")
