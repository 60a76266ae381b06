"""Inline mode and guests: an answer in any chat, and never another region's."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.core.model.reply import Reason, Reply
from bot.core.model.update import Update
from tests.unit.adapters.telegram.stage import Stage, numbered

pytestmark = pytest.mark.asyncio
SOURCE_LINE = "依据：二建注册整理 各地二建证书注册网站（核对于 2021-12-08，2021 年资料，未复核）"


SAME = (
    "四川",
    "/portal 重庆",
    "浙江二建在哪注册",
    "初始注册要什么材料",
    "初始注册要什么材料，多久能办好",
    "四川和浙江在哪注册",
    "证书2027-03-01到期什么时候办延续",
    "一建在哪注册",
)


class Notes:
    """A journal that is a list."""

    def __init__(self) -> None:
        self.notes: list[tuple[Update, Reply]] = []

    def record(self, update: Update, reply: Reply, now: datetime) -> None:
        self.notes.append((update, reply))


async def found(stage: Stage, query: str, offset: str = "") -> list[dict[str, object]]:
    typed = stage.api.user().inline(query, offset)
    await stage.plays()
    assert typed.is_answered
    return typed.results


async def test_a_region_gives_its_portal_with_date_and_source(stage: Stage) -> None:
    first, *_ = await found(stage, "四川")
    assert first["title"] == "四川注册入口"
    assert str(first["description"]).startswith("四川：四川政务服务网")
    assert str(first["description"]).endswith("（核对于 2021-12-08）")
    content = first["input_message_content"]
    assert isinstance(content, dict)
    assert SOURCE_LINE in content["message_text"]


async def test_papers_come_first_where_papers_are_asked_for(stage: Stage) -> None:
    titles = [result["title"] for result in await found(stage, "增项材料")]
    assert titles[0] == "增项注册要交的材料"
    assert len(titles) == len(set(titles)) > 1


async def test_nothing_typed_gives_the_most_asked(stage: Stage) -> None:
    results = await found(stage, "")
    assert len(results) == 10
    assert results[0]["title"] == "初始注册要交的材料"


async def test_a_region_without_data_says_so_and_shows_no_other_portal(stage: Stage) -> None:
    [result] = await found(stage, "浙江")
    content = result["input_message_content"]
    assert isinstance(content, dict)
    assert "没有浙江的二建注册入口" in content["message_text"]


async def test_a_name_of_two_regions_gives_both(stage: Stage) -> None:
    titles = [result["title"] for result in await found(stage, "春城")]
    assert titles == ["云南注册入口", "吉林注册入口"]


async def test_where_nothing_fits_there_is_a_way_to_the_private_chat(stage: Stage) -> None:
    user = stage.api.user()
    typed = user.inline("今天天气怎么样")
    await stage.plays()
    assert typed.results == []
    assert typed.answer["button"] == {"text": "没有对得上的，去私聊问", "start_parameter": "ask"}


async def test_answers_are_kept_briefly_for_everybody(stage: Stage) -> None:
    typed = stage.api.user().inline("四川")
    await stage.plays()
    assert (typed.answer["cache_time"], typed.answer.get("is_personal")) == (60, False)


async def test_the_same_answer_always_has_the_same_id(stage: Stage) -> None:
    ids = [(await found(stage, query))[0]["id"] for query in ("四川", "四川二建在哪注册")]
    stage.handler = stage.new_handler()
    ids.append((await found(stage, "sichuan"))[0]["id"])
    assert len(set(ids)) == 1
    assert str(ids[0]).startswith(stage.conversation.pack.version)


async def test_more_results_come_page_by_page(one_stage: Stage) -> None:
    pages, offset = [], ""
    for _ in range(9):
        typed = one_stage.api.user().inline("注", offset)
        await one_stage.plays()
        pages.append([result["id"] for result in typed.results])
        offset = typed.next_offset
        if not offset:
            break
    ids = [name for page in pages for name in page]
    assert len(ids) == len(set(ids))
    assert [len(page) for page in pages[:-1]] == [10, 10]
    assert offset == ""


@pytest.mark.parametrize("offset", ["-1", "x", "99999999999", "５"])
async def test_a_strange_offset_is_the_start_or_the_end(one_stage: Stage, offset: str) -> None:
    assert len(await found(one_stage, "", offset)) == 10


@pytest.mark.parametrize(
    ("typed", "entries"),
    [
        ("四川", ["portal-sichuan"]),
        ("四川在哪注册？初始注册要什么材料？", ["portal-sichuan", "initial-materials"]),
    ],
)
async def test_what_is_posted_is_counted_once_whoever_made_the_result(
    stage: Stage, typed: str, entries: list[str]
) -> None:
    user = stage.api.user()
    group = stage.api.foreign_group("别的群", user)
    found = user.inline(typed)
    await stage.plays()
    posted = user_posts(user, found, group)
    journal = Notes()
    stage.conversation._journal = journal  # type: ignore[assignment]
    stage.handler = stage.new_handler()
    for update in stage.waiting() * 2:
        await stage.handler.handle(update)
    [(update, reply)] = journal.notes
    assert (update.key.user, reply.reason) == ("", Reason.POSTED)
    assert [answer.entry for answer in reply.answers] == entries
    assert posted.labels == ["私聊继续问"]


async def test_what_is_posted_is_what_a_private_chat_would_have_said(stage: Stage) -> None:
    user = stage.api.user()
    group = stage.api.foreign_group("别的群", user)
    for question in SAME:
        found = user.inline(question)
        await stage.plays()
        posted = user_posts(user, found, group)
        told = await stage.asked(stage.api.user(), question)
        assert told.text == posted.text, question


async def test_there_are_results_while_a_word_is_unfinished(one_stage: Stage) -> None:
    for question in ("四川二建在哪注册", "初始注册要什么材料", "补办要多久", "sichuan"):
        for end in range(1 if question[0] > "z" else 2, len(question) + 1):
            assert await found(one_stage, question[:end]), question[:end]
    assert (await found(one_stage, "初"))[0]["title"] == "初始注册怎么办（材料和程序）"


async def test_of_two_questions_the_one_that_needs_no_other_word_comes_first(
    one_stage: Stage,
) -> None:
    titles = [result["title"] for result in await found(one_stage, "四川在哪注册，要什么材料")]
    assert titles[:2] == ["四川注册入口", "初始注册要交的材料"]


def user_posts(user: object, typed: object, group: object) -> object:
    return typed.chooses(typed.results[0]["id"], group)  # type: ignore[attr-defined]


async def test_what_somebody_posts_in_our_own_chat_is_not_taken_for_a_question(
    stage: Stage,
) -> None:
    user = stage.api.user()
    user.says("/start")
    typed = user.inline("四川")
    await stage.plays()
    before = len(stage.api.sent(user))
    typed.chooses(typed.results[0]["id"], user.chat)
    await stage.plays()
    assert len(stage.api.sent(user)) == before


async def test_a_query_that_is_too_old_is_let_go(stage: Stage) -> None:
    typed = stage.api.user().inline("四川")
    typed.expires()
    await stage.plays()
    assert not typed.is_answered


# Guests


async def test_a_guest_is_answered_where_it_was_called(stage: Stage) -> None:
    user = stage.api.user()
    group = stage.api.foreign_group("别的群", user)
    guest = user.summons("@zhuce_bot 初始注册要什么材料", group)
    await stage.plays()
    assert "1. " not in guest.message.text
    [button] = guest.message.buttons
    assert button.label == "私聊看全文"
    user.follows(button.url)
    await stage.plays()
    assert "\n1. 注册建造师注册申请表" in stage.api.sent(user)[0].text


async def test_an_answer_that_is_short_is_told_whole_to_a_guest(stage: Stage) -> None:
    user = stage.api.user()
    group = stage.api.foreign_group("别的群", user)
    guest = user.summons("@zhuce_bot 四川二建在哪注册", group)
    await stage.plays()
    assert guest.message.text.startswith("四川：四川政务服务网")
    assert SOURCE_LINE in guest.message.text
    assert guest.message.labels == ["私聊继续问"]


async def test_a_guest_is_answered_once(stage: Stage) -> None:
    user = stage.api.user()
    guest = user.summons("@zhuce_bot 四川二建在哪注册", stage.api.foreign_group("群", user))
    for update in stage.waiting() * 3:
        await stage.handler.handle(update)
    assert len(stage.api.answers_to(guest)) == 1


async def test_a_question_back_to_a_guest_names_what_to_choose_from(stage: Stage) -> None:
    user = stage.api.user()
    guest = user.summons("@zhuce_bot 要什么材料", stage.api.foreign_group("群", user))
    await stage.plays()
    assert {"初始注册", "延续注册", "都不是"} <= numbered(guest.message.text)
    assert guest.message.labels == ["私聊继续问"]


async def test_a_guest_query_that_is_too_old_is_dropped(stage: Stage) -> None:
    user = stage.api.user()
    guest = user.summons("@zhuce_bot 四川二建在哪注册", stage.api.foreign_group("群", user))
    guest.expires()
    await stage.plays()
    await stage.handler.close()
    assert await stage.conversation.unsent("telegram") == []
