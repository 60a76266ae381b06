"""Examine a self-built app and a robot for `zhuce doctor`: console, address, clock, secret."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from functools import partial

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from bot.adapters.tencent.envelope import MOST_AGE_S, Envelope
from bot.adapters.vendors import examination
from bot.adapters.vendors.calls import Json, Line
from bot.adapters.wecom.app import App, access_token
from bot.adapters.wecom.app_chats import CODES
from bot.errors import DeliveryFailed
from bot.plugins import Finding, note, problem, well

APP, ROBOT = "企业微信应用", "企业微信智能机器人"
PATH = "/webhooks/wecom"
PATIENCE_S = 8.0
_CONSOLE = "work.weixin.qq.com 管理后台「应用管理 → 自建 → 这个应用 → 接收消息 → 设置API接收」"


async def report_app(app: App, callback_url: str) -> list[Finding]:
    """Return what was found about the app; nothing is changed."""
    text = (
        f"在 {_CONSOLE}里填：URL 填 {callback_url}，Token 填 BOT_WECOM__TOKEN 的值，"
        "EncodingAESKey 填 BOT_WECOM__AES_KEY 的值；先启动 zhuce serve 再点保存"
    )
    return [
        note(APP, text),
        note(APP, "应用收不到群消息，只有成员单独和它聊；要在群里用，另开智能机器人"),
        *examination.address(APP, callback_url, PATH),
        await _callback(app, callback_url),
        *await examination.api(APP, app.api_url, MOST_AGE_S, partial(_agent, app)),
    ]


async def _callback(app: App, url: str) -> Finding:
    now, word = datetime.now(UTC), examination.nonce()
    envelope = Envelope(app.token, app.corp_id, app.aes_key, now=now.timestamp)
    made = envelope.seal(word.encode())
    query = {
        "msg_signature": made.signature,
        "timestamp": made.stamp,
        "nonce": made.nonce,
        "echostr": made.ciphertext,
    }
    return await examination.callback(APP, url, query, lambda text: text == word)


async def _agent(app: App, client: httpx.AsyncClient) -> Finding:
    line = Line(client, CODES)
    try:
        token = await access_token(line, app).get()
        asked = {"access_token": token, "agentid": app.agent}
        agent = await line.ask("GET", "/cgi-bin/agent/get", params=asked)
    except DeliveryFailed as failure:
        mend = (
            "60020 是这台机器的出口 IP 不在应用的「企业可信IP」里；40001 是 Secret 不对；"
            "40013 是企业 ID 不对；40056、301002 是 AgentId 不对或不是这个 Secret 的应用"
        )
        return problem(APP, f"用不了接口：{failure}", mend)
    return _visible(agent)


def _visible(agent: Json) -> Finding:
    name = str(agent.get("name", ""))
    seen = [agent.get(f"allow_{kind}s") for kind in ("userinfo", "party", "tag")]
    if not any(part and any(part.values()) for part in seen if isinstance(part, dict)):
        text = f"应用“{name}”的可见范围是空的，谁也收不到回答"
        return problem(APP, text, "在应用的「可见范围」里加上要用它的部门或成员")
    return well(APP, f"Secret 有效，应用是“{name}”，这台机器可以替它发消息")


async def report_robot(url: str) -> list[Finding]:
    """Return what was found about the robot.

    It does not subscribe: that would end the connection of the bot that is running.
    """
    found = [
        note(
            ROBOT,
            "在企业微信「工作台 → 智能机器人 → 创建机器人 → API模式创建 → 使用长连接」里取 Bot ID "
            "和 Secret；不用公网地址，不用填回调",
        ),
        note(ROBOT, "群里只收得到 @ 它的话和引用它的话；一个机器人同时只能有一个长连接"),
    ]
    try:
        async with asyncio.timeout(PATIENCE_S), connect(url) as socket:
            header = socket.response.headers.get("Date") if socket.response else None
            found.append(well(ROBOT, f"{url} 连得上（没有登录，以免挤掉正在运行的）"))
            found += examination.clock(ROBOT, header, datetime.now(UTC), MOST_AGE_S)
    except (OSError, WebSocketException, TimeoutError) as error:
        text = f"{url} 连不上（{type(error).__name__}）"
        found.append(problem(ROBOT, text, "检查这台机器能不能访问外网的 443 端口"))
    return found
