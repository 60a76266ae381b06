"""Join what a client sent in pieces: an album of pictures, and a text that was too long.

Telegram delivers each piece as a message of its own, the next one perhaps only after the first was
acknowledged.  So each is answered and stored at once; only sending waits for a moment, in which a
later piece can replace the reply.  If the process dies in that moment, the reply is sent after all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from cachetools import FIFOCache

from bot.adapters.telegram.utf16 import MAX_TEXT, units
from bot.core.dialogue import commands
from bot.core.model.update import ConversationKey, Update

HOLD_S = 1.0
"""How long a reply to a piece waits for the next piece."""
APART = timedelta(seconds=2)
"""How far apart the pieces of a text are sent at most; dates are whole seconds."""
CUT_FROM = MAX_TEXT // 2
"""Units from which a text may be a piece: clients cut at the last good place that fits, if need be
well before `MAX_TEXT`.
"""
MOST_PIECES = 4
MOST_REMEMBERED = 1_000


@dataclass(eq=False)
class Piece:
    """A piece whose reply is held back; it is not sent if a later piece replaces it."""

    words: Update | None = None
    """The update with all pieces of a text so far; `None` for one of an album."""
    count: int = 1
    replaced: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_replaced(self) -> bool:
        return self.replaced.is_set()

    async def hold(self, sleep: Callable[[float], Awaitable[None]]) -> None:
        """Wait until the piece is replaced, or for `HOLD_S`."""
        waiting = [asyncio.ensure_future(sleep(HOLD_S)), asyncio.ensure_future(self._end())]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waiting:
                one.cancel()

    async def _end(self) -> None:
        await self.replaced.wait()


class Pieces:
    """The pieces of the last moments, in the memory of one process."""

    def __init__(self) -> None:
        self._texts: FIFOCache[ConversationKey, Piece] = FIFOCache(MOST_REMEMBERED)
        self._numbers: FIFOCache[ConversationKey, int] = FIFOCache(MOST_REMEMBERED)
        """The latest update that brought a long text; a copy of an earlier one begins nothing."""
        self._albums: FIFOCache[Hashable, Piece | None] = FIFOCache(MOST_REMEMBERED)
        """The piece without words whose refusal is held; `None` once the album has words."""

    def join(self, update: Update, number: int) -> tuple[Update, Piece | None]:
        """Return the words with the pieces before them; and a piece, if more may follow.

        `number` is that of the update, higher for a later one.
        """
        if number <= self._numbers.get(update.key, -1):
            return update, None
        before = self._texts.pop(update.key, None)
        is_cut = update.is_cut or units(update.text or "") >= CUT_FROM
        joined, count = update, 1
        if before is not None and before.words and _goes_on(before.words, update):
            before.replaced.set()
            joined, count = _joined(before.words, update), before.count + 1
        if not is_cut or count >= MOST_PIECES:
            return joined, None
        self._numbers[update.key] = number
        piece = self._texts[update.key] = Piece(joined, count)
        return joined, piece

    def hold(self, album: Hashable) -> Piece:
        """Note a piece of an album that has no words."""
        piece = self._albums.setdefault(album, Piece())
        if piece is None:
            piece = Piece()
            piece.replaced.set()
        return piece

    def answer(self, album: Hashable) -> None:
        """Note that a piece of the album has words: the others are refused no more."""
        if (piece := self._albums.get(album)) is not None:
            piece.replaced.set()
        self._albums[album] = None


def _goes_on(before: Update, update: Update) -> bool:
    return update.at - before.at <= APART and not commands.looks_like(update.text or "")


def _joined(before: Update, update: Update) -> Update:
    """Join two pieces; a client that had room left cut between words."""
    first, second = before.text or "", update.text or ""
    text = first + second if units(first) % MAX_TEXT == 0 else f"{first}\n{second}"
    return replace(update, text=text, quoted=before.quoted or update.quoted)
