"""What goes wrong on purpose, and how often."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.e2e.bot_api.params import Params
from tests.e2e.bot_api.refusals import Refused, too_many

ANY = "*"
KINDS = frozenset({"refuse", "garble", "cut short", "drop before", "drop after", "slow"})


@dataclass
class Fault:
    """One kind of trouble for the next `times` calls of `method`.

    `kind`: "refuse" answers with `refusal`; "garble" answers `refusal.code` with a page instead of
    JSON, as a proxy does; "cut short" leaves out the last byte of the JSON; "drop before" and "drop
    after" cut the connection without an answer, before or after the effect; "slow" answers right,
    `delay_s` after the effect.
    """

    kind: str
    method: str = ANY
    times: float = 1
    refusal: Refused | None = None
    delay_s: float = 0.0
    where: Callable[[Params], bool] = field(default=lambda _: True)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"a fault is one of {sorted(KINDS)}, not {self.kind!r}")

    def fits(self, method: str, params: Params) -> bool:
        return (
            self.times > 0 and self.method.lower() in {ANY, method.lower()} and self.where(params)
        )


class Faults:
    """What waits to happen; tests add from their thread, the server takes in its own."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> Fault:
        with self._lock:
            self.waiting.append(fault)
        return fault

    def take(self, method: str, params: Params) -> Fault | None:
        """The fault that strikes this call; it is used up by one."""
        with self._lock:
            found = next((fault for fault in self.waiting if fault.fits(method, params)), None)
            if found is not None:
                found.times -= 1
            self.waiting = [fault for fault in self.waiting if fault.times > 0]
        return found


@dataclass
class FloodLimits:
    """Telegram's documented limits (Bots FAQ), as sliding windows; shorten a window to test fast.

    Sending counts everywhere; editing counts towards the group's and the overall limit only.
    """

    per_chat: int = 1
    per_chat_s: float = 1.0
    per_group: int = 20
    per_group_s: float = 60.0
    overall: int = 30
    overall_s: float = 1.0
    clock: Callable[[], float] = time.monotonic
    _seen: dict[str, deque[float]] = field(default_factory=dict)

    def check(self, chat_id: int, *, is_group: bool, is_edit: bool) -> None:
        """Count one call.

        Raises:
            Refused: 429, when a window is full; then nothing is counted.
        """
        rules = [("all", self.overall, self.overall_s)]
        if is_group:
            rules.append((f"group {chat_id}", self.per_group, self.per_group_s))
        if not is_edit:
            rules.append((f"chat {chat_id}", self.per_chat, self.per_chat_s))
        now = self.clock()
        wait = max(self._wait(name, most, window, now) for name, most, window in rules)
        if wait > 0:
            raise too_many(math.ceil(wait))
        for name, _, _ in rules:
            self._seen[name].append(now)

    def _wait(self, name: str, most: int, window: float, now: float) -> float:
        seen = self._seen.setdefault(name, deque())
        while seen and seen[0] <= now - window:
            seen.popleft()
        return seen[0] + window - now if len(seen) >= most else 0.0
