"""Limit the updates of one person: beyond `BURST` in a minute one notice replaces all replies.

Repeats of one update count once, and get the verdict of the first.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from enum import Enum, auto

from cachetools import FIFOCache

from bot.adapters.delivery.sliding_window import SlidingWindow
from bot.core.conversation import Conversation
from bot.core.ports import Held

BURST = 20
MINUTE_S = 60.0
_MOST_UPDATES = 20_000


class Verdict(Enum):
    ANSWER = auto()
    NOTICE = auto()
    """The first one beyond the limit: say so, once."""
    SILENCE = auto()


class PersonLimit:
    """Decides which updates are answered at all, before anything is stored."""

    def __init__(
        self, ticks: Callable[[], float], count: Callable[[], None] = lambda: None
    ) -> None:
        """Judge none yet; `count` is called for each update that is beyond the limit."""
        self._count = count
        self._pace = SlidingWindow(BURST, MINUTE_S, ticks)
        self._notices = SlidingWindow(1, MINUTE_S, ticks)
        self._verdicts: FIFOCache[str, Verdict] = FIFOCache(_MOST_UPDATES)

    def judge(self, update: str, user: Hashable) -> Verdict:
        """Return the verdict on an update, given by its id, of a person."""
        known = self._verdicts.get(update)
        if known is not None:
            return Verdict.SILENCE if known is Verdict.NOTICE else known
        verdict = self._judge(user)
        self._verdicts[update] = verdict
        if verdict is not Verdict.ANSWER:
            self._count()
        return verdict

    def _judge(self, user: Hashable) -> Verdict:
        if self._pace.wait_s(user) == 0:
            self._pace.count(user)
            return Verdict.ANSWER
        if self._notices.wait_s(user) == 0:
            self._notices.count(user)
            return Verdict.NOTICE
        return Verdict.SILENCE


def limit_of(conversation: Conversation, platform: str) -> PersonLimit:
    """Return the limit of one person, which counts what is beyond it."""
    return PersonLimit(
        time.monotonic, lambda: conversation.meter.held(Held.LIMITED, platform, "person")
    )
