"""What a journal must do, over each database that can hold one."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio

from bot.core.model.reply import Answer, Reason, Reply, Status
from bot.core.model.update import ConversationKey, Update
from bot.core.ports import Journal, Rated
from bot.errors import SettingsError, StoreUnavailable
from bot.storage import open_journal
from bot.storage.journal import MOST_WAITING
from tests.servers import POSTGRES, line, server

pytestmark = pytest.mark.asyncio

NOW = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
"""The 21st in China."""
DAY = timedelta(days=1)
MISSED = Reply(Status.ABSTAINED, (), Reason.NO_DATA)
ANSWERED = Reply(Status.ANSWERED, (), answers=(Answer("fees"),))
PLACES: dict[str, Callable[[Path], AbstractContextManager[str]]] = {
    "sqlite": lambda folder: nullcontext(f"sqlite:///{folder / 'journal.db'}"),
    "postgres": lambda _: server(POSTGRES),
}


@pytest.fixture(params=PLACES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with PLACES[request.param](tmp_path) as place:
        yield place


@pytest_asyncio.fixture
async def journal(url: str) -> AsyncIterator[Journal]:
    async with open_journal(url) as opened:
        await opened.expire(NOW + timedelta(days=3650))  # a server may hold what others left
        yield opened


def said(text: str, user: str = "user-1", platform: str = "telegram") -> Update:
    return Update("1", ConversationKey(platform, "chat", user), NOW, text=text)


async def words(journal: Journal, since: datetime = NOW - DAY) -> list[str]:
    return [one.words for one in await journal.missed(since, 100)]


async def test_words_of_what_was_not_answered_are_kept(journal: Journal) -> None:
    journal.record(said("二建补办要多少钱"), MISSED, NOW)
    [found] = await journal.missed(NOW - DAY, 100)
    assert (found.words, found.reason, found.times, found.people, found.last_at) == (
        "二建补办要多少钱",
        "no_data",
        1,
        1,
        NOW,
    )


@pytest.mark.parametrize(
    "status", [Status.ANSWERED, Status.CLARIFY, Status.PROCEDURE, Status.SMALLTALK]
)
async def test_words_of_everything_else_are_not(journal: Journal, status: Status) -> None:
    journal.record(said("四川二建在哪注册"), Reply(status, ()), NOW)
    assert await words(journal) == []


def answered(entry: str, score: float = 0.95) -> Reply:
    return Reply(Status.ANSWERED, (), answers=(Answer(entry),), score=score)


def pressed(value: str, user: str = "user-1") -> Update:
    return Update("2", ConversationKey("telegram", "chat", user), NOW, press=value)


DECLINED = Reply(Status.CLARIFY, (), Reason.AMBIGUOUS, rule="none_of_these")


async def badly(journal: Journal) -> list[tuple[str, str, str]]:
    return [(one.words, one.reason, one.entry) for one in await journal.missed(NOW - DAY, 100)]


async def test_words_answered_while_unsure_are_kept_with_the_entry(journal: Journal) -> None:
    journal.record(said("补证要钱不"), answered("fees", 0.7), NOW)
    journal.record(said("补证收费吗", "other"), answered("fees", 0.8), NOW)
    assert await badly(journal) == [("补证要钱不", "unsure", "fees")]


async def test_words_whose_reply_was_declined_are_kept(journal: Journal) -> None:
    journal.record(said("我叫王小明，补证"), answered("fees"), NOW)
    journal.record(pressed("none"), DECLINED, NOW + timedelta(seconds=5))
    journal.record(pressed("none"), DECLINED, NOW + timedelta(seconds=6))
    assert await badly(journal) == [("我叫〔姓名〕,补证", "declined", "fees")]


async def test_words_that_were_voted_down_are_kept(journal: Journal) -> None:
    for user, rated in (("right", "fees"), ("older message", "seal")):
        journal.record(said("补证", user), answered("fees"), NOW)
        reply = Reply(Status.SMALLTALK, (), Reason.DISLIKED, answers=(Answer(rated),))
        journal.record(pressed(f"v:down:{rated}", user), reply, NOW + timedelta(seconds=5))
    assert await badly(journal) == [("补证", "disliked", "fees")]
    [found] = await journal.missed(NOW - DAY, 1)
    assert found.people == 1


async def test_words_asked_again_within_two_minutes_are_kept(journal: Journal) -> None:
    for user, seconds, again in [
        ("in time", 60, "注册要多少钱呢"),
        ("too late", 121, "注册要多少钱呢"),
        ("something else", 60, "四川在哪注册"),
        ("the same", 60, "注册要花多少钱"),
    ]:
        journal.record(said("注册要花多少钱", user), answered("seal"), NOW)
        journal.record(said(again, user), answered("fees"), NOW + timedelta(seconds=seconds))
    assert await badly(journal) == [("注册要花多少钱", "asked_again", "seal")]


async def test_a_bad_answer_counts_as_one_reply(journal: Journal) -> None:
    platform = f"badly-{uuid4().hex}"
    journal.record(said("补证要钱不", platform=platform), answered("fees", 0.7), NOW)
    found = await journal.usage(date(2026, 11, 21))
    assert found.by["platform"][platform] == 1


async def test_a_forgotten_person_leaves_no_last_question(journal: Journal) -> None:
    journal.record(said("补证要钱不"), answered("fees"), NOW)
    await journal.forget("telegram", "user-1", NOW)
    journal.record(pressed("none"), DECLINED, NOW + timedelta(seconds=5))
    assert await badly(journal) == []


async def test_words_are_scrubbed(journal: Journal) -> None:
    journal.record(said("我叫王小明，电话 138 1234 5678，补办多少钱"), MISSED, NOW)
    assert await words(journal) == ["我叫〔姓名〕,电话 〔号码〕,补办多少钱"]


async def test_a_person_is_the_same_one_in_several_wordings(journal: Journal) -> None:
    for words in ("甲", "乙"):
        journal.record(said(words, "user-1"), MISSED, NOW)
    journal.record(said("乙", "user-2"), MISSED, NOW)
    more, one = await journal.missed(NOW - DAY, 100)
    assert (len(more.persons), len(one.persons), len(more.persons | one.persons)) == (2, 1, 2)


async def test_what_most_people_asked_comes_first(journal: Journal) -> None:
    for user, text in [("1", "甲"), ("1", "甲"), ("1", "甲"), ("1", "乙"), ("2", "乙")]:
        journal.record(said(text, user), MISSED, NOW)
    found = await journal.missed(NOW - DAY, 100)
    assert [(one.words, one.people, one.times) for one in found] == [("乙", 2, 2), ("甲", 1, 3)]
    assert [one.words for one in await journal.missed(NOW - DAY, 1)] == ["乙"]


async def test_replies_are_counted_by_the_day_in_china(journal: Journal) -> None:
    in_sichuan = replace(ANSWERED, answers=(Answer("fees", {"region": "四川"}),))
    for at in (NOW, NOW, NOW - timedelta(hours=1), NOW + DAY):
        journal.record(said("费用"), in_sichuan, at)
    journal.record(said("补办", platform="web"), MISSED, NOW)
    await journal.flush()
    journal.record(said("费用"), ANSWERED, NOW)
    found = await journal.usage(date(2026, 11, 21))
    assert (found.replies, found.days) == (5, {date(2026, 11, 21): 4, date(2026, 11, 22): 1})
    assert found.by == {
        "status": {"answered": 4, "abstained": 1},
        "reason": {"no_data": 1},
        "platform": {"telegram": 4, "web": 1},
        "entry": {"fees": 4},
        "region": {"四川": 3},
    }


def rated(reason: Reason, entry: str = "fees", region: str = "") -> Reply:
    slots = {"region": region} if region else {}
    return Reply(Status.SMALLTALK, (), reason, answers=(Answer(entry, slots),))


async def test_each_person_counts_once_with_what_they_said_last(journal: Journal) -> None:
    minute = timedelta(minutes=1)
    for user, at, reply in [
        ("one", 0, rated(Reason.LIKED)),
        ("one", 1, rated(Reason.DISLIKED)),
        ("one", 2, rated(Reason.OUTDATED)),
        ("other", 0, rated(Reason.LIKED)),
        ("other", 0, rated(Reason.LIKED)),
        ("third", 5, rated(Reason.REGION_MISSING, "fees", "四川")),
    ]:
        journal.record(pressed("v", user), reply, NOW + at * minute)
    liked = {Reason.LIKED: 1, Reason.OUTDATED: 1}
    assert await journal.rated(NOW - DAY) == [
        Rated("fees", "", liked, NOW + 2 * minute),
        Rated("fees", "四川", {Reason.REGION_MISSING: 1}),
    ]


async def test_the_words_of_a_bad_answer_are_kept_with_the_reason(journal: Journal) -> None:
    journal.record(said("补证，我的电话 13812345678"), answered("fees"), NOW)
    for reason in (Reason.DISLIKED, Reason.OUTDATED):
        journal.record(pressed("v"), rated(reason), NOW + timedelta(seconds=9))
    kept = "补证,我的电话 〔号码〕"
    assert sorted(await badly(journal)) == [(kept, "disliked", "fees"), (kept, "outdated", "fees")]


async def test_ratings_are_forgotten_and_expire_as_words_do(journal: Journal, url: str) -> None:
    for user in ("one", "other"):
        journal.record(pressed("v", user), rated(Reason.LIKED), NOW)
    await journal.flush()
    async with open_journal(url) as elsewhere:
        elsewhere.record(pressed("v", "one"), rated(Reason.DISLIKED), NOW)
        await journal.forget("telegram", "one", NOW)
    assert await journal.rated(NOW - DAY) == [Rated("fees", "", {Reason.LIKED: 1})]
    await journal.expire(NOW + 30 * DAY + timedelta(seconds=1))
    assert await journal.rated(NOW - DAY) == []


async def test_a_forgotten_person_leaves_no_words(journal: Journal) -> None:
    for user in ("one", "other"):
        journal.record(said(f"{user} 的问题", user), MISSED, NOW)
    await journal.flush()
    journal.record(said("还有一个", "one"), MISSED, NOW)
    await journal.forget("telegram", "one", NOW)
    assert await words(journal) == ["other 的问题"]
    journal.record(said("后来的问题", "one"), MISSED, NOW)
    assert sorted(await words(journal)) == ["other 的问题", "后来的问题"]


async def test_words_that_wait_in_another_process_are_forgotten_too(
    journal: Journal, url: str
) -> None:
    """Its clock may be slow or fast by some seconds."""
    async with open_journal(url) as elsewhere:
        for seconds in (-3600, -1, 0, 5):
            elsewhere.record(said("雪豹的话", "one"), MISSED, NOW + timedelta(seconds=seconds))
        elsewhere.record(said("别人的话", "other"), MISSED, NOW)
        await journal.forget("telegram", "one", NOW)
        await elsewhere.flush()
        assert await words(journal) == ["别人的话"]
        elsewhere.record(said("后来的问题", "one"), MISSED, NOW + timedelta(seconds=6))
        assert sorted(await words(elsewhere)) == ["别人的话", "后来的问题"]
    assert "雪豹" not in await dump(url)


async def test_words_and_forgetting_that_meet_leave_nothing(journal: Journal, url: str) -> None:
    for number in range(20):
        user = f"meets-{number}"
        async with open_journal(url) as elsewhere:
            elsewhere.record(said("雪豹的话", user), MISSED, NOW)
            await asyncio.gather(elsewhere.flush(), journal.forget("telegram", user, NOW))
    assert await words(journal) == []


async def test_words_live_thirty_days_and_numbers_a_year(journal: Journal) -> None:
    journal.record(said("补办多少钱"), MISSED, NOW)
    await journal.flush()
    await journal.expire(NOW + 30 * DAY)
    assert await words(journal) == ["补办多少钱"]
    await journal.expire(NOW + 30 * DAY + timedelta(seconds=1))
    assert await words(journal) == []
    assert (await journal.usage(date(2026, 11, 1))).replies == 1
    await journal.expire(NOW + 367 * DAY)
    assert (await journal.usage(date(2026, 11, 1))).replies == 0


async def test_everything_is_there_after_reopening(url: str) -> None:
    async with open_journal(url) as journal:
        await journal.expire(NOW + timedelta(days=3650))
        journal.record(said("补办多少钱"), MISSED, NOW)
    async with open_journal(url) as journal:
        journal.record(said("补办多少钱"), MISSED, NOW)
        [found] = await journal.missed(NOW - DAY, 100)
    assert (found.times, found.people) == (2, 1)


async def dump(url: str) -> str:
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            return "\n".join(connection.iterdump())
    asyncpg = pytest.importorskip("asyncpg")
    connection = await asyncpg.connect(url)
    rows = await connection.fetch("SELECT t::text FROM zhuce_unanswered AS t")
    await connection.close()
    return repr(rows)


async def test_a_person_is_not_named(url: str) -> None:
    user = f"user-{uuid4().hex}"
    async with open_journal(url) as journal:
        journal.record(said(f"补办 {user[:9]}", user), MISSED, NOW)
    text = await dump(url)
    assert user[:9] in text
    assert user not in text


@pytest.mark.parametrize("url", ["postgres"], indirect=True)
async def test_an_outage_loses_no_note_that_fits(url: str) -> None:
    async with line(url) as between, open_journal(between.url) as journal:
        await journal.expire(NOW + timedelta(days=3650))
        await between.cut()
        for n in range(MOST_WAITING + 5):
            journal.record(said(f"问题 {n:04}", str(n)), MISSED, NOW)
        with pytest.raises(StoreUnavailable, match="问答记录"):
            await journal.flush()
        await between.mend()
        found = await journal.missed(NOW - DAY, 2 * MOST_WAITING)
        assert sorted(one.words for one in found) == [
            f"问题 {n:04}" for n in range(5, MOST_WAITING + 5)
        ]


@pytest.mark.parametrize("url", ["memory://", "redis://:hunter2@host/0", "sqlite://", "journal.db"])
async def test_a_wrong_address_names_the_setting(url: str) -> None:
    with pytest.raises(SettingsError, match="BOT_JOURNAL") as caught:
        async with open_journal(url):
            pass
    assert "hunter2" not in str(caught.value)
