"""Remember how messages read last, for edits that bring back words which were answered before.

What a newcomer would get wrong: that the same words of a message are answered once is not decided
here but by their name in the store.  This only finds the one case in which they are news again: the
message read differently in between.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import timedelta

from cachetools import FIFOCache

EDITABLE_FOR = timedelta(hours=48)
"""How long people can edit their messages; what seems to be an edit of an older one is a reaction
(tdlib/telegram-bot-api#773, read 2026-11).  Administrators of a channel can for longer."""
MOST_MESSAGES = 10_000


@dataclass(frozen=True, slots=True)
class _Wording:
    number: int
    """The update that brought it."""
    words: str | None


class Wordings:
    """The latest wording of each message that this process was the first to answer.

    What was answered before, as by a process that was killed, is not news when it comes again.
    """

    def __init__(self) -> None:
        self._latest: FIFOCache[Hashable, _Wording] = FIFOCache(MOST_MESSAGES)

    def is_back(self, message: Hashable, number: int, words: str | None) -> bool:
        """Return whether a later update brings words that differ from the latest."""
        latest = self._latest.get(message)
        return latest is not None and number > latest.number and latest.words != words

    def note(self, message: Hashable, number: int, words: str | None) -> None:
        """Note the wording that an update brought and that was answered."""
        latest = self._latest.get(message)
        if latest is None or number > latest.number:
            self._latest[message] = _Wording(number, words)
