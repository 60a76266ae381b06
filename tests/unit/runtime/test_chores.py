"""What is done beside the answers while a bot runs."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from bot.core.conversation import Conversation
from bot.core.model.session import Context
from bot.core.model.understanding import Understanding
from bot.core.ports import Brain
from bot.runtime.chores import running_chores
from bot.storage.memory import MemoryStore
from tests.fakes import FakeClock, ScriptedUnderstander
from tests.tiny import tiny_pack


@dataclass
class WatchedUnderstander(ScriptedUnderstander):
    """Remembers in which threads it was used."""

    threads: list[threading.Thread] = field(default_factory=list)
    was_used: threading.Event = field(default_factory=threading.Event)

    def understand(self, text: str, context: Context, now: datetime) -> Understanding:
        self.threads.append(threading.current_thread())
        self.was_used.set()
        return super().understand(text, context, now)


@pytest.mark.asyncio
async def test_what_is_built_at_its_first_use_is_built_before_that_and_in_a_thread() -> None:
    understander, store = WatchedUnderstander(), MemoryStore()
    conversation = Conversation(Brain(tiny_pack(), understander), store, FakeClock())
    async with running_chores(conversation, store, None):
        assert await asyncio.to_thread(understander.was_used.wait, 5)
    assert understander.threads != [threading.main_thread()]
