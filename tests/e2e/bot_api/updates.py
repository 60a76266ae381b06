"""What waits for the bot, and what counts as received.

An update leaves the queue when `getUpdates` comes with a higher offset, or when the webhook
answers 2xx. A script (`deliver`) is a sequence of copies in any order; then a batch counts as
received when the next offset is one more than its last or its highest id.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from itertools import islice, takewhile
from typing import Any

ASKED_ONLY = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
Update = dict[str, Any]


class Updates:
    """Not safe for threads: the owner locks."""

    def __init__(self, first_id: int = 500_001) -> None:
        self.next_id = first_id
        self.pending: dict[int, Update] = {}
        self.script: list[Update] = []
        self.allowed: tuple[str, ...] = ()
        self.is_held = False
        self._shown: list[Update] = []
        self._on_the_way: Counter[int] = Counter()
        self._scripted: dict[int, Update] = {}

    def __len__(self) -> int:
        return len(self.pending) + len(self.script) + self._on_the_way.total()

    def allow(self, kinds: Iterable[str] | None) -> None:
        """None keeps what was set before; an empty list means the default."""
        if kinds is not None:
            self.allowed = tuple(kinds)

    def is_allowed(self, kind: str) -> bool:
        return kind in self.allowed if self.allowed else kind not in ASKED_ONLY

    def add(self, kind: str, payload: dict[str, Any]) -> Update | None:
        """The update, or None: the bot did not ask for this kind."""
        if not self.is_allowed(kind):
            return None
        update = {"update_id": self.next_id, kind: payload}
        self.pending[self.next_id] = update
        self.next_id += 1
        return update

    def shuffle(self, copies: tuple[int, int], seed: int) -> list[Update]:
        """Turn all that waits into a script: each update `copies` times, in any order."""
        dice = random.Random(seed)
        each = [update for update in self.pending.values() for _ in range(dice.randint(*copies))]
        dice.shuffle(each)
        self.pending.clear()
        self.script += each
        return each

    def acknowledge(self, offset: int) -> None:
        if self._shown:
            ids = [update["update_id"] for update in self._shown]
            if offset in {ids[-1] + 1, max(ids) + 1}:
                del self.script[: len(ids)]
            self._shown = []
        if offset < 0:
            self._keep_last(-offset)
        for update_id in list(islice(self._below(offset), len(self.pending))):
            del self.pending[update_id]

    def _below(self, offset: int) -> Iterable[int]:
        for update_id in self.pending:
            if update_id >= offset:
                return
            yield update_id

    def _keep_last(self, count: int) -> None:
        for update_id in list(self.pending)[:-count]:
            del self.pending[update_id]

    def batch(self, limit: int) -> list[Update]:
        if self.is_held:
            return []
        if self.script:
            self._shown = self.script[:limit]
            return self._shown
        return list(islice(self.pending.values(), limit))

    def after(self, update_id: int) -> list[Update]:
        """What waits and came after this one, oldest first."""
        newer = takewhile(lambda number: number > update_id, reversed(self.pending))
        return [self.pending[number] for number in newer][::-1]

    def take_script(self) -> list[Update]:
        """All copies of the script, to be delivered one by one and accepted."""
        taken, self.script = self.script, []
        self._on_the_way.update(update["update_id"] for update in taken)
        self._scripted |= {update["update_id"]: update for update in taken}
        return taken

    def accept(self, update: Update) -> None:
        """A webhook has answered for one copy."""
        number = update["update_id"]
        self._on_the_way[number] -= 1
        if self.pending.pop(number, None) or self._on_the_way[number] <= 0:
            del self._on_the_way[number]

    def take_back(self) -> None:
        """Copies that were taken and not accepted wait again."""
        self.script += [self._scripted[number] for number in self._on_the_way.elements()]
        self._on_the_way.clear()

    def clear(self) -> None:
        self.pending.clear()
        self.script.clear()
        self._on_the_way.clear()
        self._shown = []
