"""Examine a robot for `zhuce doctor`: console, address, clock, secret; nothing is subscribed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

import httpx

from bot.adapters.dingtalk.chats import CODES
from bot.adapters.dingtalk.service import MOST_AGE_S, Robot, access_token, sign
from bot.adapters.vendors import examination
from bot.adapters.vendors.calls import Line
from bot.errors import DeliveryFailed
from bot.plugins import Finding, note, problem, well

ABOUT, PATH = "钉钉", "/webhooks/dingtalk"
_CONSOLE = "open-dev.dingtalk.com「应用开发 → 这个应用 → 机器人 → 消息接收模式」"


async def report(robot: Robot) -> list[Finding]:
    """Return what was found; nothing is changed."""
    found = [*console(robot), note(ABOUT, "群里只收得到 @ 它的话；单独聊每句都收得到")]
    if not robot.is_stream and robot.public_url:
        found += examination.address(ABOUT, robot.public_url, PATH)
        found.append(await _callback(robot, robot.public_url))
    found += await examination.api(ABOUT, robot.api_url, MOST_AGE_S, partial(_secret, robot))
    return found


def console(robot: Robot) -> Iterator[Finding]:
    """Tell what has to be entered where."""
    if robot.is_stream:
        yield note(ABOUT, f"在 {_CONSOLE}里选 Stream 模式，不用填地址，发布应用以后才收得到消息")
    else:
        text = f"在 {_CONSOLE}里选 HTTP 模式，消息接收地址填 {robot.public_url}"
        yield note(ABOUT, text)
        text = "HTTP 模式的签名管不到消息内容：地址要用 https；能连外网的机器，Stream 模式更稳妥"
        yield note(ABOUT, text)


async def _callback(robot: Robot, url: str) -> Finding:
    """Call the address with what the bot passes over: a message of a group that names nobody."""
    stamp = str(int(datetime.now(UTC).timestamp() * 1000))
    headers = {"timestamp": stamp, "sign": sign(stamp, robot.secret)}
    quiet = {"conversationType": "2", "senderId": "doctor", "isInAtList": False}
    return await examination.posted(ABOUT, url, headers, json.dumps(quiet).encode())


async def _secret(robot: Robot, client: httpx.AsyncClient) -> Finding:
    try:
        await access_token(Line(client, CODES), robot).get()
    except DeliveryFailed as failure:
        mend = "到「凭证与基础信息」重新抄 Client ID 和 Client Secret；应用停用了也取不到"
        return problem(ABOUT, f"取不到 access_token：{failure}", mend)
    return well(ABOUT, "Client ID 和 Client Secret 有效")
