"""Session stores by URL scheme; all of them meet `bot.core.ports.SessionStore`.

A store is one URL: `memory://`, `sqlite:///relative.db`, `sqlite:////absolute.db`.  Drivers are
imported when their scheme is opened and not before, so what is not configured costs nothing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

from bot.core.ports import SessionStore
from bot.errors import SettingsError

CLAIM_LIFE = timedelta(hours=48)
"""How long an update id stays answered.  Telegram repeats an update for up to 24 hours
(https://core.telegram.org/bots/api#getting-updates); the second day is for a clock that jumps."""


@asynccontextmanager
async def open_store(url: str) -> AsyncIterator[SessionStore]:
    """The store that a URL names, closed on leaving.

    Raises:
        SettingsError: no such scheme, or the rest of the URL does not fit it.
        StoreError: the store is there and cannot be used.
    """
    scheme, _, rest = url.partition("://")
    if scheme not in _OPENERS or "://" not in url:
        known = "、".join(f"{name}://" for name in _OPENERS)
        raise SettingsError("BOT_STORE", _without_secrets(url), f"开头应是 {known} 之一")
    store = await _OPENERS[scheme](rest)
    try:
        yield store
    finally:
        await store.close()


def _without_secrets(url: str) -> str:
    scheme, separator, _ = url.partition(":")
    return f"{scheme}:…" if separator else url


async def _open_memory(rest: str) -> SessionStore:
    from bot.storage.memory import MemoryStore

    if rest:
        raise SettingsError("BOT_STORE", f"memory://{rest}", "memory:// 后面不写任何东西")
    return MemoryStore()


async def _open_sqlite(rest: str) -> SessionStore:
    from bot.storage.sqlite import open_sqlite, read_address

    return await open_sqlite(*read_address(rest))


_OPENERS: Mapping[str, Callable[[str], Awaitable[SessionStore]]] = {
    "memory": _open_memory,
    "sqlite": _open_sqlite,
}
"""From the scheme to a function that takes what follows `://`."""
