"""Whether Telegram makes progress: what `/readyz` says about it."""

from __future__ import annotations

import time
from collections.abc import Callable

SILENCE_S = 90.0


class Health:
    """Remembers the last success and what has gone wrong since."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._last_beat = monotonic()
        self._reason = "还没有连上"
        self._complaint: str | None = None

    def beat(self) -> None:
        """Something came or went."""
        self._last_beat = self._monotonic()
        self._complaint = None

    def miss(self, reason: str) -> None:
        """A try that failed; it counts when no success follows."""
        self._reason = reason

    def complain(self, reason: str) -> None:
        """Something is wrong right now, until the next beat."""
        self._complaint = reason

    def trouble(self) -> str | None:
        """A sentence for the operator; `None` while all is well."""
        if self._complaint:
            return f"Telegram：{self._complaint}"
        silent_s = self._monotonic() - self._last_beat
        if silent_s < SILENCE_S:
            return None
        return f"Telegram 已经 {silent_s:.0f} 秒没有进展：{self._reason}"
