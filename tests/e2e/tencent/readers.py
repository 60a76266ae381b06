"""People who read what the bot says on WeChat and in WeCom, word for word as it was meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bot.adapters import dingtalk_plugin, feishu_plugin, qq_plugin
from bot.adapters.delivery.full_text import PATH as FULL_TEXT
from bot.adapters.wechat.service import Account
from bot.adapters.wechat.service import Service as WechatService
from bot.adapters.wecom.app import App, AppService
from bot.adapters.wecom.robot import Access, Robot
from bot.plugins import Adapter, Service, Surroundings
from tests.dialogues import Sitting
from tests.e2e.dingtalk import DingTalk
from tests.e2e.feishu import Feishu
from tests.e2e.qq import Qq
from tests.e2e.tencent import robot, wechat, wecom
from tests.e2e.tencent.indoors import Indoors, indoors
from tests.e2e.tencent.robot import RobotGateway
from tests.e2e.tencent.wechat import WeChat
from tests.e2e.tencent.wecom import WeCom

SITE = "https://bot.example.cn/webhooks/wechat"
_FULL = re.compile(r"https?://\S+" + re.escape(FULL_TEXT) + r"\?\S+")
_TAG = re.compile(r"<[^>]+>")
_ESCAPED = re.compile(r"\\([*`<\\#>+-])")


def by_wechat(sittings: Sequence[Sitting]) -> list[str]:
    told: list[str] = []
    platform = WeChat(callback=SITE)  # not entered: an account that is not verified calls nothing
    for sitting in sittings:
        sitting.clock.forward(minutes=sitting.wait)
        platform.now = lambda clock=sitting.clock: clock.now().timestamp()
        with indoors(wechat_service(sitting.talks, sitting.clock)) as bot:
            platform.push = bot.push
            told += [in_full(bot, platform.asks("reader", text)) for text in sitting.said]
    platform.close()
    return told


def wechat_service(talks: Any, clock: Any, *, asks: bool = False, **more: Any) -> WechatService:
    given = {"aes_key": wechat.AES_KEY, **more}
    around = Surroundings(talks, clock, asks_feedback=asks)
    return WechatService(Account(wechat.APP_ID, wechat.TOKEN, SITE, **given), around)


def in_full(bot: Indoors, text: str) -> str:
    """The text, or the page that it leads to."""
    found = _FULL.search(text)
    if not found:
        return text
    query = {name: value for name, [value] in parse_qs(urlsplit(found[0]).query).items()}
    answer = bot.call("GET", query, path=FULL_TEXT)
    assert answer.status_code == 200
    body = answer.text.partition("</h1>")[2]
    return "\n\n".join(unescape(_TAG.sub("", part)) for part in body.split("</p>")[:-1])


def by_wecom(sittings: Sequence[Sitting]) -> list[str]:
    told: list[str] = []
    with WeCom() as platform:
        for sitting in sittings:
            sitting.clock.forward(minutes=sitting.wait)
            platform.now = lambda clock=sitting.clock: clock.now().timestamp()
            with indoors(app_service(platform, sitting.talks, sitting.clock)) as bot:
                platform.push, platform.is_idle = bot.push, bot.is_idle
                told += [platform.asks("xiaowang", text) for text in sitting.said]
    return told


def app_service(
    platform: WeCom, talks: Any, clock: Any, *, asks: bool = False, **more: Any
) -> AppService:
    secrets = (wecom.SECRET, wecom.TOKEN, wecom.AES_KEY)
    app = App(wecom.CORP_ID, wecom.AGENT, *secrets, platform.url, **more)
    return AppService(app, Surroundings(talks, clock, asks_feedback=asks))


def by_robot(sittings: Sequence[Sitting]) -> list[str]:
    told: list[str] = []
    with RobotGateway() as platform:
        for sitting in sittings:
            sitting.clock.forward(minutes=sitting.wait)
            with robot_at_work(platform, sitting.talks, sitting.clock):
                told += [plain(platform.asks("xiaowang", text)) for text in sitting.said]
    return told


@contextmanager
def robot_at_work(
    platform: RobotGateway, talks: Any, clock: Any, pages_url: str | None = None
) -> Iterator[Indoors]:
    before = platform.connections
    url = platform.url.replace("http", "ws")
    access = Access(url, robot.BOT_ID, robot.SECRET, pages_url)
    service = Robot(access, Surroundings(talks, clock))
    with indoors(service) as bot:
        platform.wait(lambda: platform.connections > before)
        platform.is_idle = bot.is_idle
        yield bot


def plain(markdown: str) -> str:
    """What is seen of Markdown: without marks, and a link as its words and its address."""
    text = markdown.replace("  \n", "\n")
    text = re.sub(r"\[([^\]]*)\]\((https?://[^)]*)\)", r"\1", text)
    text = re.sub(r"^> |\*\*(?=\S)|(?<=\S)\*\*", "", text, flags=re.MULTILINE)
    return _ESCAPED.sub(r"\1", text)


def by_dingtalk(sittings: Sequence[Sitting]) -> list[str]:
    told: list[str] = []
    with DingTalk() as platform:
        for sitting in sittings:
            sitting.clock.forward(minutes=sitting.wait)
            platform.now = lambda clock=sitting.clock: clock.now().timestamp()
            with dingtalk_at_work(platform, sitting.talks, sitting.clock):
                told += [platform.asks("xiaowang", text) for text in sitting.said]
    return told


def started(
    adapter: Adapter[Any], given: Mapping[str, str], around: Surroundings, **more: Any
) -> Service:
    """The service for settings as they stand in the environment."""
    chosen = {name.partition("__")[2].lower(): value for name, value in given.items()}
    service = adapter.start(adapter.settings(**chosen | more), around)
    assert service
    return service


@contextmanager
def dingtalk_at_work(platform: DingTalk, talks: Any, clock: Any, **more: Any) -> Iterator[Indoors]:
    before = platform.connections
    around = Surroundings(talks, clock)
    service = started(dingtalk_plugin.ADAPTER, platform.settings(), around, **more)
    with indoors(service) as bot:
        if more.get("mode") != "webhook":
            platform.wait(lambda: platform.connections > before)
        platform.is_idle = bot.is_idle
        yield bot


def by_feishu(sittings: Sequence[Sitting]) -> list[str]:
    told: list[str] = []
    with Feishu() as platform:
        for sitting in sittings:
            sitting.clock.forward(minutes=sitting.wait)
            platform.now = lambda clock=sitting.clock: clock.now().timestamp()
            with feishu_at_work(platform, sitting.talks, sitting.clock) as bot:
                for text in sitting.said:
                    made = platform.request(platform.message("ou_wang", text))
                    call = partial(bot.call, "POST", {}, made.body, headers=dict(made.headers))
                    told.append(platform.after("ou_wang", call))
    return told


@contextmanager
def feishu_at_work(platform: Feishu, talks: Any, clock: Any) -> Iterator[Indoors]:
    around = Surroundings(talks, clock)
    service = started(feishu_plugin.ADAPTER, platform.settings(9), around)
    with indoors(service) as bot:
        platform.wait(lambda: platform.called("/open-apis/bot/v3/info"))
        platform.is_idle = bot.is_idle
        yield bot


def by_qq(sittings: Sequence[Sitting]) -> list[str]:
    told: list[str] = []
    with Qq() as platform:
        for sitting in sittings:
            sitting.clock.forward(minutes=sitting.wait)
            platform.now = lambda clock=sitting.clock: clock.now().timestamp()
            with qq_at_work(platform, sitting.talks, sitting.clock) as bot:
                for text in sitting.said:
                    made = platform.request(platform.message("reader", text))
                    call = partial(bot.call, "POST", {}, made.body, headers=dict(made.headers))
                    told.append(in_full(bot, platform.after("reader", call)))
    return told


@contextmanager
def qq_at_work(platform: Qq, talks: Any, clock: Any, **more: str) -> Iterator[Indoors]:
    around = Surroundings(talks, clock)
    service = started(qq_plugin.ADAPTER, platform.settings(9) | more, around)
    with indoors(service) as bot:
        platform.is_idle = bot.is_idle
        yield bot


READERS: dict[str, Callable[[Sequence[Sitting]], list[str]]] = {
    "WeChat": by_wechat,
    "WeCom": by_wecom,
    "WeCom robot": by_robot,
    "DingTalk": by_dingtalk,
    "Feishu": by_feishu,
    "QQ": by_qq,
}
