"""Do chores while store and journal are open: prepare, expire, flush, check the store."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

from bot import storage
from bot.core.conversation import Conversation
from bot.core.model.session import Context
from bot.core.ports import Clock, Journal, SessionStore
from bot.errors import StoreError

log = logging.getLogger(__name__)

EXPIRY_INTERVAL_S = 3600.0
LOOK_INTERVAL_S = 3.0
FLUSH_INTERVAL_S = 2.0
_STRANGE = "abc囧囧"
"""Letters and characters of no word: what is understood by everything that there is."""


@contextlib.asynccontextmanager
async def open_journal(url: str | None) -> AsyncIterator[Journal | None]:
    """Open the journal, if there is one in the settings.  Raises as `bot.storage.open_journal`."""
    if url is None:
        yield None
        return
    async with storage.open_journal(url) as journal:
        yield journal


@contextlib.asynccontextmanager
async def running_chores(
    conversation: Conversation, store: SessionStore, journal: Journal | None
) -> AsyncIterator[None]:
    """Run the chores as background tasks: prepare, delete what has expired, check the store."""
    clock = conversation.clock
    chores = [_expire_regularly(store, clock), _look_regularly(conversation)]
    chores.append(_prepare(conversation))
    if journal is not None:
        chores += [_expire_regularly(journal, clock), _flush_regularly(journal)]
    # No task group: it would wrap an error at the start in an exception group.
    tasks = {asyncio.create_task(chore) for chore in chores}
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def _prepare(conversation: Conversation) -> None:
    """Have the tables built that are built at their first use: it would hold up the loop then."""
    brain, now = conversation.brain, conversation.clock.now()
    await asyncio.to_thread(brain.understander.understand, _STRANGE, Context(), now)


async def _expire_regularly(kept: SessionStore | Journal, clock: Clock) -> None:
    name = type(kept).__name__
    while True:
        try:
            gone = await kept.expire(clock.now())
            log.info("what had expired is deleted", extra={"kept_by": name, "sessions": gone})
        except StoreError:
            log.exception("what has expired could not be deleted", extra={"kept_by": name})
        await asyncio.sleep(EXPIRY_INTERVAL_S)


async def _flush_regularly(journal: Journal) -> None:
    while True:
        await asyncio.sleep(FLUSH_INTERVAL_S)
        try:
            await journal.flush()
        except StoreError as error:
            log.warning("the journal cannot be written and waits: %s", error)


async def _look_regularly(conversation: Conversation) -> None:
    """Check the store, so that `/readyz` reports an outage and its end without any traffic."""
    while True:
        await conversation.look()
        await asyncio.sleep(LOOK_INTERVAL_S)
