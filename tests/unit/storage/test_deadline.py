from __future__ import annotations

import asyncio
import time

import pytest

from bot.storage.deadline import PROBE_PAUSE_S, CircuitBreaker

pytestmark = pytest.mark.asyncio


async def stubborn(hold_s: float) -> str:
    """A job that takes its time even to end."""
    try:
        await asyncio.sleep(60)
    finally:
        await asyncio.sleep(hold_s)
    return "never"


async def broken() -> None:
    raise LookupError("not there")


async def quick() -> str:
    return "done"


async def test_what_is_done_in_time_comes_back() -> None:
    assert await CircuitBreaker(quick).within(1, quick()) == "done"


async def test_what_the_job_raises_passes_on() -> None:
    with pytest.raises(LookupError, match="not there"):
        await CircuitBreaker(quick).within(1, broken())


async def test_nobody_waits_for_a_job_that_does_not_want_to_end() -> None:
    breaker, began = CircuitBreaker(quick), time.monotonic()
    with pytest.raises(TimeoutError):
        await breaker.within(0.05, stubborn(hold_s=0.5))
    assert time.monotonic() - began < 0.4
    await breaker.close()


async def test_closing_waits_for_what_was_given_up() -> None:
    breaker = CircuitBreaker(quick)
    with pytest.raises(TimeoutError):
        await breaker.within(0.01, stubborn(hold_s=0.1))
    await breaker.close()
    assert len(asyncio.all_tasks()) == 1


async def test_a_job_ends_when_the_one_who_waits_is_cancelled() -> None:
    breaker = CircuitBreaker(quick)
    waiting = asyncio.create_task(breaker.within(60, stubborn(hold_s=0)))
    await asyncio.sleep(0.01)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await breaker.close()
    assert len(asyncio.all_tasks()) == 1


async def test_nobody_waits_for_a_server_that_has_just_kept_somebody_waiting() -> None:
    breaker, began = CircuitBreaker(asyncio.Event().wait), time.monotonic()
    for _ in range(10):
        with pytest.raises(TimeoutError):
            await breaker.within(0.2, asyncio.Event().wait())
    assert time.monotonic() - began < 1
    await breaker.close()


async def test_jobs_are_done_again_once_the_server_has_answered() -> None:
    speaks = asyncio.Event()
    breaker = CircuitBreaker(speaks.wait)
    with pytest.raises(TimeoutError):
        await breaker.within(0.01, speaks.wait())
    speaks.set()
    await asyncio.sleep(0.01)
    assert await breaker.within(1, quick()) == "done"


async def test_a_server_that_refuses_is_asked_again() -> None:
    refusals = [LookupError("still starting")]

    async def ask() -> None:
        if refusals:
            raise refusals.pop()

    breaker = CircuitBreaker(ask)
    with pytest.raises(TimeoutError):
        await breaker.within(0.01, stubborn(hold_s=0))
    await asyncio.sleep(PROBE_PAUSE_S + 0.1)
    assert await breaker.within(1, quick()) == "done"
