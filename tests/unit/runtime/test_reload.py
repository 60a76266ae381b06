"""The pack that answers is replaced when its files change, and never by a broken one."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from bot.app import load_brain
from bot.core.conversation import Conversation
from bot.core.model.update import ConversationKey, Update
from bot.runtime.clock import SystemClock
from bot.runtime.good_copies import GoodCopies
from bot.runtime.proving import Verdict, prove
from bot.runtime.reload import Reloader, prove_beside
from bot.storage.memory import MemoryStore
from tests.packs import edited, write_pack
from tests.workers import size

pytestmark = pytest.mark.asyncio

CORRUPTED = size(1000, 24)
ASK_EVERY_S = 0.01
FILES = ("pack.yaml", "sources.yaml", "synonyms.yaml", "faq/main.yaml", "procedures/path.yaml")


async def prove_here(folder: Path) -> Verdict:
    return await asyncio.to_thread(prove, folder, 5)


class Stage:
    """A conversation over a pack in a folder, and what watches the folder."""

    def __init__(self, folder: Path, prove_it: Callable[[Path], Awaitable[Verdict]]) -> None:
        self.folder = folder
        self.conversation = Conversation(load_brain(folder), MemoryStore(), SystemClock())
        self.reloader = Reloader(self.conversation, folder, load_brain, prove_it)
        self._asked = 0

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")

    async def says(self, text: str) -> str:
        self._asked += 1
        clock = SystemClock()
        key = ConversationKey("test", "chat", str(self._asked))
        reply = await self.conversation.handle(
            Update(str(self._asked), key, clock.now(), text=text)
        )
        return reply.as_text()

    async def until(self, is_so: Callable[[], bool], seconds: float = 30) -> None:
        async with asyncio.timeout(seconds):
            while not is_so():  # noqa: ASYNC110  the code under test has no event for it
                await asyncio.sleep(0.02)


@pytest_asyncio.fixture
async def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr("bot.runtime.reload.LOOK_INTERVAL_S", 0.05)
    folder = write_pack(tmp_path / "pack")
    GoodCopies.of(folder).keep()
    stage = Stage(folder, prove_here)
    watching = asyncio.create_task(stage.reloader.run())
    await asyncio.sleep(0.1)
    yield stage
    watching.cancel()
    await asyncio.wait({watching})


async def test_a_saved_answer_is_given_without_a_restart(stage: Stage) -> None:
    old = stage.conversation.pack.version
    stage.write("faq/main.yaml", edited("faq/main.yaml", ("交申请表", "交照片")))
    await stage.until(lambda: stage.conversation.pack.version != old)
    assert "交照片" in await stage.says("续期材料")


async def test_a_broken_file_leaves_the_old_pack_and_is_named(stage: Stage) -> None:
    old = stage.conversation.pack.version
    stage.write("faq/main.yaml", edited("faq/main.yaml", ("short:", "shrot:")))
    await stage.until(lambda: bool(stage.reloader.refused))
    assert {Path(problem.file).name for problem in stage.reloader.refused} == {"main.yaml"}
    assert stage.conversation.pack.version == old
    assert "交申请表" in await stage.says("续期材料")


async def test_a_mended_file_answers(stage: Stage) -> None:
    stage.write("faq/main.yaml", edited("faq/main.yaml", ("short:", "shrot:")))
    await stage.until(lambda: bool(stage.reloader.refused))
    stage.write("faq/main.yaml", edited("faq/main.yaml", ("交申请表", "交照片")))
    await stage.until(lambda: not stage.reloader.refused)
    assert "交照片" in await stage.says("续期材料")


async def test_whoever_is_in_the_middle_of_a_procedure_goes_on(stage: Stage) -> None:
    clock, key = SystemClock(), ConversationKey("test", "chat", "walker")

    async def say(number: int, text: str) -> str:
        update = Update(f"walk-{number}", key, clock.now(), text=text)
        return (await stage.conversation.handle(update)).as_text()

    assert "申请" in await say(1, "/steps 延续注册")
    old = stage.conversation.pack.version
    stage.write("faq/main.yaml", edited("faq/main.yaml", ("交申请表", "交照片")))
    await stage.until(lambda: stage.conversation.pack.version != old)
    assert "领证" in await say(2, "受理")


def corrupted(text: str, chance: random.Random) -> str:
    """The text as it is half written, cut, or with something typed where it may not stand."""
    at = chance.randrange(1, len(text) - 1)
    ways = (
        lambda: text[:at] + "\n\t- [",
        lambda: text[:at] + "\x00" + text[at:],
        lambda: text + "\nunknown_key: 1\n",
        lambda: text[:at] + "\n: : :\n" + text[at:],
        lambda: "",
        lambda: text.replace(": ", "：", 1),
    )
    return chance.choice(ways)()


async def test_no_corrupted_pack_ever_answers(stage: Stage, figures: Callable[[str], None]) -> None:
    """Meanwhile somebody asks a hundred times a second, and is answered."""
    chance, old = random.Random(7), stage.conversation.pack.version
    answers, stop, began = [], asyncio.Event(), time.monotonic()

    async def ask() -> None:
        due = began
        while not stop.is_set():
            answers.append(await stage.says("续期材料"))
            due += ASK_EVERY_S
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    asking = asyncio.create_task(ask())
    good = {name: (stage.folder / name).read_text(encoding="utf-8") for name in FILES}
    refused = 0
    for _ in range(CORRUPTED):
        name = chance.choice(FILES)
        stage.write(name, corrupted(good[name], chance))
        stage.reloader.look_now()
        verdict = await prove_here(stage.folder)
        refused += not verdict.is_good
        assert stage.conversation.pack.version == old or verdict.is_good
        stage.write(name, good[name])
    stop.set()
    await asking
    assert refused == CORRUPTED
    assert all("交申请表" in answer for answer in answers)
    rate = len(answers) / (time.monotonic() - began)
    figures(f"{refused} corrupted packs refused, {len(answers)} answers, {rate:.0f} a second")


async def test_a_process_of_its_own_proves_the_same(stage: Stage) -> None:
    stage.write("faq/main.yaml", edited("faq/main.yaml", ("short:", "shrot:")))
    beside, here = await prove_beside(stage.folder), await prove_here(stage.folder)
    assert beside == here
    assert beside.problems


async def test_a_process_that_dies_leaves_the_old_pack(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    async def die(_: Path) -> Verdict:
        raise ValueError("检查的进程退出了（-9）")

    reloader = Reloader(stage.conversation, stage.folder, load_brain, die)
    reloader.look_now()
    watching = asyncio.create_task(reloader.run())
    await stage.until(lambda: "could not be proved" in caplog.text)
    watching.cancel()
    assert "交申请表" in await stage.says("续期材料")
