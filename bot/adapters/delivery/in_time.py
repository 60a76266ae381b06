"""Wait for the store no longer than the platform waits for its acknowledgement."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

from bot.errors import StoreUnavailable

T = TypeVar("T")
log = logging.getLogger(__name__)


async def in_time(budget_s: float, work: Coroutine[Any, Any, T]) -> T:
    """Return what the work returns.

    Raises:
        StoreUnavailable: it was not stored in time, and is not to be acknowledged.  The work goes
            on, and when the update comes again, the store knows it.
    """
    working = asyncio.create_task(work)
    try:
        async with asyncio.timeout(budget_s):
            return await asyncio.shield(working)
    except (StoreUnavailable, TimeoutError) as error:
        log.warning("an update was not stored in time, it will come again: %r", error)
        working.add_done_callback(_retrieve_exception)
        raise StoreUnavailable("not stored in time") from error


def _retrieve_exception(working: asyncio.Future[T]) -> None:
    """Retrieve the exception, which asyncio would log as never retrieved."""
    if not working.cancelled():
        working.exception()
