"""An official robot of QQ as people meet it, and the vectors of the vendor's page."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bot.adapters.qq.signature import Signature
from bot.adapters.qq.updates import read
from bot.app import Brain
from bot.core.conversation import Conversation
from bot.storage.memory import MemoryStore
from tests.e2e.qq import SECRET, Qq
from tests.e2e.tencent.indoors import Indoors
from tests.e2e.tencent.loopback import Json
from tests.e2e.tencent.readers import qq_at_work
from tests.fakes import FakeClock

QUESTION, PORTAL = "四川二建在哪注册", "https://www.sczwfw.gov.cn/"
STAMP = "1725442341"
BODY = b'{"op": 0, "d": {}, "t": "GATEWAY_EVENT_NAME"}'
PUBLIC = bytes.fromhex("d7c362fe78aef81ff23287b493628b5db02a3c4fe30b215e4d19609b5d76673a")
"""The key of `SECRET` on the vendor's page on signatures."""
TOLD_SECRET, WORD = "DG5g3B4j9X2KOErG", "Arq0D5A61EgUu4OxUvOp"
PROOF = (
    "87befc99c42c651b3aac0278e71ada338433ae26fcb24307bdc5ad38c1adc2d0"
    "1bcfcadc0842edac85e85205028a1132afe09280305f13aa6909ffc2d652c706"
)
"""The example of the vendor's page on events."""


@pytest.fixture
def there(brain: Brain) -> Iterator[tuple[Qq, Indoors]]:
    clock = FakeClock()
    talks = Conversation(brain, MemoryStore(), clock)
    with (
        Qq(now=lambda: clock.now().timestamp()) as platform,
        qq_at_work(platform, talks, clock) as bot,
    ):
        yield platform, bot


def posted(platform: Qq, bot: Indoors, event: Json, at: float | None = None) -> int:
    made = platform.request(event, at)
    return bot.call("POST", {}, made.body, headers=dict(made.headers)).status_code


def asks(there: tuple[Qq, Indoors], words: str, group: str = "", **more: object) -> str:
    platform, bot = there
    event = platform.message("person", words, group, **more)
    return platform.after(group or "person", lambda: posted(platform, bot, event))


def test_the_vendors_examples_come_out() -> None:
    assert Signature(TOLD_SECRET, now=float).prove(STAMP, WORD) == PROOF
    proof = bytes.fromhex(Signature(SECRET, now=float).sign(STAMP, BODY))
    Ed25519PublicKey.from_public_bytes(PUBLIC).verify(proof, STAMP.encode() + BODY)


def test_the_console_gets_its_proof_and_nobody_gets_a_message_signed(
    there: tuple[Qq, Indoors],
) -> None:
    platform, bot = there
    asked = {"plain_token": WORD, "event_ts": STAMP}
    answer = bot.call("POST", {}, json.dumps({"op": 13, "d": asked}).encode())
    expected = Signature(SECRET, now=platform.now).sign(STAMP, WORD.encode())
    assert answer.json() == {"plain_token": asked["plain_token"], "signature": expected}
    for stamp, word in ((STAMP, BODY.decode()), (STAMP + "{", "x"), (STAMP, ""), ("", "x")):
        body = {"op": 13, "d": {"plain_token": word, "event_ts": stamp}}
        assert bot.call("POST", {}, json.dumps(body).encode()).status_code == 401


def test_people_and_groups_are_answered_each_answer_with_its_number(
    there: tuple[Qq, Indoors],
) -> None:
    platform, bot = there
    assert PORTAL in asks(there, QUESTION)
    assert PORTAL in asks(there, "/portal 四川", "group")
    assert "可以直接提问" in asks(there, "", "group")
    assert "语音" in asks(there, "", attachments=[{"content_type": "voice", "url": "x"}])
    told = asks(there, "初始注册要什么材料", "group")
    name = told.partition("/webhooks/qq/full?m=")[2].split()[0]
    assert "材料" in bot.call("GET", {"m": name}, path="/full").text
    assert {call.body["msg_seq"] for call in platform.calls} == {1}


def test_what_comes_again_or_is_sent_again_is_shown_once(there: tuple[Qq, Indoors]) -> None:
    platform, bot = there
    event = platform.message("person", QUESTION)
    told = [posted(platform, bot, event, platform.now() + late) for late in (-601, 0, 9, 601)]
    platform.wait(lambda: platform.seen.get("person") and bot.is_idle())
    assert told == [401, 200, 200, 401]
    sent = bot.service._chats._send_or_spell(platform.calls[-1].body["content"], 1, route_of(event))
    asyncio.run_coroutine_threadsafe(sent, bot.loop).result(10)
    assert platform.calls[-1].outcome["code"] == 40054005
    assert len(platform.seen["person"]) == 1


def route_of(event: Json) -> object:
    found = read(event)
    assert found
    return found[1]


def test_an_address_that_the_console_does_not_list_is_spelt_and_the_operator_told(
    there: tuple[Qq, Indoors],
) -> None:
    platform, bot = there
    platform.listed = ()
    assert "www．sczwfw．gov．cn" in asks(there, QUESTION)
    assert "消息URL配置" in bot.service.trouble()
    platform.listed = ("www.sczwfw.gov.cn",)
    assert PORTAL in asks(there, QUESTION)


def test_a_token_that_has_ended_costs_nothing(there: tuple[Qq, Indoors]) -> None:
    platform, _ = there
    asks(there, QUESTION)
    platform.end_tokens()
    assert PORTAL in asks(there, QUESTION)
    assert len(platform.tokens) == 2


def test_buttons_say_what_they_show_and_numbers_remain_where_they_are_refused(brain: Brain) -> None:
    clock = FakeClock()
    talks = Conversation(brain, MemoryStore(), clock)
    with (
        Qq(now=lambda: clock.now().timestamp()) as platform,
        qq_at_work(platform, talks, clock, BOT_QQ__KEYBOARD="on") as bot,
    ):
        assert "1. 初始注册" in asks((platform, bot), "要什么材料")
        assert "BOT_QQ__KEYBOARD" in bot.service.trouble()
        platform.has_keyboards = True
        assert "1. 初始注册" in asks((platform, bot), "要什么材料")
        assert platform.buttons["person"][0] == "初始注册"
        assert "申请表" in asks((platform, bot), platform.buttons["person"][0])
