"""Long words are thought of in slices: others go first, and no slice is long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from bot import tracing
from bot.core.model.session import Session
from bot.core.ports import Brain
from bot.core.slices import InThread, Thinking, pause
from bot.runtime import slices
from bot.runtime.slices import Slices
from scripts.measure_hostile import STRETCH_MS, TEXTS, cost, sessions

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
SLOWEST = (
    "eight questions of ours",
    "a long breath of ours",
    "one wide character",
    "days",
    "places",
    "a place again and again",
    "pinyin",
    "100,000 Han characters",
    "a sentence of ours with slips",
)


@pytest.fixture(params=[Slices, InThread])
def thinking(request: pytest.FixtureRequest) -> Thinking:
    made: Callable[[], Thinking] = request.param
    return made()


@pytest.fixture
def every_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each pause ends a slice, and the loop is never busy."""
    monkeypatch.setattr(slices, "SLICE_S", -1.0)
    monkeypatch.setattr(slices, "IDLE_S", 10.0)


@pytest.mark.asyncio
async def test_what_is_thought_comes_back(thinking: Thinking) -> None:
    notes: list[str] = []
    assert await thinking.think(noting(notes, "done", 3), 30) == "done"
    assert notes == ["done"] * 3


@pytest.mark.asyncio
async def test_what_goes_wrong_comes_back(thinking: Thinking) -> None:
    def work() -> None:
        pause()
        raise ValueError("odd")

    with pytest.raises(ValueError, match="odd"):
        await thinking.think(work, 30)
    assert await thinking.think(lambda: "the next", 30) == "the next"


@pytest.mark.asyncio
async def test_a_thought_has_the_name_of_its_message(thinking: Thinking) -> None:
    tracing.begin("one")
    assert await thinking.think(tracing.current, 30) == "one"


def noting(notes: list[str], name: str, times: int) -> Callable[[], str]:
    def work() -> str:
        for _ in range(times):
            notes.append(name)
            pause()
        return name

    return work


@pytest.mark.usefixtures("every_pause")
@pytest.mark.asyncio
async def test_others_go_on_at_each_pause() -> None:
    notes: list[str] = []
    thinking = Slices()

    async def other() -> None:
        for _ in range(3):
            notes.append("other")
            await asyncio.sleep(0)

    await asyncio.gather(thinking.think(noting(notes, "thought", 3), 30), other())
    assert notes == ["other", "thought"] * 3


@pytest.mark.usefixtures("every_pause")
@pytest.mark.asyncio
async def test_a_sentence_goes_before_what_is_left_of_a_page() -> None:
    notes: list[str] = []
    thinking = Slices()
    page, sentence = noting(notes, "page", 6), noting(notes, "sentence", 3)
    await asyncio.gather(thinking.think(page, 2_000), thinking.think(sentence, 30))
    assert notes == ["page", *["sentence"] * 3, *["page"] * 5]


@pytest.mark.usefixtures("every_pause")
@pytest.mark.asyncio
async def test_what_came_long_ago_goes_before_what_is_shorter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(slices, "DUE_S", 0.0)
    notes: list[str] = []
    thinking = Slices()
    page, sentence = noting(notes, "page", 3), noting(notes, "sentence", 3)
    await asyncio.gather(thinking.think(page, 2_000), thinking.think(sentence, 30))
    assert notes == [*["page"] * 3, *["sentence"] * 3]


@pytest.mark.usefixtures("every_pause")
@pytest.mark.parametrize("is_next", [False, True], ids=["still waiting", "given the turn"])
@pytest.mark.asyncio
async def test_who_leaves_the_line_holds_up_nobody(
    is_next: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes: list[str] = []
    thinking = Slices()
    first = asyncio.create_task(thinking.think(noting(notes, "first", 3), 10))
    leaving = asyncio.create_task(thinking.think(noting(notes, "leaving", 3), 20))
    last = asyncio.create_task(thinking.think(noting(notes, "last", 3), 30))
    await asyncio.sleep(0)
    pass_on = thinking._pass_on

    def passed_on_and_left() -> None:
        pass_on()
        leaving.cancel()

    if is_next:
        monkeypatch.setattr(thinking, "_pass_on", passed_on_and_left)
    else:
        leaving.cancel()
    async with asyncio.timeout(5):
        assert (await first, await last) == ("first", "last")
    assert leaving.cancelled()
    assert notes == [*["first"] * 3, *["last"] * 3]


@pytest.mark.usefixtures("every_pause")
@pytest.mark.asyncio
async def test_a_thought_that_nobody_waits_for_ends_at_its_pause() -> None:
    ended: list[str] = []
    thinking = Slices()

    @contextmanager
    def open_thing() -> Iterator[None]:
        try:
            yield
        finally:
            ended.append("closed")

    def work() -> None:
        with open_thing():
            while True:
                pause()

    waiting = asyncio.create_task(thinking.think(work, 30))
    await asyncio.sleep(0.01)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert ended == ["closed"]
    assert await thinking.think(lambda: "the next", 30) == "the next"


@pytest.mark.asyncio
async def test_a_busy_loop_goes_first_but_not_for_ever() -> None:
    thinking = Slices()
    stop = False

    async def busy() -> None:
        while not stop:
            until = asyncio.get_running_loop().time() + 2 * slices.IDLE_S
            while asyncio.get_running_loop().time() < until:
                pass
            await asyncio.sleep(0)

    task = asyncio.create_task(busy())
    began = asyncio.get_running_loop().time()
    assert await thinking.think(lambda: "done", 30) == "done"
    assert asyncio.get_running_loop().time() - began >= slices.MOST_WAIT_S
    stop = True
    await task


@pytest.mark.parametrize("name", SLOWEST)
def test_no_text_is_thought_of_for_long_at_a_stretch(brain: Brain, name: str) -> None:
    """In a new conversation and at a question of a walk; others wait for a stretch and no more."""
    for session in (Session(), [*sessions(brain, NOW)][3]):
        found = cost(brain, session, TEXTS[name], NOW)
        assert found.stretch < 2 * STRETCH_MS, found
        assert found.whole > found.stretch, found
