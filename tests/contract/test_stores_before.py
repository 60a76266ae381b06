"""What the version before has stored goes on under this one: walks, buttons, replies, the journal.

The files in `tests/data/stores-before` were written by the program of commit 4fbe8b4, through its
adapter for Telegram and the keys of its HTTP API, with the pack that `library` is made of: the same
talks in SQLite, PostgreSQL and Redis, and two journals.  `said.jsonl` is what was answered and
`buttons.jsonl` the data of the buttons under it.  They stay as they are: a form that is stored may
get a companion, and its name may not change.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import pytest_asyncio

from bot.adapters.delivery.codes import Codebook
from bot.adapters.telegram.outgoing.callback_data import Buttons, Pressed
from bot.adapters.web.conversation_ids import Gate, update_id
from bot.core.conversation import Conversation
from bot.core.model.reply import (
    Choices,
    Document,
    Link,
    ListPart,
    Part,
    Picture,
    Reason,
    Reply,
    Sources,
    Status,
    Text,
)
from bot.core.model.session import SESSION_LIFE, Walk
from bot.core.model.update import ConversationKey, Update
from bot.core.ports import Applied, Brain, Journal, SessionStore
from bot.runtime.clock import write_calendar
from bot.storage import open_journal, open_store
from tests.fakes import FakeClock, ScriptedUser
from tests.servers import STORES
from tests.unit.adapters.telegram.stage import SECRET, Stage, set_up

BEFORE = Path(__file__).parents[1] / "data" / "stores-before"
LATER = datetime(2026, 11, 22, 4, 5, tzinfo=UTC)
"""Two minutes after the last of what was said, so that it is leaned on."""
WALK = "sichuan-registration"


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (BEFORE / name).read_text("utf-8").splitlines()]


SAID, BUTTONS = rows("said.jsonl"), rows("buttons.jsonl")


def telegram(number: int) -> ConversationKey:
    """The private chat of the loopback Bot API's first, second … person."""
    name = str(700_000_000 + number)
    return ConversationKey("telegram", name, name)


def web(name: str) -> ConversationKey:
    key = Gate(is_open=True, key=None, signing_secret=SECRET).admit(name, None)
    assert key
    return key


WALKER, CHANGER, RECKONER, ASKER, CHOOSER, WAITER = map(telegram, range(1, 7))
READER, LEAVER = web("reader-of-before"), web("leaver-of-before")


def into_sqlite(url: str, script: str = "sqlite-store.sql") -> None:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        connection.executescript((BEFORE / script).read_text("utf-8"))


def into_postgres(url: str) -> None:
    asyncio.run(_into_postgres(url))


async def _into_postgres(url: str) -> None:
    asyncpg = pytest.importorskip("asyncpg")
    connection = await asyncpg.connect(url)
    try:
        ours = "SELECT tablename FROM pg_tables WHERE tablename LIKE 'zhuce%'"
        for row in await connection.fetch(ours):
            await connection.execute(f'DROP TABLE "{row["tablename"]}"')
        await connection.execute((BEFORE / "postgres.sql").read_text("utf-8"))
    finally:
        await connection.close()


def into_redis(url: str) -> None:
    redis = pytest.importorskip("redis")
    with redis.Redis.from_url(url) as client:
        client.delete("zhuce:none", *client.scan_iter("zhuce:*"))
        for row in json.loads((BEFORE / "redis.json").read_text("utf-8")):
            key, value = row["key"], row["value"]
            match row["type"]:
                case "hash":
                    client.hset(key, mapping=value)
                case "zset":
                    client.zadd(key, dict(value))
                case "string":
                    client.set(key, value)
            client.pexpire(key, row["pttl"])


RESTORE: dict[str, Callable[[str], None]] = {
    "sqlite": into_sqlite,
    "postgres": into_postgres,
    "redis": into_redis,
}


@pytest.fixture(params=STORES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A store as the version before has left it."""
    with STORES[request.param](tmp_path) as place:
        RESTORE[request.param](place)
        yield place


@dataclass(frozen=True)
class Reopened:
    """This version over that store, two minutes later."""

    store: SessionStore
    conversation: Conversation
    clock: FakeClock

    def user(self, key: ConversationKey) -> ScriptedUser:
        return ScriptedUser(self.conversation, self.clock, key)

    async def walk(self, key: ConversationKey) -> Walk:
        stored = await self.store.load(key, LATER)
        assert stored
        assert stored.session.walk
        return stored.session.walk

    async def again(self, said: dict[str, Any]) -> Applied:
        """What comes of an update that was answered before; what it was, is not looked at."""
        key = ConversationKey(*said["key"])
        return await self.conversation.take(Update(said["update"], key, LATER, text="/help"))


@pytest_asyncio.fixture
async def bot(url: str, library: Brain) -> AsyncIterator[Reopened]:
    clock = FakeClock(LATER)
    async with open_store(url) as store:
        conversation = Conversation(library, store, clock, calendar=write_calendar)
        yield Reopened(store, conversation, clock)


@pytest.mark.asyncio
async def test_a_walk_goes_on_at_its_step_with_its_ticks(bot: Reopened) -> None:
    papers = (
        "注册建造师续期注册申请表",
        "申请人与聘用单位签订的聘用劳动合同复印件或有效证明文件",
    )
    trail = ("apply", "employer-review", "accept", "refuse-acceptance")
    answers, ticks = {"accept": "不符合受理要求"}, {"apply": papers}
    assert await bot.walk(WALKER) == Walk(
        WALK, "延续注册", trail, answers, ticks, region="四川", is_aside=True
    )
    user = bot.user(WALKER)
    assert (await user.says("上一步")).rule == "card:accept"
    assert (await user.says("下一步")).rule == "card:print-and-seal"
    after = await bot.walk(WALKER)
    assert (after.trail[-1], after.ticks, after.region) == ("print-and-seal", ticks, "四川")


@pytest.mark.asyncio
async def test_answers_to_steps_still_count(bot: Reopened) -> None:
    answers = {"age": "30", "resident": "否", "card-kind": "研究证"}
    assert (await bot.walk(READER)).answers == answers
    user = bot.user(READER)
    await user.says("1号")  # of the month that was told before
    assert (await bot.walk(READER)).trail[-1] == "pick-up"
    await user.says("结束").sees("30岁", "否", "研究证", "2020-07-01")


@pytest.mark.asyncio
async def test_a_walk_on_the_shelf_is_taken_up_where_it_was(bot: Reopened) -> None:
    assert (await bot.walk(CHANGER)).registration == "注销注册"
    reply = await bot.user(CHANGER).says("改回初始注册")
    assert reply.rule == "card:employer-review"
    walk = await bot.walk(CHANGER)
    assert (walk.registration, walk.trail) == ("初始注册", ("apply", "employer-review"))


@pytest.mark.asyncio
async def test_a_walk_that_was_ended_can_be_taken_up_by_its_choice(bot: Reopened) -> None:
    assert (await bot.user(LEAVER).says("1")).rule == "card:apply"
    assert (await bot.walk(LEAVER)).registration == "增项注册"


@pytest.mark.asyncio
async def test_a_calculator_still_waits_for_the_day(bot: Reopened) -> None:
    reply = await bot.user(RECKONER).says("25号").from_entry("initial-deadline")
    assert reply.answers[0].slots["date"] == "2023-11-25"


@pytest.mark.asyncio
async def test_what_was_talked_about_is_leaned_on(bot: Reopened) -> None:
    await bot.user(ASKER).says("那流程呢").from_entry("initial-procedure")


@pytest.mark.asyncio
async def test_a_choice_is_taken_by_the_number_it_had(bot: Reopened) -> None:
    await bot.user(CHOOSER).says("2").from_entry("renewal-materials")


@pytest.mark.asyncio
async def test_an_update_that_was_answered_gets_its_old_reply(bot: Reopened) -> None:
    kept = kept_replies()
    for said in SAID:
        found, record = await bot.again(said), kept[*said["key"], said["update"]]
        assert (found.is_repeat, found.version) == (True, said["version"]), said
        assert (found.reply.status, found.reply.reason) == (record["status"], record["reason"])
        assert [answer.entry for answer in found.reply.answers] == [
            answer["entry"] for answer in record["answers"]
        ]
        assert [content(part) for part in found.reply.parts] == [
            content_of(part) for part in record["parts"]
        ]


def kept_replies() -> dict[tuple[str, ...], Any]:
    """The records of all replies as the files have them, by key and update."""
    found: dict[tuple[str, ...], Any] = {}
    for row in json.loads((BEFORE / "redis.json").read_text("utf-8")):
        if row["type"] == "hash":
            *_, platform, user = row["key"].split(":")
            for field, line in row["value"].items():
                chat, *update = map(unquote, field.split(":"))
                if update:
                    name = platform, chat, unquote(user), *update
                    found[name] = json.loads(line.split(" ", 3)[3])
    return found


def content(part: Part) -> tuple[object, ...]:
    """All that a part says."""
    match part:
        case Text(text):
            return (text,)
        case ListPart(items, title, is_numbered):
            return [*items], title, is_numbered
        case Link(label, url, note):
            return label, url, note
        case Picture(name, alt):
            return name, alt
        case Document(name, media_type, text, alt):
            return name, media_type, text, alt
        case Sources():
            return tuple((n.title, n.article, n.url, n.checked_on.isoformat()) for n in part.notes)
        case Choices(options):
            return tuple((option.label, option.value) for option in options)


def content_of(record: dict[str, Any]) -> tuple[object, ...]:
    """The same of the record of a part."""
    names = {
        "text": "text",
        "list": "items title numbered",
        "link": "label url note",
        "picture": "name alt",
        "document": "name media_type content alt",
    }
    many = {"sources": "title article url checked_on", "choices": "label value"}
    kind = record["type"]
    if kind in many:
        return tuple(tuple(one[name] for name in many[kind].split()) for one in record[kind])
    return tuple(record[name] for name in names[kind].split())


@pytest.mark.asyncio
async def test_an_id_of_a_client_means_the_same_message(bot: Reopened) -> None:
    first = update_id(READER, "1")
    repeated = await bot.conversation.take(Update(first, READER, LATER, text="/help"))
    assert (repeated.is_repeat, repeated.version) == (True, 1)


@pytest.mark.asyncio
async def test_every_choice_that_was_offered_still_does_something(bot: Reopened) -> None:
    unknown = await bot.user(web("somebody else")).presses("no such thing")
    offered = {
        (ConversationKey(*said["key"]), value)
        for said in SAID
        for value in [choice.value for choice in (await bot.again(said)).reply.choices]
    }
    assert len(offered) > 100
    rules = {
        (key.user, value): (await bot.user(key).presses(value, update_id=f"press {value}")).rule
        for key, value in sorted(offered, key=str)
    }
    assert [pressed for pressed, rule in rules.items() if rule == unknown.rule] == []


def test_the_data_of_every_button_is_read_as_it_was_meant(library: Brain) -> None:
    buttons = Buttons(SECRET, library.pack.version, Codebook(library.pack))
    read = {one["data"]: buttons.read(one["data"], one["chat"], one["chat"]) for one in BUTTONS}
    assert read == {one["data"]: Pressed(one["value"]) for one in BUTTONS}


@dataclass(frozen=True)
class Left:
    """A reply that was stored and not sent."""

    key: ConversationKey
    update: str
    route: str
    begins: str
    """The beginning of its words."""


FORUM = ConversationKey("telegram", "-1000004000001", WAITER.user)
LEFT = [
    Left(WAITER, "123456789:500023", "p", "日历提醒：2027-01-30"),
    Left(WAITER, "123456789:500024", "q34", "以下是四川的流程；其他地区以当地为准。"),
    Left(WAITER, "123456789:500025", "q35", "以下是四川的流程；其他地区以当地为准。"),
    Left(FORUM, "123456789:500027", "g;t1;q2", "四川：四川政务服务网"),
]


@pytest.fixture
def stage(bot: Reopened) -> Iterator[Stage]:
    """The people and the forum of before, on a Bot API of now."""
    lacks = frozenset({"sendRichMessage"})
    with set_up(bot.conversation, clock=bot.clock, lacks=lacks) as found:
        people = [found.api.user() for _ in range(6)]
        people[-1].says("在吗")
        forum = found.api.group("二建交流群", people[-1], kind="forum")
        forum.opens_topic("注册", people[-1])
        found.waiting()
        yield found


@pytest.mark.asyncio
async def test_replies_that_were_not_sent_are_listed_with_their_ways(bot: Reopened) -> None:
    found = await bot.conversation.unsent("telegram")
    ways = [(one.key, one.update_id, one.route) for one in found]
    assert ways == [(left.key, left.update, left.route) for left in LEFT]


@pytest.mark.asyncio
async def test_replies_that_were_not_sent_are_sent_where_they_belong(
    bot: Reopened, stage: Stage
) -> None:
    await stage.handler.drain()
    await stage.handler.close()
    assert await bot.conversation.unsent("telegram") == []
    # Chats do not wait for each other; within one the order is that of the questions.
    sent = stage.api.sent()
    words, file, card, picture = [one for one in sent if str(one.chat_id) == WAITER.chat]
    [answer] = [one for one in sent if str(one.chat_id) == FORUM.chat]
    assert file.raw["document"]["file_name"] == "renewal-deadline-2027-01-30.ics"
    for message, left in zip((words, card, picture, answer), LEFT, strict=True):
        assert str(message.chat_id) == left.key.chat
        assert message.text.startswith(left.begins)
    assert answer.raw["message_thread_id"] == 1
    assert "下一步" in card.labels


@pytest.mark.asyncio
async def test_a_person_of_before_can_be_forgotten(bot: Reopened) -> None:
    assert await bot.conversation.forget("telegram", WAITER.user) == 2
    assert await bot.conversation.unsent("telegram") == []
    assert [await bot.store.load(key, LATER) for key in (WAITER, FORUM)] == [None, None]


@pytest.mark.asyncio
async def test_what_is_old_by_now_expires(bot: Reopened) -> None:
    assert await bot.store.expire(LATER + SESSION_LIFE) == len({tuple(s["key"]) for s in SAID})
    assert await bot.conversation.unsent("web") == []


JOURNALS = {
    "sqlite": partial(into_sqlite, script="sqlite-journal.sql"),
    "postgres": into_postgres,
}
SEEKER = web("seeker-of-before")
MISSED = [
    ("我叫〔姓名〕 〔号码〕 补办要多少钱", "no_data"),
    ("今天天气怎么样", "out_of_domain"),
    ("浙江二建在哪注册", "no_data_for_region"),
]


@pytest_asyncio.fixture(params=JOURNALS)
async def journal(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Journal]:
    with STORES[request.param](tmp_path) as place:
        await asyncio.to_thread(JOURNALS[request.param], place)
        async with open_journal(place) as opened:
            yield opened


async def missed(journal: Journal) -> list[tuple[str, str, int, int]]:
    found = await journal.missed(LATER - timedelta(days=1), 100)
    return sorted((one.words, one.reason, one.times, one.people) for one in found)


@pytest.mark.asyncio
async def test_the_journal_tells_what_was_not_answered(journal: Journal) -> None:
    assert await missed(journal) == sorted((*what, 1, 1) for what in MISSED)


@pytest.mark.asyncio
async def test_the_journal_tells_how_often_the_rest_was(journal: Journal) -> None:
    found = await journal.usage(date(2026, 11, 22))
    assert (found.replies, found.days) == (len(SAID), {date(2026, 11, 22): len(SAID)})
    assert (found.by["entry"]["library-card"], found.by["reason"]["no_data"]) == (6, 1)


@pytest.mark.asyncio
async def test_the_journal_knows_the_same_people(journal: Journal) -> None:
    again = Update("again", SEEKER, LATER, text="今天天气怎么样")
    journal.record(again, Reply(Status.ABSTAINED, (), Reason.OUT_OF_DOMAIN), LATER)
    assert ("今天天气怎么样", "out_of_domain", 2, 1) in await missed(journal)
    await journal.forget("web", SEEKER.user, LATER)
    assert await missed(journal) == [(*MISSED[2], 1, 1)]
