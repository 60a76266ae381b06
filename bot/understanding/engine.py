"""The `Understander`: normalise, read with the lexicon, inherit from context, rank.

Built once for each pack version; `understand` is pure and takes well under a millisecond.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property, lru_cache
from itertools import pairwise

from bot.core.model.pack import EntryKind, Pack
from bot.core.model.question_type import QuestionType
from bot.core.model.session import Context
from bot.core.model.spans import day_of
from bot.core.model.understanding import Candidate, Slot, Thresholds, Understanding
from bot.core.model.update import cut
from bot.core.model.vocabulary import ASPECT, PLACE, SERVICE, SUBJECT
from bot.understanding import scoring
from bot.understanding.arrays.saved import NO_CACHE, TableCache
from bot.understanding.lexicon.reader import LexiconReader, Reading
from bot.understanding.lexicon.typos import TypoFinder
from bot.understanding.ranking.matcher import BEST, EntryMatcher
from bot.understanding.ranking.signals import MUCH
from bot.understanding.ranking.slot_match import slot_match_of
from bot.understanding.text.dates import find_dates
from bot.understanding.text.normalise import MAX_CHARACTERS, normalise
from bot.understanding.text.pinyin import syllables
from bot.understanding.text.question_types import Odds, is_turned, question_odds, question_type
from bot.understanding.text.questions import (
    Clause,
    Grouped,
    Part,
    clauses,
    grouped,
    halves,
    is_interrogative,
)
from bot.understanding.text.signs import signs_in

_CLAUSE_ENDS = re.compile(r"[，。？！；、,.?!;\s]+")
_STOPS = re.compile(r"[，。？！；：、,?!;:]+")
"""What no name reaches across; people put blanks anywhere."""
_HARDLY_ANYTHING = 2
"""Characters left of a follow-up when slots and fillers are taken out (那, 换成)."""
_INSTEAD = ("改成", "换成", "改为", "换为", "变成", "改做", "换做")
_BESIDE_A_PLACE = 3
"""Characters beside a place that is still said alone: 我在…, …的呢."""
_NOTHING_ELSE, _LITTLE_ELSE = 0.6, 1.6
"""Information that a message may carry beside a place and still ask where to register there;
more of it where our subject is named."""
_PLAIN_ENOUGH = 0.4
"""How plainly slots have to ask for an entry before they may stand for a whole question."""
_SURE = 0.9
"""Score from which nobody asks whether a character might be wrong."""
_GUESS_DISCOUNT = 0.9
"""What a score loses when it rests on taking characters for others."""
_FOREIGN = 0.2
"""Share of unknown words from which an utterance is not taken for a follow-up."""
_ABOUT_PAPERS = (QuestionType.LIST, QuestionType.YES_NO, QuestionType.HOW_MANY)
"""What may be asked about the papers themselves."""
_HARDLY_ASKED = 0.2
"""Probability of these, and of no question, below which papers are only spoken of."""
_CLAUSE_DISCOUNT = 0.95
"""What a score loses when it rests on a part of the words only."""
_HARDLY_A_WORD = 0.12
"""Share of a full sentence up to which words say nothing of their own: 那怎么办."""
_STORY_DISCOUNT = 0.8
"""The same for a part that asks nothing: what happened, and not what is wanted to be known."""
_ASKS_MUCH = frozenset(
    (
        QuestionType.HOW_LONG,
        QuestionType.WHEN,
        QuestionType.HOW_MANY,
        QuestionType.HOW_MUCH,
        QuestionType.WHERE,
        QuestionType.WHO,
    )
)
"""What few words ask whole: 多少钱, 在哪办."""
_TOPIC_DISCOUNT = 0.9
"""What a score loses when it rests on the topic of the conversation."""
_MAX_CLAUSES = 12
_MOST_GUESSED = 100
"""Characters of a message up to which its characters are guessed at."""
_MOST_HEARD, _MOST_SPELT = 6, 20
"""Characters and letters of a word on a card, 全部步骤 or quan bu bu zhou, and a few more."""
_BREATH = 18
"""Characters from which a clause without punctuation is listened to piece by piece."""
REMEMBERED = 512
"""Utterances whose understanding is kept in memory: many people type the same short question, and
an inline query comes again for each page. About 4 KiB each."""
_SHORT = 40
"""Characters up to which an utterance is likely to come again."""
_HALF = 0.5
"""Probability from which something is asked, or a type of question is meant."""
_NEXT_TO, _NEAR_BY = 4.0, 2.0
"""How many times as good the odds are of what is related to the last topic; and of what is related
to that, or to an earlier topic."""
_ANOTHER_TYPE, _SAYS_MUCH = 0.2, 0.5
"""What is left of the odds that the topic itself answers again if it has no answer of the type
asked for, and if the words say something of their own."""
_MUCH_SAID = 0.2
"""Share of a full sentence from which they do."""
_AND = "和"
_PAIR = 2
_PRONOUNS = re.compile("两者|二者|[它他她这那]俩|[这那]?两个|[这那](?:个|种|本|张|样|件|些)|[它其]")
Slots = tuple[tuple[str, str], ...]
Topics = tuple[str, ...] | None
"""The entries talked about, the latest first; `None` if nothing was talked about."""


@dataclass(frozen=True, slots=True)
class _Effort:
    """How much is tried to understand a text: all of a turn has to fit into some milliseconds."""

    is_guessing: bool
    clauses: int = _MAX_CLAUSES
    """Clauses up to which a story is ranked clause by clause."""

    def shared(self, among: int) -> _Effort:
        """The effort for each of several questions; neighbouring clauses are ranked as well."""
        return replace(self, clauses=(self.clauses - 1) // among)


@dataclass(frozen=True, slots=True)
class _View:
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

    def discounted(self, by: float) -> _View:
        candidates = tuple(replace(c, score=round(c.score * by, 4)) for c in self.candidates)
        return replace(self, candidates=candidates)

    def without(self, entries: Collection[str]) -> _View:
        """The view with some entries no longer in question."""
        left = tuple(c for c in self.candidates if c.entry not in entries)
        return replace(self, candidates=left)

    def lifted(self, times: Mapping[str, float]) -> _View:
        """The view with the odds of some entries so many times as good, in order again."""
        candidates = [
            replace(c, score=_better_odds(c.score, times.get(c.entry, 1.0)))
            for c in self.candidates
        ]
        return replace(self, candidates=tuple(sorted(candidates, key=lambda c: -c.score)))

    def answered_by(self, others: Mapping[str, str]) -> _View:
        """The view with some candidates in the place of others; each is there once."""
        found: dict[str, Candidate] = {}
        for candidate in self.candidates:
            entry = others.get(candidate.entry, candidate.entry)
            found.setdefault(entry, replace(candidate, entry=entry))
        return replace(self, candidates=tuple(found.values())[:BEST])

    def settled(self, answer: float) -> _View:
        """The view of an utterance that leans on the context, if the slots leave no doubt.

        Who names another place or registration wants the same for it, whatever else was said.
        """
        best = self.candidates[0] if self.candidates else None
        if best is None or best.signals["plain"] < _PLAIN_ENOUGH or best.score >= answer:
            return self
        return replace(self, candidates=(replace(best, score=answer), *self.candidates[1:]))

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
        return (self.score >= _SURE and self.is_complete) or self.is_verbatim

    @property
    def is_verbatim(self) -> bool:
        """A stored phrasing was said word for word."""
        return bool(self.candidates) and self.candidates[0].is_verbatim


class PackUnderstander:
    """Understands utterances in terms of one pack."""

    def __init__(
        self, pack: Pack, model: scoring.Model | None = None, shelf: TableCache = NO_CACHE
    ) -> None:
        """What is worked out from the pack alone is taken from the shelf, and put there."""
        self._lexicon, self._shelf = LexiconReader(pack, shelf), shelf
        self._subject, self._words = pack.subject, pack.vocabulary
        self._told_apart = (PLACE, SERVICE, *pack.vocabulary.details)
        self._inheritable = (*self._told_apart, ASPECT)
        self._own_places = pack.own_places
        self._entries = pack.entries
        self._boundaries = frozenset(
            entry.id for entry in pack.entries.values() if entry.kind is EntryKind.BOUNDARY
        )
        self._guidance = pack.phrase("step_by_step")
        self._model = model = model or scoring.shipped()
        self._thresholds = Thresholds(model.answer_from, model.ask_from, model.ours_from)
        self._matcher = EntryMatcher(pack, self._lexicon, model, shelf)
        asked = [(n, ask) for n, entry in enumerate(pack.entries.values()) for ask in entry.ask]
        self._wordings = tuple(ask for _, ask in asked)
        self._owners = tuple(number for number, _ in asked)
        self._signs = {
            sign: entry.id
            for entry in reversed(
                tuple(pack.entries.values())
            )  # a pack's own before inherited ones
            for sign in signs_in("".join(entry.signs))
        }
        self._remembered = lru_cache(REMEMBERED)(self._understand)

    @cached_property
    def _slips(self) -> TypoFinder:
        """Built when the first utterance makes no sense."""
        return self._shelf.kept(
            "typos",
            lambda: TypoFinder.of(self._wordings, self._owners),
            lambda saved: TypoFinder.restored(saved, self._owners),
        )

    def understand(self, text: str, context: Context, now: datetime) -> Understanding:
        text, said = cut(text), tuple(context.slots_at(now).items())
        understand = self._remembered if len(text) <= _SHORT else self._understand
        return understand(text, said, context.topics_at(now), day_of(now))

    def _understand(self, text: str, context: Slots, topics: Topics, today: date) -> Understanding:
        """The words as a whole, and as several questions if they put several."""
        effort = _Effort(is_guessing=len(text) <= _MOST_GUESSED)
        whole = self._understand_one(text, context, topics, today, effort)
        is_one = whole.candidates and whole.candidates[0].is_verbatim
        if is_one or len(text) > MAX_CHARACTERS or not self._is_about_something(whole):
            return whole
        parts = self._questions(text, context, topics, today, effort)
        return replace(whole, questions=parts) if parts else whole

    def _is_about_something(self, whole: Understanding) -> bool:
        return whole.ours >= self._thresholds.ours

    def _questions(
        self, text: str, context: Slots, topics: Topics, today: date, effort: _Effort
    ) -> tuple[Understanding, ...]:
        """The questions of a message, in order; empty if there is one.

        Most of what commas keep apart is a story, so every question has to be clear.
        """
        found = self._split(text)
        if len(found.questions) < 2:
            return ()
        slots = dict(context)
        for told in found.rest:
            slots |= self._told_slots(told)
        parts = self._in_turn(found.questions, tuple(slots.items()), topics, today, effort)
        clear = [part for part in parts if self._clear_entry(part)]
        are_ours = all(map(self._is_about_something, parts))
        is_told = len(clear) == len(parts) or (found.are_marked and clear and are_ours)
        return parts if is_told and len(set(map(_gist, parts))) == len(parts) else ()

    def _split(self, text: str) -> Grouped:
        """The clauses of a text put together to questions."""
        pieces = [piece for clause in clauses(text) for piece in self._joined(clause)]
        if len(pieces) < 2:
            return Grouped([text])
        return grouped([(piece, self._part_of(piece)) for piece in pieces])

    def _joined(self, clause: Clause) -> Sequence[Clause]:
        """The two questions that 和 or 还有 joins, or the clause as it is.

        初始注册和变更注册要什么材料 is one, about two things.
        """
        for first, second in halves(clause.text):
            forms = [is_interrogative(half) for half in (first, second)]
            kinds = [{slot.kind for slot in self._slots_in(half)} for half in (first, second)]
            if forms[0] or (not any(forms) and all({SERVICE, ASPECT} <= kind for kind in kinds)):
                return (Clause(first), replace(clause, text=second))
        return (clause,)

    def _part_of(self, clause: Clause) -> Part:
        """What a clause is: it asks if it is a question, or names an aspect and nothing else."""
        reading = self._lexicon.read(normalise(clause.text))
        if not (clause.is_asked or is_interrogative(clause.text)):
            is_named = any(slot.kind == ASPECT for slot in reading.slots)
            return Part.QUESTION if is_named and self._is_elliptic(reading) else Part.STORY
        is_little = self._matcher.weight(reading.tokens) < _HARDLY_A_WORD * MUCH
        if is_little and not reading.slots and question_type(clause.text) not in _ASKS_MUCH:
            return Part.LITTLE
        return Part.QUESTION

    def _slots_in(self, clause: str) -> Sequence[Slot]:
        return self._lexicon.read(normalise(clause)).slots

    def _told_slots(self, clause: str) -> dict[str, str]:
        """The place and the service that a clause names."""
        named = [slot for slot in self._slots_in(clause) if slot.kind in self._told_apart]
        return {slot.kind: slot.value for slot in named if not slot.is_ambiguous}

    def _in_turn(
        self,
        texts: Sequence[str],
        context: Slots,
        topics: Topics,
        today: date,
        effort: _Effort,
    ) -> tuple[Understanding, ...]:
        """Each part understood with the slots of those before it, and with their topic."""
        found: list[Understanding] = []
        slots = dict(context)
        share = effort.shared(len(texts))
        for text in texts:
            part = self._understand_one(text, tuple(slots.items()), topics, today, share)
            slots |= {k: v for k, v in part.plain_slots.items() if k in self._told_apart}
            if entry := self._clear_entry(part):
                topics = (entry, *(topics or ()))
            found.append(_as_said_here(part, context))
        return tuple(found)

    def _clear_entry(self, part: Understanding) -> str | None:
        """The entry that a part is answered from, if it is clear and no small talk."""
        best = part.candidates[0] if part.candidates else None
        if best is None or best.score < self._thresholds.answer:
            return None
        is_talk = self._entries[best.entry].kind is EntryKind.SMALLTALK
        return None if is_talk else best.entry

    def _understand_one(
        self, text: str, context: Slots, topics: Topics, today: date, effort: _Effort
    ) -> Understanding:
        """Understand one question, which may be what comes next in a conversation."""
        utterance = normalise(text)
        odds = question_odds(text)
        reading = self._without_mentions(self._read(text, utterance), odds)
        said = self._still_meant(dict(context), topics, reading)
        if not (topics and odds.get(QuestionType.YES_NO, 0.0) > _HALF):
            reading = self._completed(reading, said, text)
        view = self._view(reading, said, odds)
        is_guessing = effort.is_guessing and not view.is_sure
        if is_guessing and (guessed := self._guessed(utterance, said)):
            other = self._view(guessed, said, odds)
            is_sensible = self._is_about_us(reading) or not other.is_foreign
            if is_sensible and self._is_better(other, view):
                reading, view = guessed, other
        whole = view
        is_open = view.score < self._thresholds.answer and not view.is_verbatim
        if is_open and self._is_about_us(reading):
            view = self._by_clauses(text, view, odds, effort.clauses)
        if not view.is_sure and (meant := self._meant(utterance, reading)):
            other = self._view(meant, said, odds)
            if self._is_better(other, view):
                view = other.discounted(_GUESS_DISCOUNT)
        ours = max(
            self._model.ours_score(seen.candidates[:BEST], is_in_talk=topics is not None)
            for seen in (whole, view)
        )
        if topics is not None and (_refers_back(utterance) or self._only_asks(whole, odds)):
            ours = 1.0
        if (
            topics is not None
            and not reading.is_bare_rejection
            and ours >= self._thresholds.ours
            and view.is_open(_SURE)
        ):
            view = self._within(topics, utterance, view, odds)
        view = view.answered_by(self._instead(topics or (), view))
        dates, undated = find_dates(text, today)
        return Understanding(
            text=text,
            utterance=utterance,
            tokens=view.tokens,
            slots=view.slots,
            candidates=view.candidates if utterance else self._meant_by_signs(text),
            thresholds=self._thresholds,
            asked=question_type(text),
            is_turned=is_turned(text),
            ours=ours,
            is_ours=self._is_ours(reading),
            wants_guidance=self._guidance in view.tokens,
            is_rejection=reading.is_rejection,
            dates=dates,
            undated=normalise(undated) if dates else utterance,
            sound=_sound(utterance),
        )

    def _still_meant(
        self, context: Mapping[str, str], topics: Topics, reading: Reading
    ) -> Mapping[str, str]:
        """The slots of the conversation that count beside its topic.

        A service named before another matter came up (变更注册, then 原单位倒闭了) is meant no
        more, but where an aspect is asked for, which is one of some service.
        """
        entry = self._entries.get(topics[0]) if topics else None
        asks_aspect = any(slot.kind == ASPECT for slot in reading.slots)
        if entry is None or SERVICE in entry.slots or asks_aspect:
            return context
        if entry.slots.get(ASPECT, self._words.portal) != self._words.portal:
            return context
        return {kind: value for kind, value in context.items() if kind != SERVICE}

    def _read(self, text: str, utterance: str) -> Reading:
        """Read an utterance; no place reaches across a comma (…项目上，海南… is not 上海)."""
        reading = self._lexicon.read(utterance)
        places = [slot.surface for slot in reading.slots if slot.kind == PLACE and slot.surface]
        clauses = [normalise(clause) for clause in _STOPS.split(text)] if places else []
        if all(any(place in clause for clause in clauses) for place in places):
            return reading
        is_whole = "".join(clauses) == utterance
        return self._lexicon.read(" ".join(clauses)) if is_whole else reading

    def _meant_by_signs(self, text: str) -> tuple[Candidate, ...]:
        """The entry of the first pictograph that is known, of a message that has no words."""
        known = [self._signs[sign] for sign in signs_in(text) if sign in self._signs]
        return (Candidate(known[0], 1.0, text, {"verbatim": 1.0}),) if known else ()

    def _without_mentions(self, reading: Reading, odds: Odds) -> Reading:
        """Papers are an object, not what is asked, where something else is asked for.

        表格交了由谁来看 asks who; only the types of `_ABOUT_PAPERS` can be about the papers.
        """
        if not odds or sum(odds[kind] for kind in _ABOUT_PAPERS) + _unasked(odds) > _HARDLY_ASKED:
            return reading
        slots = tuple(s for s in reading.slots if s.value != self._words.materials)
        return replace(reading, slots=slots)

    def _guessed(self, utterance: str, context: Mapping[str, str]) -> Reading | None:
        """A place that is only guessed asks for nothing among other words: 重亲回答."""
        guessed = self._lexicon.guess(utterance)
        if guessed is None or (self._besides(guessed) and not self._is_ours(guessed)):
            return guessed
        return self._completed(guessed, context, utterance)

    def _is_better(self, guessed: _View, plain: _View) -> bool:
        """Whether a guess beats what the words say as they stand.

        It does if it scores more in spite of its discount, or if it names what the words leave
        open and would be answered.
        """
        is_fuller = guessed.is_complete and not plain.is_complete
        least = self._thresholds.answer if is_fuller else plain.score
        return guessed.score * _GUESS_DISCOUNT > least

    def _is_about_us(self, reading: Reading) -> bool:
        """Whether our subject, a service, or what is done with either (注册) is named."""
        named = {slot.kind for slot in reading.slots}
        is_idle = any(word in reading.tokens for word in self._words.idle)
        is_place = any(slot.value in self._own_places for slot in reading.slots)
        return self._is_ours(reading) or SERVICE in named or is_place or is_idle

    def _is_ours(self, reading: Reading) -> bool:
        return self._subject is not None and self._subject in reading.tokens

    def _completed(self, reading: Reading, context: Mapping[str, str], text: str) -> Reading:
        """A place with nothing asked about it asks where to register there; 东莞在哪里 does not."""
        kinds = {slot.kind for slot in reading.slots}
        if reading.is_from_elsewhere:
            return reading
        if PLACE not in kinds or kinds - {PLACE} or {ASPECT, SERVICE} & set(context):
            return reading
        if not self._is_about_us(reading) and (
            question_type(text) is not None or _beside(reading.text) > _BESIDE_A_PLACE
        ):
            return reading
        limit = _LITTLE_ELSE if self._is_ours(reading) else _NOTHING_ELSE
        besides = self._besides(reading)
        if len(reading.slots) > 1 and sum(map(len, besides)) > _HARDLY_ANYTHING:
            return reading  # 四川考的能在重庆注册吗 asks about two places, not where in each
        if self._matcher.weight(besides) > limit or not self._matcher.knows(besides):
            return reading
        implied = Slot(ASPECT, (self._words.portal,), "")
        tokens = (*reading.bare_tokens, self._words.portal)
        return replace(reading, tokens=tokens, bare_tokens=tokens, slots=(*reading.slots, implied))

    def _meant(self, utterance: str, reading: Reading) -> Reading | None:
        """The stored wording that was said with a slip in it, if it names the same place."""
        found = self._slips.find(utterance, self._lexicon.stray(utterance))
        if found is None:
            return None
        meant = self._lexicon.read_phrase(self._wordings[found])
        places = [{s.values for s in r.slots if s.kind == PLACE} for r in (reading, meant)]
        return meant if places[0] == places[1] else None

    def _view(self, reading: Reading, context: Mapping[str, str], odds: Odds) -> _View:
        """The words on their own, or with what they leave open filled from the context.

        The context is used only where the words alone do not make a complete question, and only
        if they make a better one with it.
        """
        alone = self._ranked(reading, reading.slots, odds)
        said = reading.slots if reading.tokens or reading.slots else None
        inherited = () if said is None else _inherited(said, context, self._inheritable)
        if not inherited:
            return alone
        is_elliptic = self._is_elliptic(reading)
        if is_elliptic:
            reading = _without_rest(reading)
        leans = reading.is_rejection or is_elliptic
        if alone.is_foreign and not leans:
            return alone
        is_clear = alone.score >= self._thresholds.answer and alone.is_complete
        leans = (
            leans
            or (reading.is_follow_up and not is_clear)
            or alone.is_aside(reading.slots)
            or (self._asks_about_something(reading) and SERVICE in context)
        )
        place = tuple(slot for slot in inherited if slot.kind == PLACE)
        if is_clear and not (leans or alone.is_assuming):
            placed = self._ranked(reading, (*reading.slots, *place), odds) if place else alone
            return placed if placed.score >= self._thresholds.answer else alone
        unasked = tuple(slot for slot in inherited if slot.kind != ASPECT)
        asks_itself = not (is_elliptic or reading.is_rejection) and (
            self._says_something(reading, odds)
        )
        options = dict.fromkeys((unasked, place) if asks_itself else (inherited, unasked, place))
        views = [self._ranked(reading, (*reading.slots, *more), odds) for more in options if more]
        if leans:
            views = [view.settled(self._thresholds.answer) for view in views]
        better = [v for v in views if v.is_complete and v.score >= self._thresholds.answer]
        if alone.score >= self._thresholds.answer and not leans:
            better = [v for v in better if self._matcher.is_same_topic(v.first, alone.first)]
        if not better and leans:
            least = max(0.0 if is_elliptic else alone.score, self._thresholds.ask)
            better = [v for v in views if v.score >= least]
        if better:
            return max(better, key=lambda view: view.score)
        is_about_us = leans or alone.score >= self._thresholds.ask
        return self._ranked(reading, (*reading.slots, *place), odds) if is_about_us else alone

    def _within(self, topics: tuple[str, ...], utterance: str, alone: _View, odds: Odds) -> _View:
        """The words as what comes next about the topics.

        What is near the topics is likelier meant, a little where the words name a service
        themselves; words that say nothing of their own are about the last one.
        """
        own = {slot.kind for slot in alone.slots if not slot.is_inherited}
        is_bare, most = not own, _NEAR_BY if SERVICE in own else _NEXT_TO
        view = alone.lifted({e: min(most, n) for e, n in self._near(topics).items()})
        if is_bare and _chooses(odds):
            between = self._between(topics, utterance, odds)
            if between and between.score >= self._thresholds.answer:
                return between
        says_nothing = is_bare and (
            alone.signal("weight") < _HARDLY_A_WORD
            or (_refers_back(utterance) and _unasked(odds) > _HALF)
        )
        if view.score >= self._thresholds.answer and view.is_complete and not says_nothing:
            return view
        about = self._about(topics[0], utterance, alone, odds)
        if about is None or (about.first == topics[0] and says_nothing):
            return about or view
        if not says_nothing:
            about = about.lifted({topics[0]: self._again(topics[0], alone, odds)})
        return about if about.score > view.score else view

    def _only_asks(self, view: _View, odds: Odds) -> bool:
        """Whether something is asked and nothing said of what it is about (那怎么办)."""
        return _unasked(odds) < _HALF and view.signal("weight") < _HARDLY_A_WORD

    def _again(self, topic: str, alone: _View, odds: Odds) -> float:
        """How much of the odds is left that the topic itself answers again."""
        kinds = self._entries[topic].answers if topic in self._entries else ()
        fitting = sum(odds.get(kind, 0.0) for kind in kinds) + _unasked(odds)
        left = _ANOTHER_TYPE if kinds and fitting < _HALF else 1.0
        return left * (_SAYS_MUCH if alone.signal("weight") >= _MUCH_SAID else 1.0)

    def _between(self, topics: Iterable[str], utterance: str, odds: Odds) -> _View | None:
        """The words as a question about the services that were talked about (两者有啥不同)."""
        entries = [self._entries[topic] for topic in topics if topic in self._entries]
        services = dict.fromkeys(e.slots[SERVICE] for e in entries if SERVICE in e.slots)
        if len(services) < _PAIR:
            return None
        named = _AND.join(list(services)[:_PAIR])
        reading = self._lexicon.read(normalise(named) + utterance)
        view = self._ranked(reading, reading.slots, odds).discounted(_TOPIC_DISCOUNT)
        return replace(view, slots=())

    def _instead(self, topics: Iterable[str], view: _View) -> Mapping[str, str]:
        """Which entries answer in the place of others after what was talked about.

        None of another service than the one that the words name.
        """
        known = [self._entries[topic] for topic in topics if topic in self._entries]
        found = {asked: other for e in reversed(known) for asked, other in e.afterwards.items()}
        named = {slot.value for slot in view.slots if slot.kind == SERVICE and slot.surface}
        services = {other: self._entries[other].slots.get(SERVICE) for other in found.values()}
        return {a: o for a, o in found.items() if not named or services[o] in (None, *named)}

    def _about(self, topic: str, utterance: str, alone: _View, odds: Odds) -> _View | None:
        """The words read together with the title of the topic, or the subject if there is none."""
        entry = self._entries.get(topic)
        lead = entry.title if entry else self._subject
        if not lead:
            return None
        reading = self._lexicon.read(normalise(lead) + utterance)
        own = {slot.kind for slot in alone.slots if not slot.is_inherited}
        slots = (
            *(slot for slot in alone.slots if not slot.is_inherited),
            *(
                replace(slot, is_inherited=bool(entry))
                for slot in reading.slots
                if slot.kind not in own and slot.kind != SUBJECT
            ),
        )
        view = self._ranked(reading, slots, odds).discounted(_TOPIC_DISCOUNT)
        is_unfit = view.signal("conflict") or view.signal("elsewhere")
        if is_unfit or not view.is_complete or view.score < self._thresholds.ask:
            return None
        return view

    def _near(self, topics: Iterable[str]) -> Mapping[str, float]:
        """How much likelier entries are meant because they are near what was talked about."""
        found: dict[str, float] = {}
        for number, topic in enumerate(topics):
            beside = self._beside.get(topic, frozenset())
            found |= dict.fromkeys(beside - found.keys(), _NEAR_BY if number else _NEXT_TO)
            if not number:
                further = {e for one in beside for e in self._beside[one]}
                found |= dict.fromkeys(further - found.keys(), _NEAR_BY)
        return {entry: times for entry, times in found.items() if entry not in set(topics)}

    @cached_property
    def _beside(self) -> Mapping[str, frozenset[str]]:
        """The entries that are related to each, in either direction."""
        found: dict[str, set[str]] = {}
        for entry in self._entries.values():
            for other in entry.related:
                found.setdefault(entry.id, set()).add(other)
                found.setdefault(other, set()).add(entry.id)
        return {entry: frozenset(others) for entry, others in found.items()}

    def _asks_about_something(self, reading: Reading) -> bool:
        """An aspect is asked for and neither a registration nor our subject named (要多久能批).

        Where to register is the same for all registrations.
        """
        said = {slot.kind: slot.value for slot in reading.slots}
        if SERVICE in said or self._is_ours(reading):
            return False
        return said.get(ASPECT, self._words.portal) != self._words.portal

    def _is_elliptic(self, reading: Reading) -> bool:
        """Names a registration or a place and says nothing about it (那增项呢, 换成延续)."""
        besides = self._besides(reading)
        if sum(map(len, besides)) > _HARDLY_ANYTHING or not self._matcher.knows(besides):
            return False
        return bool(reading.slots or self._is_ours(reading))

    def _says_something(self, reading: Reading, odds: Odds) -> bool:
        """More is said than that it is about the same: another aspect is asked than before."""
        is_asking = not reading.slots or _unasked(odds) < _HALF
        return is_asking and self._matcher.weight(self._besides(reading)) > _NOTHING_ELSE

    def _besides(self, reading: Reading) -> list[str]:
        """What is said besides slots, fillers, our subject and that it is to be registered."""
        idle = (self._subject, *self._words.idle, *_INSTEAD)
        return [token for token in reading.bare_tokens if token not in idle]

    def _ranked(self, reading: Reading, slots: tuple[Slot, ...], odds: Odds) -> _View:
        unsaid = {slot.kind: (slot.value,) for slot in slots if slot.is_inherited}
        aspect = unsaid.get(ASPECT, ())
        kinds = (SERVICE, *self._words.details)
        whose = tuple(value for kind in kinds for value in unsaid.get(kind, ()))
        is_ours = self._is_ours(reading)
        query = self._matcher.query(
            reading.tokens,
            (*whose, *reading.tokens, *aspect),
            (*reading.bare_tokens, *aspect),
            slot_match_of(slots, self._words, is_ours=is_ours, beside=self._matcher.beside),
            typed=reading.text,
            odds=odds,
            is_ours=is_ours,
        )
        return _View(slots, query.tokens, self._matcher.rank(query))

    def _by_clauses(self, text: str, whole: _View, odds: Odds, most: int) -> _View:
        """A story is often one telling clause among many: the best clause may decide.

        The slots are those of the whole, so that a province named at the start still counts.
        """
        clauses = [
            stretch
            for clause in _CLAUSE_ENDS.split(text[:MAX_CHARACTERS])
            for stretch in _stretches(clause)
        ]
        if not 2 <= len(clauses) <= most:
            return whole
        pairs = [a + b for a, b in pairwise(clauses)] if len(clauses) > 2 else []
        asks = is_interrogative if any(map(is_interrogative, clauses)) else question_type
        views = [self._part(p, whole, odds, is_asked=bool(asks(p))) for p in (*clauses, *pairs)]
        telling = [view for view in views if self._tells(view)]
        best = max(telling, key=lambda view: view.score, default=whole)
        return best if best.score > whole.score else whole

    def _tells(self, view: _View) -> bool:
        """Whether a clause may decide: it says something, and is no greeting before a question."""
        is_remark = view.first and self._entries[view.first].kind is EntryKind.SMALLTALK
        return not is_remark and view.signal("weight") >= _HARDLY_A_WORD

    def _part(self, part: str, whole: _View, odds: Odds, *, is_asked: bool) -> _View:
        """A clause ranked; what happened (我被拖欠工资) is nobody else's business to be sent to."""
        view = self._ranked(self._lexicon.read(normalise(part)), whole.slots, odds)
        if is_asked:
            view = view.discounted(_CLAUSE_DISCOUNT)
        else:
            view = view.without(self._boundaries).discounted(_STORY_DISCOUNT)
        return replace(view, slots=whole.slots, tokens=whole.tokens)


def _as_said_here(part: Understanding, context: Slots) -> Understanding:
    """The part with what the message itself told before it no longer taken from the context."""
    slots = tuple(
        slot if (slot.kind, slot.value) in context else replace(slot, is_inherited=False)
        for slot in part.slots
    )
    return replace(part, slots=slots)


def _gist(part: Understanding) -> tuple[str | None, ...]:
    """What a question must differ in from the others of its message; a way and its steps do not."""
    slots = part.plain_slots
    if part.asked is QuestionType.LIST and not part.of(ASPECT):
        return (slots.get(SERVICE), QuestionType.LIST)
    return (part.candidates[0].entry if part.candidates else None,)


def _better_odds(probability: float, times: float) -> float:
    odds = probability * times
    return round(odds / (odds + 1 - probability), 4)


def _refers_back(utterance: str) -> bool:
    """Whether it speaks of something by a pronoun, which only the conversation can explain."""
    return _PRONOUNS.search(utterance) is not None


def _chooses(odds: Odds) -> bool:
    """Whether it asks which of two, or how they differ."""
    return odds.get(QuestionType.WHICH, 0.0) + odds.get(QuestionType.DIFFERENCE, 0.0) > _HALF


def _unasked(odds: Odds) -> float:
    """The probability that nothing is asked."""
    return 1.0 - sum(odds.values())


def _beside(text: str) -> int:
    """Characters that are said beside the places."""
    return len(text.replace(" ", ""))


def _sound(utterance: str) -> str:
    """How something short sounds; who says more says more than a word on a card."""
    if len(utterance) > (_MOST_SPELT if utterance.isascii() else _MOST_HEARD):
        return ""
    return "".join(syllables(utterance.replace(" ", "")))


def _stretches(clause: str) -> Iterator[str]:
    """A clause as it is, or one spoken without a pause in overlapping stretches."""
    if len(clause) < _BREATH:
        yield from (clause,) if clause else ()
        return
    step = _BREATH // 2
    for start in range(0, len(clause) - step, step):
        yield clause[start : start + _BREATH]


def _without_rest(reading: Reading) -> Reading:
    """Only the words of the slots: whatever else was said is no more than 那 or 换成."""
    words = tuple(slot.value for slot in reading.slots if slot.kind == SERVICE)
    aspects = tuple(slot.value for slot in reading.slots if slot.kind == ASPECT)
    return replace(reading, tokens=words + aspects, bare_tokens=aspects)


def _inherited(
    own: Iterable[Slot], context: Mapping[str, str], kinds: Iterable[str]
) -> tuple[Slot, ...]:
    """What the context adds to the slots that were said."""
    said = {slot.kind for slot in own}
    if SUBJECT in said:
        return ()
    return tuple(
        Slot(kind, (context[kind],), "", is_inherited=True)
        for kind in kinds
        if kind in context and kind not in said
    )
