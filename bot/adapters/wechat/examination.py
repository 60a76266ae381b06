"""Examine an official account for `zhuce doctor`: console, address, clock, secret."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import httpx

from bot.adapters.tencent.envelope import MOST_AGE_S, Envelope
from bot.adapters.vendors import examination
from bot.adapters.vendors.calls import Line
from bot.adapters.wechat.chats import CODES
from bot.adapters.wechat.service import Account, access_token
from bot.errors import DeliveryFailed
from bot.plugins import Finding, note, problem, well

ABOUT = "微信公众号"
PATH = "/webhooks/wechat"
_CONSOLE = "mp.weixin.qq.com「设置与开发 → 开发接口管理 → 基本配置 → 服务器配置」"


async def report(account: Account) -> list[Finding]:
    """Return what was found; nothing is changed."""
    found = [console(account), *mode(account), *powers(account)]
    found += examination.address(ABOUT, account.callback_url, PATH)
    found.append(await _callback(account))
    found += await _api(account)
    return found


def console(account: Account) -> Finding:
    """Tell what has to be entered where."""
    kind = "安全模式" if account.aes_key else "明文模式"
    text = f"在 {_CONSOLE}里填：URL 填 {account.callback_url}，Token 填 BOT_WECHAT__TOKEN 的值"
    if account.aes_key:
        text += "，EncodingAESKey 填 BOT_WECHAT__AES_KEY 的值"
    return note(ABOUT, f"{text}，消息加解密方式选{kind}，保存以后再点启用")


def mode(account: Account) -> Iterator[Finding]:
    """Report plain mode, in which the content of messages is not signed."""
    if account.aes_key is None:
        text = "明文模式：签名管不到消息内容，看得到网络的人能冒充用户"
        yield note(ABOUT, text, "写上 BOT_WECHAT__AES_KEY，后台改成安全模式")


def powers(account: Account) -> Iterator[Finding]:
    """Tell what an account that is not verified cannot do."""
    if account.secret is None:
        text = "按未认证的号运行：能被动回复和欢迎关注的人；不能设自定义菜单，不能主动发消息"
        yield note(ABOUT, text, "认证过的号写 BOT_WECHAT__VERIFIED=on 和 BOT_WECHAT__SECRET")


async def _callback(account: Account) -> Finding:
    stamp, word = str(int(datetime.now(UTC).timestamp())), examination.nonce()
    envelope = Envelope(account.token, account.app_id, now=lambda: float(stamp))
    query = {"timestamp": stamp, "nonce": word, "echostr": word}
    query["signature"] = envelope.signature(stamp, word)
    return await examination.callback(ABOUT, account.callback_url, query, lambda text: text == word)


async def _api(account: Account) -> list[Finding]:
    """Report clock and, of a verified account, whether its secret is good from this machine."""
    try:
        async with httpx.AsyncClient(base_url=account.api_url, timeout=8.0) as client:
            answer = await client.get("/")
            found = [
                *examination.clock(ABOUT, answer.headers.get("date"), datetime.now(UTC), MOST_AGE_S)
            ]
            if account.secret:
                found.append(await _secret(client, account))
    except httpx.HTTPError as error:
        text = f"连不上 {account.api_url}（{type(error).__name__}）"
        if account.secret is None:
            return [note(ABOUT, f"{text}，没法核对时钟")]
        return [problem(ABOUT, text, "检查这台机器能不能访问外网")]
    return found


async def _secret(client: httpx.AsyncClient, account: Account) -> Finding:
    try:
        await access_token(Line(client, CODES), account).get()
    except DeliveryFailed as failure:
        mend = (
            "40164 是这台机器的出口 IP 不在白名单，到「基本配置 → IP白名单」加上；"
            "40125 是 AppSecret 不对；40013 是 AppID 不对"
        )
        return problem(ABOUT, f"取不到 access_token：{failure}", mend)
    return well(ABOUT, "AppID 和 AppSecret 有效，这台机器在 IP 白名单里")
