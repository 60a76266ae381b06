"""Examine what platforms have in common: our clock, and whether the address answers."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx

from bot.plugins import Finding, problem, well

PATIENCE_S = 8.0
FAIR_S = 30
_PORTS = {"http": 80, "https": 443}


def address(
    about: str, url: str, path: str, ports: Sequence[int] = tuple(_PORTS.values())
) -> Iterator[Finding]:
    """Report an address that the platform would not call, or that leads past the bot."""
    parts = urlsplit(url)
    if (parts.port or _PORTS.get(parts.scheme)) not in ports:
        text = f"{url} 用了端口 {parts.port}"
        allowed = "、".join(map(str, ports))
        yield problem(about, text, f"平台只回调端口 {allowed}，在前面放一个反向代理")
    if not parts.path.endswith(path):
        text = f"{url} 不以 {path} 结尾"
        mend = f"除非反向代理会改写路径，回调地址要写成 https://域名{path}"
        yield problem(about, text, mend)


async def callback(
    about: str, url: str, query: Mapping[str, str], is_answer: Callable[[str], bool]
) -> Finding:
    """Call the address as the console does when it is saved, and report what came back."""
    try:
        async with httpx.AsyncClient(timeout=PATIENCE_S) as client:
            answer = await client.get(url, params=dict(query))
    except httpx.HTTPError as error:
        return _unreachable(about, url, error)
    return _judged(about, url, answer, is_answer=is_answer(answer.text))


async def posted(about: str, url: str, headers: Mapping[str, str], body: bytes) -> Finding:
    """Call the address as the platform does with a message, and report whether it was taken."""
    try:
        async with httpx.AsyncClient(timeout=PATIENCE_S) as client:
            answer = await client.post(url, headers=dict(headers), content=body)
    except httpx.HTTPError as error:
        return _unreachable(about, url, error)
    return _judged(about, url, answer, is_answer=answer.is_success)


def _unreachable(about: str, url: str, error: httpx.HTTPError) -> Finding:
    mend = "先启动 zhuce serve，再检查域名解析、证书、防火墙和反向代理"
    return problem(about, f"{url} 连不上（{type(error).__name__}）", mend)


def _judged(about: str, url: str, answer: httpx.Response, *, is_answer: bool) -> Finding:
    if answer.is_success and is_answer:
        return well(about, f"{url} 能收到，签名对得上")
    if answer.status_code == 401:
        mend = "正在运行的机器人用的密钥和这里的不同，改好以后重启；或者它的时钟不准"
        return problem(about, f"{url} 收到了，但签名对不上", mend)
    mend = f"检查反向代理有没有把 {urlsplit(url).path} 转给 zhuce serve"
    return problem(about, f"{url} 答非所问（HTTP {answer.status_code}）", mend)


def clock(about: str, header: str | None, now: datetime, most_s: int) -> Iterator[Finding]:
    """Compare our clock with the platform's, given as the `Date` of an answer.

    `most_s` is how old what it sends may be; older requests are refused.
    """
    try:
        theirs = parsedate_to_datetime(header or "")
    except ValueError:
        return
    off = int(abs((now - theirs).total_seconds()))
    if off > most_s:
        text = f"和平台的时钟差 {off} 秒，超过 {most_s} 秒的消息会被拒绝"
        yield problem(about, text, "校准系统时间（timedatectl set-ntp true）")
    elif off > FAIR_S:
        yield problem(about, f"和平台的时钟差 {off} 秒", "校准系统时间（timedatectl set-ntp true）")
    else:
        yield well(about, f"时钟和平台相差 {off} 秒")


async def api(
    about: str, url: str, most_s: int, report: Callable[[httpx.AsyncClient], Awaitable[Finding]]
) -> list[Finding]:
    """Report clock and whatever `report` finds out at an API, or that it cannot be reached.

    `most_s` is as for `clock`.
    """
    try:
        async with httpx.AsyncClient(base_url=url, timeout=PATIENCE_S) as client:
            date = (await client.get("/")).headers.get("date")
            return [*clock(about, date, datetime.now(UTC), most_s), await report(client)]
    except httpx.HTTPError as error:
        text = f"连不上 {url}（{type(error).__name__}）"
        return [problem(about, text, "检查这台机器能不能访问外网")]


def nonce() -> str:
    """Return a word that nobody can have said before."""
    return secrets.token_hex(8)
