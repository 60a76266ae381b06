"""What every session store must do, run over each of them.

Stores that need a server run when its URL is in the environment.  The bookkeeping of the tests is
in `count`: each turn adds one to a number in the session, so that a lost turn shows.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, update

from bot.core.model.reply import (
    Answer,
    Choice,
    Choices,
    Link,
    ListPart,
    Picture,
    Reason,
    Reply,
    SourceNote,
    Sources,
    Status,
    Text,
)
from bot.core.model.session import SESSION_LIFE, Context, Session, Walk
from bot.core.model.turn import Turn
from bot.core.model.update import ConversationKey
from bot.core.ports import FORGOTTEN, HOLDER_LIFE_S, Applied, Claim, Outgoing, SessionStore
from bot.errors import StoreError, StoreUnavailable
from bot.storage import open_store, redis_store, sql_tables
from bot.storage.redis_store import RedisStore
from bot.storage.retention import CLAIM_LIFE
from bot.storage.sql_store import SqlStore
from tests.servers import STORES

NOW = datetime(2026, 11, 20, 9, 30, 15, 123456, UTC)
SECOND = timedelta(seconds=1)
NOTE = SourceNote("关于注册管理的通知", date(2021, 12, 8), "第三条", "https://jst.sc.gov.cn/1")
EVERY_KIND = Reply(
    Status.ABSTAINED,
    (
        Text("第一行\n第二行 <b>&amp;</b> 🏗"),
        ListPart(("身份证", "学历证书"), "材料", is_numbered=True),
        ListPart(("无标题",)),
        Link("四川政务服务网", "https://www.sczwfw.gov.cn/?a=1&b=2", "先登录"),
        Picture("initial", "图:先申请,后审核"),
        Sources((NOTE, SourceNote("口头答复", date(2026, 1, 1))), "依据:", "核对于 {date}"),
        Choices((Choice("一步步办", "walk:initial"), Choice("换个省", "ask:region"))),
    ),
    reason=Reason.NO_DATA,
    answers=(Answer("initial-materials", {"region": "四川"}, (NOTE,)), Answer("fees")),
    slots={"region": "四川", "aspect": "材料"},
    score=0.8125,
    rule="exact",
)


Place = Callable[[Path], AbstractContextManager[str]]
PERSISTENT: dict[str, Place] = {
    **STORES,
    "sqlite-full": lambda folder: nullcontext(f"sqlite:///{folder / 'bot.db'}?synchronous=full"),
}
ALL: dict[str, Place] = {"memory": lambda _: nullcontext("memory://"), **PERSISTENT}


@pytest.fixture(params=ALL)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with ALL[request.param](tmp_path) as place:
        yield place


@pytest.fixture(params=PERSISTENT)
def persistent_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with PERSISTENT[request.param](tmp_path) as place:
        yield place


@pytest_asyncio.fixture
async def store(url: str) -> AsyncIterator[SessionStore]:
    async with open_store(url) as opened:
        await opened.expire(NOW + timedelta(days=3650))  # a server may hold what others left
        yield opened


def new_key(platform: str = "telegram") -> ConversationKey:
    """A conversation that no other test has, for stores on a server."""
    return ConversationKey(f"{platform}-{uuid4().hex}", "chat-1", f"user-{uuid4().hex}")


def count(session: Session) -> Turn:
    number = int(session.context.slots.get("number", "0")) + 1
    kept = Session(context=Context({"number": str(number)}))
    return Turn(Reply(Status.ANSWERED, (Text(f"第 {number} 句"),)), kept)


def count_on_a_route(session: Session) -> Turn:
    return replace(count(session), route="群 7, 第 3 个话题")


def forget_all(_: Session) -> Turn:
    return Turn(Reply(Status.SMALLTALK, (Text("已经删除"),)), Session(), forgets_person=True)


def refuse(_: Session) -> Turn:
    raise AssertionError("work was called")


def texts(applied: Applied) -> tuple[str, int, bool]:
    return applied.reply.as_text(), applied.version, applied.is_repeat


@pytest.mark.asyncio
class TestSessionStore:
    async def test_versions_count_the_turns_from_one(self, store: SessionStore) -> None:
        key = new_key()
        applied = [await store.transact(key, str(n), NOW, count) for n in range(3)]
        assert [texts(one) for one in applied] == [
            ("第 1 句", 1, False),
            ("第 2 句", 2, False),
            ("第 3 句", 3, False),
        ]

    async def test_a_repeat_gets_its_first_reply_without_work(self, store: SessionStore) -> None:
        key = new_key()
        for update_id in ("a", "b"):
            await store.transact(key, update_id, NOW, count)
        repeat = await store.transact(key, "a", NOW + SECOND, refuse)
        assert texts(repeat) == ("第 1 句", 1, True)

    async def test_a_repeat_leaves_the_session_alone(self, store: SessionStore) -> None:
        key = new_key()
        await store.transact(key, "a", NOW, count)
        before = await store.load(key, NOW)
        await store.transact(key, "a", NOW + SECOND, refuse)
        assert await store.load(key, NOW) == before

    @pytest.mark.parametrize("differs", ["platform", "chat", "user"])
    async def test_the_same_id_elsewhere_is_another_update(
        self, store: SessionStore, differs: str
    ) -> None:
        key = new_key()
        parts = {"platform": key.platform, "chat": key.chat, "user": key.user}
        other = ConversationKey(**parts | {differs: parts[differs] + "2"})
        await store.transact(key, "a", NOW, count)
        assert texts(await store.transact(other, "a", NOW, count)) == ("第 1 句", 1, False)

    async def test_keys_do_not_run_into_each_other(self, store: SessionStore) -> None:
        platform = new_key().platform
        pairs = [("a:b", "c"), ("a", "b:c"), ("a/b", "c"), ("a", "b/c"), ("", "abc"), ("abc", "")]
        for chat, user in pairs:
            await store.transact(ConversationKey(platform, chat, user), "1", NOW, count)
        waiting = await store.unsent(platform)
        assert [(one.key.chat, one.key.user) for one in waiting] == pairs

    async def test_nothing_is_stored_when_work_raises(self, store: SessionStore) -> None:
        key = new_key()
        with pytest.raises(AssertionError, match="work was called"):
            await store.transact(key, "a", NOW, refuse)
        assert await store.load(key, NOW) is None
        assert await store.unsent(key.platform) == []
        assert texts(await store.transact(key, "a", NOW, count)) == ("第 1 句", 1, False)

    async def test_a_failed_turn_leaves_the_one_before(self, store: SessionStore) -> None:
        key = new_key()
        await store.transact(key, "a", NOW, count)
        with pytest.raises(AssertionError):
            await store.transact(key, "b", NOW, refuse)
        assert texts(await store.transact(key, "b", NOW, count)) == ("第 2 句", 2, False)

    async def test_simultaneous_turns_are_all_counted(self, store: SessionStore) -> None:
        key = new_key()
        turns = [store.transact(key, str(n), NOW, count) for n in range(20)]
        applied = await asyncio.gather(*turns)
        assert sorted(one.version for one in applied) == list(range(1, 21))
        assert {one.reply.as_text() for one in applied} == {f"第 {n} 句" for n in range(1, 21)}

    async def test_simultaneous_copies_of_one_update_work_once(self, store: SessionStore) -> None:
        key = new_key()
        applied = await asyncio.gather(
            *(store.transact(key, "same", NOW, count) for _ in range(20))
        )
        assert sum(not one.is_repeat for one in applied) == 1
        assert {one.reply.as_text() for one in applied} == {"第 1 句"}

    async def test_how_long_a_turn_is_thought_about_says_nothing_of_the_store(
        self, store: SessionStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        key = new_key()
        for module in ("sql_store", "redis_store"):
            monkeypatch.setattr(f"bot.storage.{module}.DEADLINE_S", 0.2)

        def ponder(session: Session) -> Turn:
            time.sleep(0.5)
            return count(session)

        assert texts(await store.transact(key, "a", NOW, ponder)) == ("第 1 句", 1, False)
        assert texts(await store.transact(key, "a", NOW, refuse)) == ("第 1 句", 1, True)

    async def test_what_was_given_up_is_not_stored(
        self, store: SessionStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Each waits for the one before; sooner or later some wait for too long."""
        for module in ("sql_store", "redis_store"):
            monkeypatch.setattr(f"bot.storage.{module}.DEADLINE_S", 0.35)
        keys = [new_key() for _ in range(8)]

        def ponder(session: Session) -> Turn:
            time.sleep(0.1)
            return count(session)

        told = await asyncio.gather(
            *(store.transact(key, "a", NOW, ponder) for key in keys), return_exceptions=True
        )
        await asyncio.sleep(1)
        assert {type(one) for one in told} <= {Applied, StoreUnavailable}
        stored = [await store.load(key, NOW) is not None for key in keys]
        assert stored == [isinstance(one, Applied) for one in told]

    async def test_load_tells_the_version_and_the_time(self, store: SessionStore) -> None:
        key = new_key()
        await store.transact(key, "a", NOW - SECOND, count)
        await store.transact(key, "b", NOW, count)
        stored = await store.load(key, NOW)
        assert stored is not None
        assert (stored.version, stored.touched_at) == (2, NOW)
        assert stored.session.context.slots == {"number": "2"}

    async def test_a_stranger_has_no_session(self, store: SessionStore) -> None:
        assert await store.load(new_key(), NOW) is None

    async def test_what_a_caller_changes_is_not_stored(self, store: SessionStore) -> None:
        key, slots = new_key(), {"region": "四川"}
        reply = Reply(Status.ANSWERED, (), slots=slots)
        turn = Turn(reply, Session(context=Context(slots)))
        await store.transact(key, "a", NOW, lambda _: turn)
        slots["region"] = "云南"
        stored = await store.load(key, NOW)
        repeat = await store.transact(key, "a", NOW, refuse)
        assert stored is not None
        assert stored.session.context.slots == repeat.reply.slots == {"region": "四川"}

    async def test_a_reply_comes_back_whole(self, store: SessionStore) -> None:
        key = new_key()
        await store.transact(key, "a", NOW, lambda _: Turn(EVERY_KIND, Session()))
        repeat = await store.transact(key, "a", NOW, refuse)
        assert repeat.reply == EVERY_KIND


GARBAGE = [
    "",
    "garbage",
    "1 2",
    "x y 1 {}",
    "1 1 1 {}",
    '1 9e99 1 {"slots"',
    "1 " + "9" * 40 + " 1 {}",
]


@pytest.mark.asyncio
class TestDamage:
    @pytest.mark.parametrize("garbage", GARBAGE)
    async def test_a_person_whose_session_is_damaged_begins_afresh(
        self, store: SessionStore, url: str, garbage: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        key = new_key()
        for update_id in ("a", "b"):
            await store.transact(key, update_id, NOW, count)
        await spoil(store, key, session=garbage)
        assert await store.load(key, NOW) is None
        assert texts(await store.transact(key, "c", NOW, count)) == ("第 1 句", 1, False)
        assert texts(await store.transact(key, "d", NOW, count)) == ("第 2 句", 2, False)
        assert all(garbage not in record.getMessage() for record in caplog.records if garbage)

    async def test_a_damaged_reply_keeps_no_other_from_being_sent(
        self, store: SessionStore, url: str
    ) -> None:
        key = new_key()
        for update_id in ("a", "b"):
            await store.transact(key, update_id, NOW, count)
        await spoil(store, key, reply=("a", "garbage"))
        assert [one.update_id for one in await store.unsent(key.platform)] == ["b"]
        with pytest.raises(StoreError, match="已损坏"):
            await store.transact(key, "a", NOW, refuse)


async def spoil(
    store: SessionStore, key: ConversationKey, session: str = "", reply: tuple[str, str] = ("", "")
) -> None:
    """Write something into the records that no program of ours writes."""
    update_id, garbage = reply
    if isinstance(store, SqlStore):
        await store.database.replace(lambda c: spoil_rows(c, key, session, update_id, garbage))
    elif isinstance(store, RedisStore):
        person, chat = redis_store._person(key.platform, key.user), redis_store._name(key.chat)
        changed = (
            {redis_store._name(key.chat, update_id): garbage} if update_id else {chat: session}
        )
        await store._client.hset(person, mapping=changed)
    else:
        pytest.skip("nothing damages what is in memory")


def spoil_rows(
    connection: Connection, key: ConversationKey, session: str, update_id: str, garbage: str
) -> None:
    sessions, updates = sql_tables.sessions, sql_tables.updates
    if update_id:
        named = (updates.c.user == key.user) & (updates.c.update_id == update_id)
        connection.execute(update(updates).where(named).values(reply=garbage))
    else:
        named = sessions.c.user == key.user
        connection.execute(update(sessions).where(named).values(record=session))


@pytest.mark.asyncio
class TestTime:
    async def test_a_session_lives_its_time_to_the_end(self, store: SessionStore) -> None:
        key = new_key()
        await store.transact(key, "a", NOW, count)
        assert await store.load(key, NOW + SESSION_LIFE) is not None
        assert await store.load(key, NOW + SESSION_LIFE + SECOND) is None

    async def test_an_expired_session_starts_afresh(self, store: SessionStore) -> None:
        key, later = new_key(), NOW + SESSION_LIFE + SECOND
        for update_id in ("a", "b"):
            await store.transact(key, update_id, NOW, count)
        assert texts(await store.transact(key, "c", later, count)) == ("第 1 句", 1, False)
        assert texts(await store.transact(key, "d", later, count)) == ("第 2 句", 2, False)

    async def test_each_turn_prolongs_the_session(self, store: SessionStore) -> None:
        key = new_key()
        await store.transact(key, "a", NOW, count)
        await store.transact(key, "b", NOW + SESSION_LIFE, count)
        assert await store.expire(NOW + SESSION_LIFE + SECOND) == 0
        assert await store.load(key, NOW + 2 * SESSION_LIFE) is not None

    async def test_expire_tells_how_many_sessions_went(self, store: SessionStore) -> None:
        old, new = [new_key(), new_key()], new_key()
        for key in old:
            await store.transact(key, "a", NOW, count)
        await store.transact(new, "a", NOW + 2 * SECOND, count)
        assert await store.expire(NOW + SESSION_LIFE + SECOND) == 2
        assert await store.load(new, NOW + SESSION_LIFE) is not None

    async def test_an_update_stays_answered_for_its_time(self, store: SessionStore) -> None:
        key = new_key()
        await store.transact(key, "a", NOW, count)
        await store.expire(NOW + CLAIM_LIFE)
        assert (await store.transact(key, "a", NOW + CLAIM_LIFE, refuse)).is_repeat
        await store.expire(NOW + CLAIM_LIFE + SECOND)
        again = await store.transact(key, "a", NOW + CLAIM_LIFE + SECOND, count)
        assert texts(again) == ("第 2 句", 2, False)

    async def test_a_clock_that_was_ahead_costs_no_session(self, store: SessionStore) -> None:
        key = new_key()
        await store.transact(key, "a", NOW + timedelta(days=1), count)
        assert texts(await store.transact(key, "b", NOW, count)) == ("第 2 句", 2, False)

    async def test_the_last_replies_of_a_conversation_can_be_read(
        self, store: SessionStore
    ) -> None:
        key = new_key()
        neighbour = ConversationKey(key.platform, key.chat + "2", key.user)
        for number in range(4):
            await store.transact(key, f"{9 - number}", NOW + number * SECOND, count)
        await store.transact(neighbour, "a", NOW, count)
        told = await store.replies(key, 3)
        assert [(one.at, one.reply.as_text()) for one in told] == [
            (NOW + SECOND, "第 2 句"),
            (NOW + 2 * SECOND, "第 3 句"),
            (NOW + 3 * SECOND, "第 4 句"),
        ]
        await store.forget(key.platform, key.user)
        assert await store.replies(key, 3) == []


@pytest.mark.asyncio
class TestOutbox:
    async def test_unsent_replies_come_oldest_first(self, store: SessionStore) -> None:
        one, other = new_key(), new_key()
        other = ConversationKey(one.platform, other.chat, other.user)
        for key, update_id in ((one, "z"), (other, "a"), (one, "m")):
            await store.transact(key, update_id, NOW, count)
        waiting = await store.unsent(one.platform)
        assert [(out.key, out.update_id, out.reply.as_text()) for out in waiting] == [
            (one, "z", "第 1 句"),
            (other, "a", "第 1 句"),
            (one, "m", "第 2 句"),
        ]

    async def test_a_limit_leaves_the_newest_for_later(self, store: SessionStore) -> None:
        key = new_key()
        for n in range(5):
            await store.transact(key, str(n), NOW, count)
        assert [out.update_id for out in await store.unsent(key.platform, 2)] == ["0", "1"]

    async def test_another_platform_sees_nothing(self, store: SessionStore) -> None:
        await store.transact(new_key(), "a", NOW, count)
        assert await store.unsent(new_key().platform) == []

    async def test_a_sent_reply_is_off_the_list(self, store: SessionStore) -> None:
        key = new_key()
        for n in range(4):
            await store.transact(key, str(n), NOW, count)
        await store.mark_sent([(key, "0"), (key, "2")])
        assert [out.update_id for out in await store.unsent(key.platform)] == ["1", "3"]

    async def test_a_sent_reply_still_answers_repeats(self, store: SessionStore) -> None:
        key = new_key()
        await store.transact(key, "a", NOW, count)
        await store.mark_sent([(key, "a")])
        assert texts(await store.transact(key, "a", NOW, refuse)) == ("第 1 句", 1, True)

    async def test_a_repeat_tells_whether_its_reply_was_sent(self, store: SessionStore) -> None:
        key = new_key()
        first = await store.transact(key, "a", NOW, count)
        before = await store.transact(key, "a", NOW, refuse)
        await store.mark_sent([(key, "a")])
        after = await store.transact(key, "a", NOW, refuse)
        assert [one.is_sent for one in (first, before, after)] == [False, False, True]

    async def test_an_unsent_reply_keeps_its_route_and_its_time(self, store: SessionStore) -> None:
        key = new_key()
        await store.transact(key, "a", NOW, count_on_a_route)
        await store.transact(key, "b", NOW + SECOND, count)
        assert [(out.route, out.at) for out in await store.unsent(key.platform)] == [
            ("群 7, 第 3 个话题", NOW),
            ("", NOW + SECOND),
        ]

    async def test_a_repeat_does_not_wait_to_be_sent_again(self, store: SessionStore) -> None:
        key = new_key()
        await store.transact(key, "a", NOW, count)
        await store.mark_sent([(key, "a")])
        await store.transact(key, "a", NOW, refuse)
        assert await store.unsent(key.platform) == []

    async def test_only_the_named_conversation_is_marked(self, store: SessionStore) -> None:
        one = new_key()
        other = ConversationKey(one.platform, one.chat, one.user + "2")
        for key in (one, other):
            await store.transact(key, "a", NOW, count)
        await store.mark_sent([(one, "a")])
        assert [out.key for out in await store.unsent(one.platform)] == [other]

    async def test_marking_what_is_not_there_is_passed_over(self, store: SessionStore) -> None:
        await store.mark_sent([])
        await store.mark_sent([(new_key(), "never seen")])


@pytest.mark.asyncio
class TestForget:
    async def test_a_person_is_forgotten_in_every_chat(self, store: SessionStore) -> None:
        key = new_key()
        group = ConversationKey(key.platform, "group", key.user)
        for one in (key, group):
            await store.transact(one, "a", NOW, count)
        assert await store.forget(key.platform, key.user) == 2
        assert await store.load(key, NOW) is None
        assert await store.load(group, NOW) is None
        assert await store.unsent(key.platform) == []

    async def test_the_others_stay(self, store: SessionStore) -> None:
        key = new_key()
        neighbour = ConversationKey(key.platform, key.chat, key.user + "2")
        namesake = ConversationKey(key.platform + "2", key.chat, key.user)
        for one in (key, neighbour, namesake):
            await store.transact(one, "a", NOW, count)
        await store.forget(key.platform, key.user)
        assert (await store.transact(neighbour, "a", NOW, refuse)).is_repeat
        assert (await store.transact(namesake, "a", NOW, refuse)).is_repeat

    async def test_the_forgotten_starts_as_a_stranger(self, store: SessionStore) -> None:
        key = new_key()
        await store.transact(key, "a", NOW, count)
        await store.forget(key.platform, key.user)
        assert texts(await store.transact(key, "b", NOW, count)) == ("第 1 句", 1, False)

    async def test_an_update_of_before_is_not_answered_again(self, store: SessionStore) -> None:
        key = new_key()
        for update_id in ("a", "b"):
            await store.transact(key, update_id, NOW, count)
        await store.forget(key.platform, key.user)
        again = await store.transact(key, "a", NOW + SECOND, count)
        assert (again.reply, again.is_repeat, again.is_sent) == (FORGOTTEN, True, True)
        assert await store.load(key, NOW + SECOND) is None
        assert await store.unsent(key.platform) == []

    async def test_a_turn_may_forget_the_person_it_answers(self, store: SessionStore) -> None:
        key = new_key()
        group = ConversationKey(key.platform, "group", key.user)
        for one in (key, group):
            await store.transact(one, "a", NOW, count)
        copies = await asyncio.gather(
            *(store.transact(key, "forget", NOW, forget_all) for _ in range(5))
        )
        assert [one.reply.as_text() for one in copies] == ["已经删除"] * 5
        assert sorted(one.is_repeat for one in copies) == [False, True, True, True, True]
        assert [await store.load(one, NOW) for one in (key, group)] == [None, None]
        assert [one.update_id for one in await store.unsent(key.platform)] == ["forget"]
        again = await store.transact(group, "a", NOW, refuse)
        assert (again.reply, again.is_repeat) == (FORGOTTEN, True)
        assert texts(await store.transact(key, "b", NOW, count)) == ("第 1 句", 1, False)

    async def test_what_is_left_of_the_forgotten_expires(self, store: SessionStore) -> None:
        key = new_key()
        await store.transact(key, "a", NOW, count)
        await store.forget(key.platform, key.user)
        await store.expire(NOW + CLAIM_LIFE)
        assert (await store.transact(key, "a", NOW + CLAIM_LIFE, refuse)).is_repeat
        await store.expire(NOW + CLAIM_LIFE + SECOND)
        late = await store.transact(key, "a", NOW + CLAIM_LIFE + SECOND, count)
        assert texts(late) == ("第 1 句", 1, False)

    async def test_a_stranger_can_be_forgotten(self, store: SessionStore) -> None:
        assert await store.forget("telegram", "nobody") == 0


words = st.text(max_size=12)
moments = st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001 - the zone comes with the next argument
    max_value=datetime(2099, 1, 1),  # noqa: DTZ001
    timezones=st.integers(-720, 840).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)
contexts = st.builds(
    Context,
    slots=st.dictionaries(words, words, max_size=4),
    entry=st.none() | words,
    at=st.none() | moments,
)
walks = st.builds(
    Walk, procedure=words, registration=words, trail=st.lists(words, max_size=5).map(tuple)
)
sessions = st.builds(
    Session,
    pack_version=words,
    context=contexts,
    offered=st.lists(st.tuples(words, words), max_size=5).map(tuple),
    walk=st.none() | walks,
)


@pytest.mark.asyncio
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(session=sessions, at=moments)
async def test_any_session_comes_back_as_it_was(
    store: SessionStore, session: Session, at: datetime
) -> None:
    key = new_key()
    await store.transact(key, "a", at, lambda _: Turn(EVERY_KIND, session))
    stored = await store.load(key, at)
    assert stored is not None
    assert (stored.session, stored.touched_at) == (session, at)


@pytest.mark.asyncio
class TestPersistence:
    async def test_everything_is_there_after_reopening(self, persistent_url: str) -> None:
        key = new_key()
        async with open_store(persistent_url) as store:
            for update_id in ("a", "b"):
                await store.transact(key, update_id, NOW, count)
            await store.mark_sent([(key, "a")])
        async with open_store(persistent_url) as store:
            assert [out.update_id for out in await store.unsent(key.platform)] == ["b"]
            assert texts(await store.transact(key, "a", NOW, refuse)) == ("第 1 句", 1, True)
            assert texts(await store.transact(key, "c", NOW, count)) == ("第 3 句", 3, False)

    async def test_two_programs_lose_no_turn_of_each_other(self, persistent_url: str) -> None:
        key = new_key()
        async with open_store(persistent_url) as one, open_store(persistent_url) as other:
            turns = [
                store.transact(key, f"{n}-{side}", NOW, count)
                for n in range(8)  # each waits for those before it, and all have two seconds
                for side, store in (("left", one), ("right", other))
            ]
            applied = await asyncio.gather(*turns)
        assert sorted(turn.version for turn in applied) == list(range(1, 17))

    async def test_two_programs_answer_one_update_once(self, persistent_url: str) -> None:
        key = new_key()
        async with open_store(persistent_url) as one, open_store(persistent_url) as other:
            turns = [store.transact(key, "a", NOW, count) for store in (one, other) * 5]
            applied = await asyncio.gather(*turns)
        assert sum(not turn.is_repeat for turn in applied) == 1


def held_by(holder: str) -> Callable[[Session], Turn]:
    return lambda session: replace(count(session), route="p", holder=holder)


def names(found: Sequence[Outgoing]) -> list[str]:
    return [out.update_id for out in found]


@pytest.mark.asyncio
class TestClaims:
    async def test_what_a_living_process_holds_is_nobody_elses(self, store: SessionStore) -> None:
        key, living, other = new_key(), uuid4().hex, uuid4().hex
        await store.beat(living)
        await store.transact(key, "a", NOW, held_by(living))
        assert await store.claim_unsent(Claim(key.platform, other, is_alone=False)) == []
        assert await store.claim_unsent(Claim(key.platform, living, is_alone=False)) == []

    async def test_what_a_dead_process_held_is_claimed_by_one(self, store: SessionStore) -> None:
        key = new_key()
        for number in range(3):
            await store.transact(key, str(number), NOW, held_by("never heard of"))
        one, other = (Claim(key.platform, uuid4().hex, is_alone=False) for _ in range(2))
        await store.beat(one.holder)
        claimed = await store.claim_unsent(one)
        assert (names(claimed), claimed[0].route, claimed[0].key) == (["0", "1", "2"], "p", key)
        assert await store.claim_unsent(other) == []

    async def test_what_is_shared_is_found_until_its_end(self, store: SessionStore) -> None:
        one, other = f"token:{uuid4().hex}", f"token:{uuid4().hex}"  # a server keeps them
        assert await store.shared(one, NOW) is None
        await store.share(one, "first value", NOW + timedelta(hours=1))
        await store.share(one, "second value", NOW + timedelta(hours=2))
        await store.share(other, "other", NOW + timedelta(minutes=1))
        assert await store.shared(one, NOW) == "second value"
        await store.expire(NOW + timedelta(hours=1))
        assert await store.shared(one, NOW) == "second value"
        assert await store.shared(one, NOW + timedelta(hours=2)) is None
        assert await store.shared(other, NOW + timedelta(minutes=1)) is None

    async def test_a_process_is_gone_after_five_seconds_of_silence(
        self, store: SessionStore
    ) -> None:
        key, silent = new_key(), uuid4().hex
        for _ in range(2):
            await store.beat(silent)
        await store.transact(key, "a", NOW, held_by(silent))
        claim = Claim(key.platform, uuid4().hex, is_alone=False)
        await asyncio.sleep(HOLDER_LIFE_S - 1)
        assert await store.claim_unsent(claim) == []
        await asyncio.sleep(1.2)
        assert names(await store.claim_unsent(claim)) == ["a"]

    async def test_who_is_alone_need_not_wait(self, store: SessionStore) -> None:
        key, before = new_key(), uuid4().hex
        await store.beat(before)
        await store.transact(key, "a", NOW, held_by(before))
        claim = Claim(key.platform, uuid4().hex, is_alone=True)
        assert names(await store.claim_unsent(claim)) == ["a"]

    async def test_what_is_released_is_anybodys(self, store: SessionStore) -> None:
        key, one, other = new_key(), uuid4().hex, uuid4().hex
        for holder in (one, other):
            await store.beat(holder)
        for update_id in "ab":
            await store.transact(key, update_id, NOW, held_by(one))
        await store.release(other, [(key, "a")])
        assert await store.claim_unsent(Claim(key.platform, other, is_alone=False)) == []
        await store.release(one, [(key, "a"), (key, "gone")])
        assert names(await store.claim_unsent(Claim(key.platform, other, is_alone=False))) == ["a"]

    async def test_what_was_begun_is_known_to_have_arrived_perhaps(
        self, store: SessionStore
    ) -> None:
        key, dead = new_key(), uuid4().hex
        for update_id in "abc":
            await store.transact(key, update_id, NOW, held_by(dead))
        await store.begin_sending(dead, [(key, "a"), (key, "b"), (key, "gone")])
        await store.begin_sending("somebody else", [(key, "c")])
        await store.release(dead, [(key, "b")])
        await store.release(dead, [(key, "a")], keeps_begun=True)
        claimed = await store.claim_unsent(Claim(key.platform, uuid4().hex, is_alone=False))
        assert [(one.update_id, one.is_begun) for one in claimed] == [
            ("a", True),
            ("b", False),
            ("c", False),
        ]
        await store.mark_sent([(key, "a")])
        assert names(await store.unsent(key.platform)) == ["b", "c"]

    async def test_what_is_sent_or_forgotten_is_not_claimed(self, store: SessionStore) -> None:
        key = new_key()
        other = ConversationKey(key.platform, key.chat, key.user + "2")
        for one in (key, other):
            await store.transact(one, "a", NOW, held_by("gone"))
        await store.mark_sent([(key, "a")])
        await store.forget(other.platform, other.user)
        assert await store.claim_unsent(Claim(key.platform, "me", is_alone=True)) == []

    async def test_what_a_process_forgot_it_finds_again(self, store: SessionStore) -> None:
        key, me = new_key(), uuid4().hex
        await store.transact(key, "a", NOW, held_by(me))
        before, after = (
            Claim(key.platform, me, is_alone=True, mine_before=NOW + way * SECOND)
            for way in (-1, 1)
        )
        assert await store.claim_unsent(before) == []
        assert names(await store.claim_unsent(after)) == ["a"]

    async def test_a_claim_takes_no_more_than_it_asks_for(self, store: SessionStore) -> None:
        key = new_key()
        for number in range(5):
            await store.transact(key, str(number), NOW, held_by("gone"))
        claim = Claim(key.platform, "me", is_alone=True, most=2)
        found = [names(await store.claim_unsent(claim)) for _ in range(4)]
        assert found == [["0", "1"], ["2", "3"], ["4"], []]

    async def test_many_at_once_claim_each_reply_once(self, store: SessionStore) -> None:
        keys = [new_key() for _ in range(150)]
        platform = keys[0].platform
        for key in keys:
            moved = ConversationKey(platform, key.chat, key.user)
            await store.transact(moved, "a", NOW, held_by("gone"))
        claims = [Claim(platform, uuid4().hex, is_alone=False, most=20) for _ in range(6)]
        for claim in claims:
            await store.beat(claim.holder)
        found = [
            out.key.user
            for _ in range(4)
            for some in await asyncio.gather(*map(store.claim_unsent, claims))
            for out in some
        ]
        assert sorted(found) == sorted(key.user for key in keys)
