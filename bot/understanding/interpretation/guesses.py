"""What may have been meant where the words make no sense as they stand."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from itertools import chain

from bot.core.model.pack import Pack
from bot.core.model.understanding import Thresholds
from bot.core.model.vocabulary import PLACE
from bot.understanding.arrays.saved import TableCache
from bot.understanding.interpretation.interpreter import Interpreter
from bot.understanding.interpretation.views import View
from bot.understanding.lexicon.reader import Reading
from bot.understanding.lexicon.typos import TypoFinder

GUESS_DISCOUNT = 0.9
"""What a score loses when it rests on taking characters for others."""


class Guesses:
    """Takes characters for others. Built once for each pack version."""

    def __init__(
        self, pack: Pack, interpreter: Interpreter, thresholds: Thresholds, shelf: TableCache
    ) -> None:
        self._interpreter, self._thresholds, self._shelf = interpreter, thresholds, shelf
        self._asks = tuple(entry.ask for entry in pack.entries.values())

    @cached_property
    def _wordings(self) -> tuple[str, ...]:
        """Every wording of every entry; like the finder, made for the first slip."""
        return tuple(chain.from_iterable(self._asks))

    @cached_property
    def _slips(self) -> TypoFinder:
        """Built when the first utterance makes no sense."""
        owners = tuple(n for n, asks in enumerate(self._asks) for _ in asks)
        return self._shelf.kept(
            "typos",
            lambda: TypoFinder.of(self._wordings, owners),
            lambda saved: TypoFinder.restored(saved, owners),
        )

    def guessed(self, utterance: str, context: Mapping[str, str]) -> Reading | None:
        """A place that is only guessed asks for nothing among other words: 重亲回答."""
        guessed = self._interpreter.lexicon.guess(utterance)
        if guessed is None or (
            self._interpreter.besides(guessed) and not self._interpreter.is_ours(guessed)
        ):
            return guessed
        return self._interpreter.completed(guessed, context, utterance)

    def slipped(self, utterance: str, reading: Reading) -> Reading | None:
        """The stored wording that was said with a slip in it, if it names the same place."""
        found = self._slips.find(utterance, self._interpreter.lexicon.stray(utterance))
        if found is None:
            return None
        meant = self._interpreter.lexicon.read_phrase(self._wordings[found])
        places = [{s.values for s in r.slots if s.kind == PLACE} for r in (reading, meant)]
        return meant if places[0] == places[1] else None

    def is_better(self, guessed: View, plain: View) -> bool:
        """Whether a guess beats what the words say as they stand.

        It does if it scores more in spite of its discount, or if it names what the words leave
        open and would be answered.
        """
        is_fuller = guessed.is_complete and not plain.is_complete
        least = self._thresholds.answer if is_fuller else plain.score
        return guessed.score * GUESS_DISCOUNT > least
