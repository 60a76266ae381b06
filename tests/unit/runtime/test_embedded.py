"""A conversation in a program of somebody else's: where it lives, and what is left when it ends."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bot import (
    ConversationKey,
    Embedded,
    KnowledgeError,
    LifetimeError,
    SettingsError,
    Update,
    app,
    embedded,
)
from bot.core.ports import Brain
from tests.fakes import NOON, FakeClock
from tests.packs import write_pack

KEY = ConversationKey("script", "desk", "somebody")
_numbers = count()


def said(text: str) -> Update:
    return Update(str(next(_numbers)), KEY, NOON, text=text)


@pytest.fixture
def ready(brain: Brain, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The pack is there already, and files go into a folder of this test."""
    monkeypatch.setattr(app, "load_brain", lambda _: brain)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(params=["memory://", "sqlite:///data/bot.db"], ids=["memory", "sqlite"])
def conversation(ready: None, request: pytest.FixtureRequest) -> Embedded:
    return embedded(request.param)


async def answer(conversation: Embedded, text: str) -> str:
    return (await conversation.handle(said(text))).as_text()


def in_a_thread(work: Coroutine[Any, Any, object]) -> BaseException | None:
    """Run it in a loop of another thread; what it raised."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).exception(20)


# Opened and closed


def test_it_is_opened_and_closed_by_async_with(conversation: Embedded) -> None:
    async def talk() -> list[str]:
        async with conversation as opened:
            assert opened is conversation
            return [await answer(opened, "要什么材料"), await answer(opened, "变更注册")]

    asked, told = asyncio.run(talk())
    assert "请选一个" in asked
    assert "注册建造师变更注册申请表" in told


def test_nothing_runs_on_when_it_is_closed(conversation: Embedded) -> None:
    async def talk() -> tuple[int, int]:
        async with conversation:
            await answer(conversation, "谢谢")
            under_way = len(asyncio.all_tasks())
        return under_way, len(asyncio.all_tasks())

    before, after = asyncio.run(talk())
    assert (before > 1, after) == (True, 1)
    assert [t.name for t in threading.enumerate() if t.name.startswith("bot-sqlite")] == []


def test_what_is_closed_says_so_until_it_is_opened_again(conversation: Embedded) -> None:
    async def talk() -> str:
        async with conversation:
            await answer(conversation, "要什么材料")
        with pytest.raises(LifetimeError, match="这个对话已经关闭"):
            await answer(conversation, "变更注册")
        async with conversation:
            return await answer(conversation, "变更注册")

    assert "注册建造师变更注册申请表" in asyncio.run(talk())


def test_opened_twice_it_says_so_and_stays_open(conversation: Embedded) -> None:
    async def talk() -> str:
        async with conversation:
            with pytest.raises(LifetimeError, match="已经打开了"):
                await conversation.open()
            return await answer(conversation, "谢谢")

    assert "不客气" in asyncio.run(talk())


def test_closed_twice_or_never_opened_it_closes_all_the_same(conversation: Embedded) -> None:
    async def close() -> None:
        await conversation.close()
        await conversation.close()

    asyncio.run(close())


def test_a_store_that_cannot_be_used_is_told_at_opening(ready: None) -> None:
    async def talk(store: str) -> None:
        async with embedded(store):
            raise AssertionError("it opened")

    with pytest.raises(SettingsError, match="BOT_STORE"):
        asyncio.run(talk("nonsense://"))


def test_what_could_not_be_opened_can_be_opened_later(ready: None, tmp_path: Path) -> None:
    conversation = embedded("sqlite:///file/bot.db")
    (tmp_path / "file").write_text("no folder")

    async def talk() -> str:
        async with conversation:
            return await answer(conversation, "谢谢")

    with pytest.raises(Exception, match="文件夹建不了"):
        asyncio.run(talk())
    (tmp_path / "file").unlink()
    assert "不客气" in asyncio.run(talk())


# Journal


def test_the_journal_is_written_when_it_is_closed(ready: None, tmp_path: Path) -> None:
    async def talk() -> None:
        async with embedded("memory://", journal="sqlite:///journal.db") as conversation:
            await answer(conversation, "今天天气怎么样")

    asyncio.run(talk())
    sqlite3 = pytest.importorskip("sqlite3")
    with closing(sqlite3.connect(tmp_path / "journal.db")) as journal:
        assert journal.execute("SELECT words FROM zhuce_unanswered").fetchall() == [
            ("今天天气怎么样",)
        ]


def test_a_journal_that_was_not_opened_is_asked_for(ready: None) -> None:
    conversation = embedded("memory://", journal="sqlite:///journal.db")
    with pytest.raises(LifetimeError, match="得先打开"):
        asyncio.run(answer(conversation, "谢谢"))


# Event loops and threads


def test_a_second_run_goes_on_where_the_first_ended(conversation: Embedded) -> None:
    asyncio.run(answer(conversation, "要什么材料"))
    assert "注册建造师变更注册申请表" in asyncio.run(answer(conversation, "变更注册"))


def test_two_loops_at_once_are_refused_and_the_first_goes_on(conversation: Embedded) -> None:
    with asyncio.Runner() as first, asyncio.Runner() as second:
        first.run(answer(conversation, "要什么材料"))
        with pytest.raises(LifetimeError, match="另一个还没有关闭的事件循环"):
            second.run(answer(conversation, "变更注册"))
        assert "注册建造师变更注册申请表" in first.run(answer(conversation, "变更注册"))


def test_a_loop_that_ended_under_an_open_conversation_has_closed_it(
    conversation: Embedded,
) -> None:
    """As python-telegram-bot leaves its loop, without telling anybody."""
    loop = asyncio.new_event_loop()
    loop.run_until_complete(conversation.open())
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()
    with pytest.raises(LifetimeError, match="已经关闭"):
        asyncio.run(answer(conversation, "谢谢"))
    asyncio.run(conversation.close())


def test_another_thread_is_refused_and_told_the_way(conversation: Embedded) -> None:
    asyncio.run(answer(conversation, "谢谢"))
    error = in_a_thread(answer(conversation, "谢谢"))
    assert isinstance(error, LifetimeError)
    assert "归线程 MainThread" in str(error)
    assert "asyncio.run_coroutine_threadsafe" in str(error)


@pytest.mark.parametrize(
    "work",
    [
        lambda conversation: conversation.forget("script", "somebody"),
        lambda conversation: conversation.unsent("script"),
        lambda conversation: conversation.look(),
        lambda conversation: conversation.open(),
        lambda conversation: conversation.close(),
    ],
    ids=["forget", "unsent", "look", "open", "close"],
)
def test_another_thread_may_not_look_into_the_store_either(
    conversation: Embedded, work: Callable[[Embedded], Coroutine[Any, Any, object]]
) -> None:
    async def talk() -> BaseException | None:
        async with conversation:
            return await asyncio.to_thread(in_a_thread, work(conversation))

    assert isinstance(asyncio.run(talk()), LifetimeError)


def test_another_thread_may_open_what_was_closed(conversation: Embedded) -> None:
    async def talk() -> None:
        async with conversation:
            await answer(conversation, "谢谢")

    asyncio.run(talk())
    assert in_a_thread(talk()) is None


def test_threads_that_hand_over_their_messages_are_all_answered(conversation: Embedded) -> None:
    async def talk() -> list[str]:
        loop = asyncio.get_running_loop()

        def ask(number: int) -> str:
            key = ConversationKey("script", "desk", str(number))
            update = Update(str(number), key, NOON, text="四川二建在哪注册")
            handled = asyncio.run_coroutine_threadsafe(conversation.handle(update), loop)
            return handled.result(20).as_text()

        async with conversation:
            return await asyncio.gather(*(asyncio.to_thread(ask, n) for n in range(20)))

    assert ["四川政务服务网" in told for told in asyncio.run(talk())] == [True] * 20


# Reading the pack


class Reader:
    """Reads a brain and remembers in which thread."""

    def __init__(self, brain: Brain) -> None:
        self.brain, self.threads = brain, list[str]()

    def __call__(self, _: Path | None = None) -> Brain:
        self.threads.append(threading.current_thread().name)
        return self.brain


@pytest.fixture
def reader(ready: None, brain: Brain, monkeypatch: pytest.MonkeyPatch) -> Reader:
    found = Reader(brain)
    monkeypatch.setattr(app, "load_brain", found)
    return found


def test_outside_a_loop_the_pack_is_read_at_once(reader: Reader) -> None:
    embedded("memory://")
    assert reader.threads == ["MainThread"]


@pytest.mark.parametrize("is_opened", [True, False], ids=["opened", "used at once"])
def test_inside_a_loop_the_pack_is_read_once_and_in_a_thread(
    reader: Reader, is_opened: bool
) -> None:
    async def talk() -> None:
        conversation = embedded("memory://")
        assert reader.threads == []
        if is_opened:
            await conversation.open()
        await asyncio.gather(*(answer(conversation, "谢谢") for _ in range(5)))
        await conversation.close()

    asyncio.run(talk())
    [thread] = reader.threads
    assert thread != "MainThread"


def test_what_is_wrong_with_a_pack_is_told_where_it_is_read(tmp_path: Path) -> None:
    broken = write_pack(tmp_path / "pack", pack="id: [1]\n")

    async def talk() -> None:
        async with embedded("memory://", broken):
            raise AssertionError("it opened")

    with pytest.raises(KnowledgeError):
        embedded("memory://", str(broken))
    with pytest.raises(KnowledgeError):
        asyncio.run(talk())


def test_it_is_a_conversation_in_everything_else(ready: None, brain: Brain) -> None:
    conversation = embedded("memory://")
    assert conversation.pack is brain.pack
    assert asyncio.run(conversation.suggest("四川"))
    newer = Brain(brain.pack, brain.understander)
    conversation.brain = newer
    assert conversation.brain is newer


def test_without_being_opened_it_deletes_what_is_old_at_a_turn(brain: Brain) -> None:
    clock = FakeClock()
    conversation = Embedded(lambda: brain, "memory://", clock)
    asyncio.run(answer(conversation, "谢谢"))
    clock.forward(days=8)
    other = Update("x", ConversationKey("script", "desk", "other"), clock.now(), text="谢谢")

    async def talk() -> int:
        await conversation.take(other)
        return await conversation.forget("script", "somebody")

    assert asyncio.run(talk()) == 0
