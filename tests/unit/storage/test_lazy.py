"""A store that opens itself when it is first needed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import AsyncMock

import pytest

from bot.core.model.reply import Reply, Status, Text
from bot.core.model.session import SESSION_LIFE, Session
from bot.core.model.turn import Turn
from bot.core.model.update import ConversationKey
from bot.errors import SettingsError, StoreUnavailable
from bot.storage.lazy import LazyStore
from bot.storage.memory import MemoryStore

pytestmark = pytest.mark.asyncio

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
KEY = ConversationKey("telegram", "chat", "user")


def answer(_: Session) -> Turn:
    return Turn(Reply(Status.ANSWERED, (Text("好"),)), Session())


async def test_nothing_is_opened_before_it_is_needed(tmp_path: Path) -> None:
    store = LazyStore(f"sqlite:///{tmp_path / 'bot.db'}")
    assert not (tmp_path / "bot.db").exists()
    await store.transact(KEY, "1", NOW, answer)
    assert (tmp_path / "bot.db").exists()
    await store.close()


async def test_what_was_answered_is_known_after_closing_and_opening(tmp_path: Path) -> None:
    for is_repeat in (False, True):
        store = LazyStore(f"sqlite:///{tmp_path / 'bot.db'}")
        assert (await store.transact(KEY, "1", NOW, answer)).is_repeat is is_repeat
        await store.close()


async def test_old_sessions_go_when_the_store_is_used_an_hour_later() -> None:
    store = LazyStore("memory://")
    await store.transact(KEY, "1", NOW, answer)
    later = NOW + SESSION_LIFE + timedelta(seconds=1)
    await store.transact(ConversationKey("telegram", "other", "other"), "2", later, answer)
    assert await store.forget("telegram", "user") == 0


async def test_an_expiry_that_failed_is_tried_again_with_the_next_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = LazyStore("memory://")
    await store.transact(KEY, "1", NOW, answer)
    later = NOW + SESSION_LIFE + timedelta(seconds=1)
    with monkeypatch.context() as out:
        out.setattr(MemoryStore, "expire", AsyncMock(side_effect=StoreUnavailable("连不上")))
        with pytest.raises(StoreUnavailable):
            await store.expire(later)
    await store.transact(ConversationKey("telegram", "other", "other"), "2", later, answer)
    assert await store.forget("telegram", "user") == 0


async def test_a_wrong_address_is_told_at_the_first_use() -> None:
    store = LazyStore("nonsense://")
    with pytest.raises(SettingsError):
        await store.load(KEY, NOW)


async def test_closing_what_was_never_opened_does_nothing() -> None:
    await LazyStore("memory://").close()
