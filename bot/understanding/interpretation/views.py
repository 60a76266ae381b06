"""One way to take an utterance: with these slots, these entries may be meant, best first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.core.model.understanding import Candidate, Slot
from bot.core.model.vocabulary import PLACE, SERVICE
from bot.understanding.ranking.matcher import BEST

_PLAIN_ENOUGH = 0.4
"""How plainly slots have to ask for an entry before they may stand for a whole question."""
SURE = 0.9
"""Score from which nobody asks whether a character might be wrong."""
_FOREIGN = 0.2
"""Share of unknown words from which an utterance is not taken for a follow-up."""
HARDLY_A_WORD = 0.12
"""Share of a full sentence up to which words say nothing of their own: 那怎么办."""


@dataclass(frozen=True, slots=True)
class View:
    """One way to take an utterance: with these slots, these entries may be meant."""

    slots: tuple[Slot, ...]
    tokens: tuple[str, ...]
    candidates: tuple[Candidate, ...]

    @property
    def score(self) -> float:
        return self.candidates[0].score if self.candidates else 0.0

    def is_aside(self, said: Iterable[Slot]) -> bool:
        """A place or a registration was named, and the best candidate makes nothing of it."""
        named = {slot.kind for slot in said} & {PLACE, SERVICE}
        return bool(named and self.candidates) and not self.candidates[0].signals["filled"]

    def signal(self, name: str) -> float:
        """A signal of the best candidate; 0 if there is none."""
        return self.candidates[0].signals[name] if self.candidates else 0.0

    @property
    def first(self) -> str | None:
        return self.candidates[0].entry if self.candidates else None

    @property
    def is_assuming(self) -> bool:
        """The best candidate has slots that the words imply at most."""
        return bool(self.candidates) and 0 < self.candidates[0].signals["filled"] < 1

    @property
    def is_foreign(self) -> bool:
        """Much of what is said are words that the pack does not have."""
        return bool(self.candidates) and self.candidates[0].signals["foreign"] > _FOREIGN

    def discounted(self, by: float) -> View:
        return self._with([_rated(c, round(c.score * by, 4)) for c in self.candidates])

    def _with(self, candidates: Sequence[Candidate]) -> View:
        return View(self.slots, self.tokens, tuple(candidates))

    def without(self, entries: Collection[str]) -> View:
        """The view with some entries no longer in question."""
        return self._with([c for c in self.candidates if c.entry not in entries])

    def led_by(self, entry: str) -> View:
        """The view with an entry in front that was behind, as likely as the first was."""
        led = [_rated(c, self.score) for c in self.candidates if c.entry == entry]
        return self._with((*led, *(c for c in self.candidates if c.entry != entry)))

    def touching(self, entries: Collection[str]) -> View:
        """The view in which only these entries have words for what the first leaves unsaid."""
        first, others = self.candidates[:1], self.candidates[1:]
        silent = [c if c.entry in entries else _silent(c) for c in others]
        return self._with((*first, *silent))

    def lifted(self, times: Mapping[str, float]) -> View:
        """The view with the odds of some entries so many times as good, in order again."""
        candidates = [
            _rated(c, better_odds(c.score, times.get(c.entry, 1.0))) for c in self.candidates
        ]
        return self._with(sorted(candidates, key=lambda c: -c.score))

    def answered_by(self, others: Mapping[str, str]) -> View:
        """The view with some candidates in the place of others; each is there once."""
        if not others:
            return self._with(self.candidates[:BEST])
        found: dict[str, Candidate] = {}
        for candidate in self.candidates:
            entry = others.get(candidate.entry, candidate.entry)
            is_same = entry == candidate.entry
            found.setdefault(entry, candidate if is_same else replace(candidate, entry=entry))
        return self._with([*found.values()][:BEST])

    def settled(self, answer: float) -> View:
        """The view of an utterance that leans on the context, if the slots leave no doubt.

        Who names another place or registration wants the same for it, whatever else was said.
        """
        best = self.candidates[0] if self.candidates else None
        if best is None or best.signals["plain"] < _PLAIN_ENOUGH or best.score >= answer:
            return self
        return self._with((_rated(best, answer), *self.candidates[1:]))

    @property
    def is_complete(self) -> bool:
        return bool(self.candidates) and not self.candidates[0].signals["missing"]

    def is_open(self, answer: float) -> bool:
        """The words alone do not say what is meant: they leave it to the conversation, or to us."""
        is_leaning = any(slot.is_inherited for slot in self.slots)
        return is_leaning or self.score < answer or not self.is_complete

    @property
    def is_sure(self) -> bool:
        """Nobody would ask whether a character of it might be wrong."""
        return (self.score >= SURE and self.is_complete) or self.is_verbatim

    @property
    def is_verbatim(self) -> bool:
        """A stored phrasing was said word for word."""
        return bool(self.candidates) and self.candidates[0].is_verbatim


def _rated(candidate: Candidate, score: float) -> Candidate:
    """The candidate with another score; `dataclasses.replace` takes five times as long."""
    return Candidate(candidate.entry, score, candidate.phrase, candidate.signals)


def _silent(candidate: Candidate) -> Candidate:
    return replace(candidate, signals={**candidate.signals, "beyond": 0.0})


def better_odds(probability: float, times: float) -> float:
    odds = probability * times
    return round(odds / (odds + 1 - probability), 4)
