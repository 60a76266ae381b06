"""A person's burst: so many things are answered within a minute, one notice stands for the rest.

Copies of one update count once, and get the verdict that the first one got.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from enum import Enum, auto

from cachetools import FIFOCache

from bot.adapters.delivery.sliding_window import SlidingWindow

BURST = 20
MINUTE_S = 60.0
_MOST_UPDATES = 20_000


class Verdict(Enum):
    ANSWER = auto()
    NOTICE = auto()
    """The first one too many: say so, once."""
    SILENCE = auto()


class RateLimit:
    """Decides what is answered at all, before anything is stored."""

    def __init__(self, ticks: Callable[[], float]) -> None:
        self._pace = SlidingWindow(BURST, MINUTE_S, ticks)
        self._notices = SlidingWindow(1, MINUTE_S, ticks)
        self._verdicts: FIFOCache[str, Verdict] = FIFOCache(_MOST_UPDATES)

    def judge(self, update: str, user: Hashable) -> Verdict:
        """The verdict on an update, named by its id, of a person."""
        known = self._verdicts.get(update)
        if known is not None:
            return Verdict.SILENCE if known is Verdict.NOTICE else known
        verdict = self._judge(user)
        self._verdicts[update] = verdict
        return verdict

    def _judge(self, user: Hashable) -> Verdict:
        if self._pace.wait_s(user) == 0:
            self._pace.count(user)
            return Verdict.ANSWER
        if self._notices.wait_s(user) == 0:
            self._notices.count(user)
            return Verdict.NOTICE
        return Verdict.SILENCE
