"""Words read in terms of a pack, and its entries ranked for them: every way to take them needs it.

What a newcomer would get wrong: an aspect may be named without being asked for, and a place with
nothing beside it asks where to register there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.core.model.pack import Pack
from bot.core.model.question_type import QuestionType
from bot.core.model.understanding import Slot
from bot.core.model.vocabulary import ASPECT, PLACE, SERVICE
from bot.core.slices import pause
from bot.understanding.interpretation.odds import HALF, unasked
from bot.understanding.interpretation.views import View
from bot.understanding.lexicon.reader import LexiconReader, Reading
from bot.understanding.ranking.matcher import EntryMatcher
from bot.understanding.ranking.slot_match import slot_match_of
from bot.understanding.text.normalise import normalise
from bot.understanding.text.question_types import Odds, question_type

_STOPS = re.compile(r"[，。？！；：、,?!;:]+")
"""What no name reaches across; people put blanks anywhere."""
HARDLY_ANYTHING = 2
"""Characters left of a follow-up when slots and fillers are taken out (那, 换成)."""
_INSTEAD = ("改成", "换成", "改为", "换为", "变成", "改做", "换做")
_BESIDE_A_PLACE = 3
"""Characters beside a place that is still said alone: 我在…, …的呢."""
_NOTHING_ELSE, _LITTLE_ELSE = 0.6, 1.6
"""Information that a message may carry beside a place and still ask where to register there;
more of it where our subject is named."""
_ABOUT_PAPERS = (QuestionType.LIST, QuestionType.YES_NO, QuestionType.HOW_MANY)
"""What may be asked about the papers themselves."""
_HARDLY_ASKED = 0.2
"""Probability of these, and of no question, below which papers are only spoken of."""


class Interpreter:
    """Reads words and ranks entries. Built once for each pack version."""

    def __init__(self, pack: Pack, lexicon: LexiconReader, matcher: EntryMatcher) -> None:
        self.lexicon, self.matcher = lexicon, matcher
        self._subject, self._words = pack.subject, pack.vocabulary
        self.portal, self.idle = pack.vocabulary.portal, pack.vocabulary.idle
        self._values = {e.id: frozenset(e.slots.values()) for e in pack.entries.values()}
        self._own_places = pack.own_places
        self._with_details = frozenset(
            frozenset(entry.slots.items())
            for entry in pack.entries.values()
            if not entry.slots.keys().isdisjoint(pack.vocabulary.details)
        )
        self.told_apart = (PLACE, SERVICE, *pack.vocabulary.details)
        """The kinds of slots that say which of several things is talked about."""

    def read(self, text: str, utterance: str) -> Reading:
        """Read an utterance; no place reaches across a comma (人到新，港口… is not 新港)."""
        reading = self.lexicon.read(utterance)
        places = [slot.surface for slot in reading.slots if slot.kind == PLACE and slot.surface]
        clauses = [normalise(clause) for clause in _STOPS.split(text)] if places else []
        if all(any(place in clause for clause in clauses) for place in places):
            return reading
        is_whole = "".join(clauses) == utterance
        return self.lexicon.read(" ".join(clauses)) if is_whole else reading

    def without_mentions(self, reading: Reading, odds: Odds) -> Reading:
        """Papers are an object, not what is asked, where something else is asked for.

        表格交了由谁来看 asks who; only the types of `_ABOUT_PAPERS` can be about the papers.
        """
        if not odds or sum(odds[kind] for kind in _ABOUT_PAPERS) + unasked(odds) > _HARDLY_ASKED:
            return reading
        slots = tuple(s for s in reading.slots if s.value != self._words.materials)
        return replace(reading, slots=slots)

    def completed(self, reading: Reading, context: Mapping[str, str], text: str) -> Reading:
        """A place with nothing asked about it asks where to go there; 新港在哪里 does not."""
        kinds = {slot.kind for slot in reading.slots}
        if reading.is_from_elsewhere:
            return reading
        if PLACE not in kinds or kinds - {PLACE} or {ASPECT, SERVICE} & set(context):
            return reading
        if not self.is_about_us(reading) and (
            question_type(text) is not None or _beside(reading.text) > _BESIDE_A_PLACE
        ):
            return reading
        limit = _LITTLE_ELSE if self.is_ours(reading) else _NOTHING_ELSE
        besides = self.besides(reading)
        if len(reading.slots) > 1 and sum(map(len, besides)) > HARDLY_ANYTHING:
            return reading  # 新港办的能在老街用吗 asks about two places, not where in each
        if self.matcher.weight(besides) > limit or not self.matcher.knows(besides):
            return reading
        implied = Slot(ASPECT, (self._words.portal,), "")
        tokens = (*reading.bare_tokens, self._words.portal)
        return replace(reading, tokens=tokens, bare_tokens=tokens, slots=(*reading.slots, implied))

    def ranked(self, reading: Reading, slots: tuple[Slot, ...], odds: Odds) -> View:
        pause()
        unsaid = {slot.kind: (slot.value,) for slot in slots if slot.is_inherited}
        aspect = unsaid.get(ASPECT, ())
        kinds = (SERVICE, *self._words.details)
        whose = tuple(value for kind in kinds for value in unsaid.get(kind, ()))
        is_ours = self.is_ours(reading)
        query = self.matcher.query(
            reading.tokens,
            (*whose, *reading.tokens, *aspect),
            (*reading.bare_tokens, *aspect),
            slot_match_of(
                slots,
                self._words,
                is_ours=is_ours,
                beside=self.matcher.beside,
                told_apart=self._with_details,
            ),
            typed=reading.text,
            heard=" ".join((reading.heard, *reading.tokens)),
            odds=odds,
            is_ours=is_ours,
        )
        found = self.matcher.rank(query)
        if reading.told:
            found = tuple(c for c in found if reading.told.isdisjoint(self._values[c.entry]))
        return View(slots, reading.tokens, found)

    def slots_in(self, clause: str) -> Sequence[Slot]:
        return self.lexicon.read(normalise(clause)).slots

    def told_slots(self, clause: str) -> dict[str, str]:
        """The place and the service that a clause names."""
        named = [slot for slot in self.slots_in(clause) if slot.kind in self.told_apart]
        return {slot.kind: slot.value for slot in named if not slot.is_ambiguous}

    def is_ours(self, reading: Reading) -> bool:
        return self._subject is not None and self._subject in reading.tokens

    def is_about_us(self, reading: Reading) -> bool:
        """Whether our subject, a service, or what is done with either is named."""
        if self.is_ours(reading) or any(word in reading.tokens for word in self._words.idle):
            return True
        own = self._own_places
        return any(s.kind == SERVICE or s.value in own for s in reading.slots)

    def is_elliptic(self, reading: Reading) -> bool:
        """Names a registration or a place and says nothing about it (那退卡呢, 换成续借)."""
        besides = self.besides(reading)
        if sum(map(len, besides)) > HARDLY_ANYTHING or not self.matcher.knows(besides):
            return False
        return bool(reading.slots or self.is_ours(reading))

    def asks_about_something(self, reading: Reading) -> bool:
        """An aspect is asked for and neither a registration nor our subject named (要多久能批).

        Where to register is the same for all registrations.
        """
        said = {slot.kind: slot.value for slot in reading.slots}
        if SERVICE in said or self.is_ours(reading):
            return False
        return said.get(ASPECT, self._words.portal) != self._words.portal

    def says_something(self, reading: Reading, odds: Odds) -> bool:
        """More is said than that it is about the same: another aspect is asked than before."""
        is_asking = not reading.slots or unasked(odds) < HALF
        return is_asking and self.matcher.weight(self.besides(reading)) > _NOTHING_ELSE

    def besides(self, reading: Reading) -> list[str]:
        """What is said besides slots, fillers, our subject and that it is to be registered."""
        details = (slot.value for slot in reading.slots if slot.kind in self._words.details)
        idle = (self._subject, *self._words.idle, *_INSTEAD, *details)
        return [token for token in reading.bare_tokens if token not in idle]


def _beside(text: str) -> int:
    """Characters that are said beside the places."""
    return len(text.replace(" ", ""))
