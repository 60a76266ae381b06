"""An official account as its followers meet it, called by wechatpy's messages."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from html import unescape
from typing import Any

import pytest

from bot.adapters.delivery.full_text import PATH as FULL_TEXT
from bot.adapters.wechat import receiver
from bot.app import Brain
from bot.core.conversation import Conversation
from bot.core.model.reply import Choice, Choices, Reply, Status, Text
from bot.core.model.update import ConversationKey, Update
from bot.core.ports import Applied, Uncounted
from bot.errors import StoreUnavailable
from bot.storage.memory import MemoryStore
from tests.e2e.tencent import WeChat
from tests.e2e.tencent.indoors import Indoors, indoors
from tests.e2e.tencent.readers import SITE, in_full, wechat_service
from tests.e2e.tencent.wechat import AES_KEY, as_xml
from tests.fakes import FakeClock
from tests.workers import size

MUTATIONS = size(100_000, 2_000)
QUESTION = "四川二建在哪注册"
PORTAL = "https://www.sczwfw.gov.cn/"


@contextmanager
def account(talks: Any, **more: Any) -> Iterator[tuple[WeChat, Indoors]]:
    clock = more.pop("clock", None) or FakeClock()
    platform = WeChat(callback=SITE, now=lambda: clock.now().timestamp())
    platform.is_safe = more.get("aes_key", AES_KEY) is not None
    try:
        with indoors(wechat_service(talks, clock, **more)) as bot:
            platform.push = bot.push
            yield platform, bot
    finally:
        platform.close()


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that does much else at the time is not what is tried here."""
    monkeypatch.setattr(receiver, "BUDGET_S", 30.0)


@pytest.fixture
def followed(brain: Brain) -> Iterator[tuple[WeChat, Indoors]]:
    with account(Conversation(brain, MemoryStore(), FakeClock())) as there:
        yield there


def test_the_console_gets_its_word_back_and_nobody_else_does(
    followed: tuple[WeChat, Indoors],
) -> None:
    platform, bot = followed
    query = platform._signed() | {"echostr": "5837402"}
    assert bot.call("GET", query).text == "5837402"
    assert bot.call("GET", query | {"nonce": "other"}).status_code == 401


def test_following_a_menu_key_and_what_was_heard_in_a_voice_are_words(
    followed: tuple[WeChat, Indoors],
) -> None:
    platform, _ = followed
    assert "您好" in platform.pushes(platform.event("a", "subscribe", EventKey=""))[-1]
    assert PORTAL in platform.clicks("a", "/portal 四川")
    heard = platform.message("a", "voice", MediaId="m", Format="amr", Recognition=f"{QUESTION}。")
    assert PORTAL in platform.pushes(heard)[-1]


def test_it_asks_whether_an_answer_helped_and_takes_the_words_for_it(brain: Brain) -> None:
    talks = Conversation(brain, MemoryStore(), FakeClock())
    with account(talks, asks=True) as (platform, _):
        assert "有用 / 没解决" in platform.asks("a", QUESTION)
        assert platform.asks("a", "有用") == "记下了，谢谢。"
        assert "哪里不对" in platform.asks("a", "没解决")
        assert "换个说法" in platform.asks("a", "2")
        assert "记下了" not in platform.asks("b", "有用")


def test_what_is_beyond_the_limit_of_a_person_gets_one_notice_and_is_counted(brain: Brain) -> None:
    counted: list[tuple[str, ...]] = []

    class Counting(Uncounted):
        def held(self, *what: str) -> None:
            counted.append(what)

    talks = Conversation(brain, MemoryStore(), FakeClock(), meter=Counting())
    with account(talks) as (platform, _):
        told = [
            platform.pushes(platform.message("a", "text", Content="谢谢"))[-1] for _ in range(23)
        ]
    assert "太快了" in told[20]
    assert told[21:] == ["", ""]
    assert counted == [("limited", "wechat", "person")] * 3


def test_other_voices_pictures_and_stickers_get_one_line(
    followed: tuple[WeChat, Indoors],
) -> None:
    platform, _ = followed
    for kind, more in (
        ("voice", {"MediaId": "m", "Recognition": ""}),
        ("image", {"PicUrl": "http://mmbiz.qpic.cn/x", "MediaId": "m"}),
        ("text", {"Content": "【收到不支持的消息类型，暂无法显示】"}),
    ):
        [told] = platform.pushes(platform.message("a", kind, **more))
        assert "只看得懂文字" in told
        assert "\n" not in told


def test_leaving_and_opening_a_page_are_met_with_silence(
    followed: tuple[WeChat, Indoors],
) -> None:
    platform, _ = followed
    for name in ("unsubscribe", "VIEW", "LOCATION", "TEMPLATESENDJOBFINISH"):
        assert platform.pushes(platform.event("a", name, EventKey="https://x.cn")) == [""]


def test_the_three_repeats_get_the_same_words_and_are_one_turn(brain: Brain) -> None:
    store = MemoryStore()
    with account(Conversation(brain, store, FakeClock())) as (platform, _):
        platform.asks("a", "要什么材料")
        said = platform.message("a", "text", Content="1")
        told = [platform.pushes(said)[-1] for _ in range(3)]
        key = ConversationKey("wechat", said["ToUserName"], "a")
        assert len(set(told)) == 1
        assert "初始注册" in told[0]
        followed = platform.event("b", "subscribe", EventKey="")
        assert len({platform.pushes(followed)[-1] for _ in range(3)}) == 1
    stored = store._sessions[key]
    assert stored.version == 2


class Slow(Conversation):
    """Whose store takes longer than the platform waits, the first two times."""

    failures = 2

    async def handle(self, update: Update) -> Reply:
        if self.failures:
            self.failures -= 1
            raise StoreUnavailable("out")
        return await super().handle(update)


def test_a_call_that_could_not_be_answered_is_answered_when_it_is_repeated(brain: Brain) -> None:
    with account(Slow(brain, MemoryStore(), FakeClock())) as (platform, _):
        told = platform.pushes(platform.message("a", "text", Content=QUESTION))
    assert told[:2] == ["[503]", "[503]"]
    assert PORTAL in told[2]


def test_a_stamp_ten_minutes_off_is_refused(brain: Brain) -> None:
    clock = FakeClock()
    with account(Conversation(brain, MemoryStore(), clock), clock=clock) as (platform, _):
        said = platform.message("a", "text", Content=QUESTION)
        for seconds in (-600, 600):
            platform.now = lambda off=seconds: clock.now().timestamp() + off
            assert platform.pushes(said) == ["[401]"] * 3
        platform.now = lambda: clock.now().timestamp() - 15
        assert PORTAL in platform.pushes(said)[0]


def test_in_plain_mode_the_same_is_said(brain: Brain) -> None:
    talks = Conversation(brain, MemoryStore(), FakeClock())
    with account(talks, aes_key=None) as (platform, bot):
        assert PORTAL in platform.asks("a", QUESTION)
        query, body = platform.sealed(platform.message("a", "text", Content=QUESTION))
        assert bot.push("", query | {"signature": "0" * 40}, body).status_code == 401


def test_words_of_the_setting_call_a_person(brain: Brain) -> None:
    talks = Conversation(brain, MemoryStore(), FakeClock())
    with account(talks, handover=frozenset({"转人工", "人工"})) as (platform, _):
        assert platform.asks("a", " 转人工 ") == "[transfer_customer_service]"
        assert "人工" not in platform.asks("a", "谢谢")


LONG = Reply(
    Status.ANSWERED,
    (Text("四川<b>。" * 400), Text("终 https://example.cn/a?b=1&c"), Choices((Choice("甲", "x"),))),
)


class Lengthy(Conversation):
    """Whose every answer is too long for a message."""

    async def handle(self, update: Update) -> Reply:
        return (await self.take(update)).reply

    async def take(self, update: Update, holder: str = "") -> Applied:
        return replace(await super().take(update, holder), reply=LONG)

    async def told(self, key: ConversationKey, update_id: str) -> Reply | None:
        return LONG if await super().told(key, update_id) else None


def test_what_is_too_long_ends_with_a_page_that_has_all_of_it(brain: Brain) -> None:
    clock = FakeClock()
    talks = Lengthy(brain, MemoryStore(), clock)
    with account(talks, clock=clock) as (platform, bot):
        told = platform.asks("a", QUESTION)
        assert f"查看全文：{SITE}{FULL_TEXT}?m=" in told
        assert told.endswith("\n\n1. 甲")
        assert in_full(bot, told) == LONG.as_text()
        name = told.partition("?m=")[2].partition("\n")[0]
        page = bot.call("GET", {"m": name}, path=FULL_TEXT)
        assert "<b>" not in page.text
        assert '<a href="https://example.cn/a?b=1&amp;c">' in page.text
        assert "script-src" not in page.headers["content-security-policy"]
        assert bot.call("GET", {"m": name[:-2] + "AA"}, path=FULL_TEXT).status_code == 404
        assert bot.call("GET", {}, path=FULL_TEXT).status_code == 404


def test_a_page_of_what_was_forgotten_is_gone(brain: Brain) -> None:
    talks = Lengthy(brain, MemoryStore(), FakeClock())
    with account(talks) as (platform, bot):
        name = platform.asks("a", QUESTION).partition("?m=")[2].partition("\n")[0]
        platform.asks("a", "/forgetme")
        page = bot.call("GET", {"m": name}, path=FULL_TEXT)
    assert page.status_code == 404
    assert "看不到了" in unescape(page.text)


def test_beyond_a_burst_one_notice_stands_for_all(followed: tuple[WeChat, Indoors]) -> None:
    platform, _ = followed
    told = [platform.asks("a", f"谢谢{n}") for n in range(23)]
    assert ["太快" in text for text in told] == [False] * 20 + [True, False, False]
    assert told[21:] == ["", ""]
    assert platform.asks("b", "谢谢")


def test_no_changed_call_is_accepted_and_none_is_a_fault(
    brain: Brain, figures: Callable[[str], None]
) -> None:
    heard: list[Update] = []

    class Listening(Conversation):
        async def handle(self, update: Update) -> Reply:
            heard.append(update)
            return await super().handle(update)

    with account(Listening(brain, MemoryStore(), FakeClock())) as (platform, bot):
        query, body = platform.sealed(platform.message("a", "text", Content=QUESTION))
        statuses: dict[int, int] = {}
        for seed in range(MUTATIONS):
            dice = random.Random(seed)
            asked, said = mutated(dice, query, body)
            status = bot.call("POST", asked, said).status_code
            statuses[status] = statuses.get(status, 0) + 1
            assert status in (400, 401), (asked, said)
    assert heard == []
    figures(f"{MUTATIONS} changed calls to WeChat: {statuses}")


def mutated(dice: random.Random, query: dict[str, str], body: str) -> tuple[dict[str, str], bytes]:
    """A call that differs where it counts: in the ciphertext, its signature, stamp or nonce."""
    start, end = body.index("<Encrypt>"), body.index("</Encrypt>") + len("</Encrypt>")
    data = bytearray(body.encode())
    match dice.randrange(6):
        case 0:
            name = dice.choice(("msg_signature", "timestamp", "nonce"))
            text = query[name]
            at = dice.randrange(len(text))
            other = dice.choice([c for c in "0123456789abcdef" if c != text[at]])
            return query | {name: text[:at] + other + text[at + 1 :]}, bytes(data)
        case 1:
            return {k: v for k, v in query.items() if k != "msg_signature"}, bytes(data)
        case 2:
            at = dice.randrange(start + 18, end - 14)
            data[at] = data[at] % 26 + (65 if data[at] >= 97 else 97)
            return query, bytes(data)
        case 3:
            return query, bytes(data[: dice.randrange(end - 14)])
        case 4:
            at = dice.randrange(start + 18, end - 14)
            return query, bytes(data[:at] + dice.randbytes(dice.randrange(1, 9)) + data[at:])
        case _:
            return query, as_xml({"Encrypt": dice.randbytes(40).hex()}).encode()
