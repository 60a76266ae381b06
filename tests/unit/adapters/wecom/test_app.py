"""A self-built app as its members meet it, called by wechatpy's messages."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from bot.adapters.wecom.message import Form, as_markdown, write
from bot.app import Brain
from bot.core.conversation import Conversation
from bot.core.model.pack import Pack
from bot.core.model.reply import Choice, Choices, Link, ListPart, Reply, Status, Text
from bot.core.model.update import Update
from bot.core.ports import Applied
from bot.storage.memory import MemoryStore
from tests.e2e.tencent import WeCom
from tests.e2e.tencent.indoors import Indoors, indoors
from tests.e2e.tencent.readers import app_service
from tests.e2e.tencent.wechat import as_xml
from tests.fakes import FakeClock
from tests.unit.adapters.wechat.test_service import mutated
from tests.workers import size

MUTATIONS = size(100_000, 1_000)
QUESTION = "四川二建在哪注册"
PORTAL = "https://www.sczwfw.gov.cn/"
SEND = "/cgi-bin/message/send"


@contextmanager
def office(talks: Any, **more: Any) -> Iterator[tuple[WeCom, Indoors]]:
    clock = FakeClock()
    with (
        WeCom(now=lambda: clock.now().timestamp(), life_s=more.pop("life_s", 7200)) as platform,
        indoors(app_service(platform, talks, clock, **more)) as bot,
    ):
        platform.push, platform.is_idle = bot.push, bot.is_idle
        yield platform, bot


@pytest.fixture
def talks(brain: Brain) -> Conversation:
    return Conversation(brain, MemoryStore(), FakeClock())


def test_choices_are_buttons_of_a_card_and_can_be_pressed_typed_or_numbered(
    talks: Conversation,
) -> None:
    with office(talks) as (platform, _):
        assert "1. 初始注册" in platform.asks("xiaowang", "要什么材料")
        card = platform.cards["xiaowang"]
        assert [one["text"] for one in card["button_list"]][:2] == ["初始注册", "延续注册"]
        pressed = platform.presses("xiaowang", "延续注册")
        for words in ("2", "延续注册"):
            platform.asks("xiaoli", "要什么材料")
            assert platform.asks("xiaoli", words) == pressed


def test_a_card_is_told_that_it_was_pressed(talks: Conversation) -> None:
    with office(talks) as (platform, _):
        platform.asks("xiaowang", "要什么材料")
        card = platform.cards["xiaowang"]
        key = card["button_list"][0]["key"]
        event = platform.event("xiaowang", "template_card_event", EventKey=key, TaskId="t")
        [answer] = platform.pushes(event)
        assert answer
        fields = platform.opened(answer)
        assert fields["MsgType"].text == "update_button"
        assert fields["Button"].findtext("ReplaceName") == "已选"


def test_a_repeat_is_acknowledged_and_not_sent_again(talks: Conversation) -> None:
    with office(talks) as (platform, _):
        said = platform.message("xiaowang", "text", Content=QUESTION)
        for _again in range(3):
            [answer] = platform.pushes(said)
            assert answer
            assert (answer.status_code, answer.text) == (200, "")
        platform.settle()
        assert len(platform.called(SEND)) == 1
        assert PORTAL in platform.seen["xiaowang"][0]


def test_busy_quota_and_an_ended_token_delay_a_reply_and_lose_none(talks: Conversation) -> None:
    with office(talks) as (platform, _):
        platform.asks("xiaowang", QUESTION)
        platform.end_tokens()
        assert PORTAL in platform.asks("xiaowang", QUESTION)
        platform.faults += [429, {"errcode": -1, "errmsg": "system busy"}]
        assert PORTAL in platform.asks("xiaowang", QUESTION, within_s=20)
        assert len(platform.seen["xiaowang"]) == 3
        assert len(platform.called("/cgi-bin/gettoken")) == 2


def test_the_token_is_renewed_before_it_ends(talks: Conversation) -> None:
    with office(talks, life_s=250) as (platform, _):
        for _ in range(2):
            platform.asks("xiaowang", "谢谢")
        assert {
            call.outcome["errcode"] for call in platform.calls if "errcode" in call.outcome
        } == {0}


def test_a_member_who_may_not_see_the_app_is_given_up_without_a_word(
    talks: Conversation,
) -> None:
    with office(talks) as (platform, _):
        platform.pushes(platform.message("stranger", "text", Content=QUESTION))
        platform.settle()
        assert PORTAL in platform.asks("xiaowang", QUESTION)
        assert len(platform.called(SEND)) == 2


def test_opening_the_app_is_met_with_silence_and_following_with_a_welcome(
    talks: Conversation,
) -> None:
    with office(talks) as (platform, _):
        platform.pushes(platform.event("xiaowang", "enter_agent", EventKey=""))
        platform.pushes(platform.event("xiaowang", "LOCATION"))
        platform.settle()
        assert platform.called(SEND) == []
        told = platform._seen_after("xiaowang", platform.event("xiaowang", "subscribe"))
        assert "您好" in told
        image = platform.message("xiaowang", "image", PicUrl="http://x.cn", MediaId="m")
        assert "只看得懂文字" in platform._seen_after("xiaowang", image)


def test_no_changed_call_is_accepted_and_none_is_a_fault(
    brain: Brain, figures: Callable[[str], None]
) -> None:
    heard: list[Update] = []

    class Listening(Conversation):
        async def take(self, update: Update, holder: str = "") -> Applied:
            heard.append(update)
            return await super().take(update, holder)

    with office(Listening(brain, MemoryStore(), FakeClock())) as (platform, bot):
        said = platform.message("xiaowang", "text", Content=QUESTION)
        query, body = platform.sealed(said)
        statuses: dict[int, int] = {}
        for seed in range(MUTATIONS):
            asked, sent = mutated(random.Random(seed), query, body)
            status = bot.call("POST", asked, sent).status_code
            statuses[status] = statuses.get(status, 0) + 1
            assert status in (400, 401), (asked, sent)
        for wrong in (said | {"AgentID": "7"}, {"MsgType": "text"}, said | {"CreateTime": "x"}):
            asked, sealed = platform._sealed(as_xml(wrong))
            assert bot.call("POST", asked, sealed.encode()).status_code == 400
        platform.now = lambda: FakeClock().now().timestamp() - 600
        asked, sealed = platform.sealed(said)
        assert bot.call("POST", asked, sealed.encode()).status_code == 401
    assert heard == []
    figures(f"{MUTATIONS} changed calls to WeCom: {statuses}")


def test_markdown_shows_words_as_words_and_links_as_links() -> None:
    link = Link("网站", "https://example.cn/a_b", "未核实")
    assert as_markdown(link) == ("[网站](https://example.cn/a_b)：https://example.cn/a_b（未核实）")
    assert as_markdown(Text("# 甲*乙*\n- <b>`丙`")) == "\\# 甲\\*乙\\*  \n\\- \\<b>\\`丙\\`"
    assert as_markdown(ListPart(("甲",), "材料")) == "**材料**  \n· 甲"


def test_choices_that_no_card_can_show_are_numbered(pack: Pack) -> None:
    def made(*labels: str) -> tuple[bool, str]:
        options = tuple(Choice(label, label) for label in labels)
        reply = Reply(Status.CLARIFY, (Text("选"), Choices(options)))
        message = write(pack, reply, Form(2048))
        return message.card is not None, message.pages[0]

    assert made("甲", "乙") == (True, "选")
    assert made(*"甲乙丙丁戊己庚") == (
        False,
        "选\n\n" + "\n".join(f"{n}. {label}" for n, label in enumerate("甲乙丙丁戊己庚", 1)),
    )
    assert made("十一个字的选项写不下了") == (False, "选\n\n1. 十一个字的选项写不下了")
