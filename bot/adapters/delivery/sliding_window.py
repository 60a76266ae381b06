"""Count events within a period, for each person or group.

The library `limits` was tried: its memory storages look through all keys after each hit (5.8,
10,000 people: up to 1.2 ms of CPU a hit, 10 µs here), hold any number of them, follow the wall
clock, and cannot say how long to wait without a second call.  It counts the
requests of HTTP as well, unless they are counted in Redis (`bot.adapters.web.rate_limits`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable

from cachetools import FIFOCache

MOST_KEYS = 10_000


class SlidingWindow:
    """Allows `most` events for each key within the last `period_s` seconds."""

    def __init__(self, most: int, period_s: float, ticks: Callable[[], float]) -> None:
        self._most, self._period_s, self._ticks = most, period_s, ticks
        self._times: FIFOCache[Hashable, deque[float]] = FIFOCache(MOST_KEYS)

    def wait_s(self, key: Hashable) -> float:
        """Return the seconds until one more is allowed; 0 if it is allowed now."""
        times = self._times.get(key)
        if times is None or len(times) < self._most:
            return 0.0
        return max(0.0, times[0] + self._period_s - self._ticks())

    def count(self, key: Hashable) -> None:
        """Count one event, now."""
        times = self._times.get(key)
        if times is None:
            times = self._times[key] = deque(maxlen=self._most)
        times.append(self._ticks())
