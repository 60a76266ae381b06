"""A robot of DingTalk as its members meet it, by Stream on a gateway and by webhook."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from bot.adapters.dingtalk.service import sign
from bot.adapters.vendors import connection
from bot.app import Brain
from bot.core.conversation import Conversation
from bot.storage.memory import MemoryStore
from tests.e2e.dingtalk import SECRET, DingTalk
from tests.e2e.tencent.indoors import Indoors
from tests.e2e.tencent.readers import dingtalk_at_work
from tests.fakes import FakeClock

QUESTION, PORTAL = "四川二建在哪注册", "https://www.sczwfw.gov.cn/"
GROUP = "cidGroup"
TO_PERSON, TO_GROUP = "/v1.0/robot/oToMessages/batchSend", "/v1.0/robot/groupMessages/send"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def there(
    brain: Brain, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[DingTalk, Indoors]]:
    monkeypatch.setattr(connection, "FIRST_PAUSE_S", 0.05)
    talks = Conversation(brain, MemoryStore(), clock)
    with (
        DingTalk(now=lambda: clock.now().timestamp()) as platform,
        dingtalk_at_work(platform, talks, clock, public_url="https://bot.example.cn/ding") as bot,
    ):
        yield platform, bot


def test_words_a_voice_and_a_rich_text_are_answered_and_acknowledged(
    there: tuple[DingTalk, Indoors],
) -> None:
    platform, _ = there
    assert PORTAL in platform.asks("xiaowang", QUESTION)
    heard = {"duration": 4000, "recognition": f"{QUESTION}。", "downloadCode": "x"}
    assert PORTAL in platform.asks("xiaowang", "", msgtype="audio", content=heard)
    rich = {"richText": [{"text": QUESTION}, {"downloadCode": "x", "type": "picture"}]}
    assert PORTAL in platform.asks("xiaowang", "", msgtype="richText", content=rich)
    assert "图片" in platform.asks("xiaowang", "", msgtype="picture", content={"downloadCode": "x"})
    platform.wait(lambda: len(platform.acknowledged) == 4)


def test_what_comes_again_is_acknowledged_again_and_answered_once(
    there: tuple[DingTalk, Indoors],
) -> None:
    platform, bot = there
    said = platform.message("xiaowang", QUESTION)
    platform.after("xiaowang", lambda: platform.delivers(said))
    again = [platform.delivers(said) for _ in range(3)]
    platform.wait(lambda: set(again) <= set(platform.acknowledged) and bot.is_idle())
    assert len(platform.seen["xiaowang"]) == 1


def test_groups_are_answered_in_short_with_a_way_to_all_of_it(
    there: tuple[DingTalk, Indoors],
) -> None:
    platform, bot = there
    assert PORTAL in platform.asks("xiaowang", "/portal 四川", GROUP)
    assert "可以直接提问" in platform.asks("xiaowang", "", GROUP)
    told = platform.asks("xiaowang", "初始注册要什么材料", GROUP)
    name = told.partition("https://bot.example.cn/ding/full?m=")[2].split()[0]
    page = bot.call("GET", {"m": name}, path="/full")
    assert (page.status_code, "材料" in page.text) == (200, True)
    sent = [call.body for call in platform.called("/robot/sendBySession") if "at" in call.body]
    assert {user for body in sent for user in body["at"]["atUserIds"]} == {"xiaowang"}


def test_a_button_says_its_label_in_the_name_of_who_presses(
    there: tuple[DingTalk, Indoors],
) -> None:
    platform, _ = there
    asked = platform.asks("xiaowang", "要什么材料")
    labels = [label for label, _ in platform.buttons["xiaowang"]]
    assert [label for label in labels if f". {label}" not in asked] == []
    assert labels[1] in platform.presses("xiaowang", labels[1])


def test_when_the_session_has_ended_the_api_takes_the_reply_with_a_shared_token(
    there: tuple[DingTalk, Indoors], clock: FakeClock
) -> None:
    platform, _ = there
    platform.session_life_s = 30.0  # within the margin: it is not even tried
    assert PORTAL in platform.asks("xiaowang", QUESTION)
    assert PORTAL in platform.asks("xiaowang", QUESTION, GROUP)
    assert len(platform.called(TO_PERSON)) == len(platform.called(TO_GROUP)) == 1
    platform.session_life_s = 5400.0
    said = platform.message("xiaoli", QUESTION)
    platform.sessions.clear()  # ended before its time
    assert PORTAL in platform.after("xiaoli", lambda: platform.delivers(said))
    platform.end_tokens()
    platform.session_life_s = 30.0
    assert PORTAL in platform.asks("xiaoli", QUESTION)
    assert len(platform.tokens) == 2


def test_no_other_server_is_written_to(there: tuple[DingTalk, Indoors]) -> None:
    platform, _ = there
    for forged in ("http://127.0.0.1:9", f"{platform.url}.evil.example", f"{platform.url}@evil"):
        address = f"{forged}/robot/sendBySession?session=x"
        assert PORTAL in platform.asks("xiaowang", QUESTION, sessionWebhook=address)
    assert len(platform.called(TO_PERSON)) == 3


def test_it_connects_again_with_another_ticket(there: tuple[DingTalk, Indoors]) -> None:
    platform, _ = there
    platform.delivers({"opaque": "1"}, "SYSTEM", "ping")
    platform.wait(lambda: platform.acknowledged)
    platform.delivers({"reason": "restart"}, "SYSTEM", "disconnect")
    platform.wait(lambda: platform.connections == 2)
    assert PORTAL in platform.asks("xiaowang", QUESTION)


def test_frames_that_nobody_should_send_do_no_harm(there: tuple[DingTalk, Indoors]) -> None:
    platform, _ = there
    for body in ({}, {"msgId": "\x00"}, {"senderId": "\ud800"}, {"createAt": 10**30}):
        platform.delivers({**platform.message("xiaowang", QUESTION), **body} if body else body)
    assert PORTAL in platform.asks("xiaowang", QUESTION)


def test_a_stale_stamp_is_refused_and_a_fresh_one_taken(brain: Brain, clock: FakeClock) -> None:
    talks = Conversation(brain, MemoryStore(), clock)
    with (
        DingTalk(now=lambda: clock.now().timestamp()) as platform,
        dingtalk_at_work(
            platform, talks, clock, mode="webhook", public_url="https://b.cn/x"
        ) as bot,
    ):
        told = []
        for late_s in (-601, -299, 0, 299, 601):
            stamp = str(int((clock.now().timestamp() + late_s) * 1000))
            body = json.dumps(platform.message("xiaowang", QUESTION)).encode()
            headers = {"timestamp": stamp, "sign": sign(stamp, SECRET)}
            told.append(bot.call("POST", {}, body, headers=headers).status_code)
        assert told == [401, 200, 200, 200, 401]
