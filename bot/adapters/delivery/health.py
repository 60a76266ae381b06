"""Tell `/readyz` whether a platform makes progress."""

from __future__ import annotations

import time
from collections.abc import Callable

SILENCE_S = 90.0


class Health:
    """Remembers the last success and what has failed since."""

    def __init__(self, title: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._title = title
        self._monotonic = monotonic
        self._last_beat = monotonic()
        self._reason = "还没有连上"
        self._complaint: str | None = None

    def beat(self) -> None:
        """Note that an update came in or a call succeeded."""
        self._last_beat = self._monotonic()
        self._complaint = None

    def miss(self, reason: str) -> None:
        """Note a failed attempt; it is reported if no success follows."""
        self._reason = reason

    def complain(self, reason: str) -> None:
        """Report a problem until the next success."""
        self._complaint = reason

    def trouble(self) -> str | None:
        """Return a sentence for the operator; `None` while there is progress."""
        if self._complaint:
            return f"{self._title}：{self._complaint}"
        silent_s = self._monotonic() - self._last_beat
        if silent_s < SILENCE_S:
            return None
        return f"{self._title} 已经 {silent_s:.0f} 秒没有进展：{self._reason}"
