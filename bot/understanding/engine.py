"""The `Understander`: normalise, read with the lexicon, inherit from context, rank.

Built once for each pack version; `understand` is pure and takes about a millisecond.  The ways to
take a question are in `bot.understanding.interpretation`; here they are tried, each only where
those before it leave a doubt.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache

from bot.core.model.entry import EntryKind
from bot.core.model.pack import Pack
from bot.core.model.question_type import QuestionType
from bot.core.model.session import Context
from bot.core.model.spans import day_of
from bot.core.model.understanding import Candidate, Thresholds, Understanding
from bot.core.model.update import cut
from bot.understanding import scoring
from bot.understanding.arrays.saved import NO_CACHE, TableCache
from bot.understanding.interpretation.background import Background
from bot.understanding.interpretation.follow_ups import FollowUps
from bot.understanding.interpretation.guesses import GUESS_DISCOUNT, Guesses
from bot.understanding.interpretation.interpreter import Interpreter
from bot.understanding.interpretation.messages import (
    Messages,
    Slots,
    as_said_here,
    carried,
    misses_slot,
    told_apart,
)
from bot.understanding.interpretation.odds import HALF
from bot.understanding.interpretation.stories import Stories
from bot.understanding.interpretation.talk import Talk, refers_back
from bot.understanding.interpretation.views import SURE, View
from bot.understanding.lexicon.reader import LexiconReader, Reading
from bot.understanding.ranking.matcher import BEST, EntryMatcher
from bot.understanding.text.dates import find_dates
from bot.understanding.text.letters import body
from bot.understanding.text.normalise import MAX_CHARACTERS, normalise
from bot.understanding.text.pinyin import syllables
from bot.understanding.text.question_types import Odds, is_turned, question_odds, question_type
from bot.understanding.text.signs import signs_in

_MAX_CLAUSES = 12
_MOST_GUESSED = 100
"""Characters of a message up to which its characters are guessed at."""
_MOST_HEARD, _MOST_SPELT = 6, 20
"""Characters and letters of a word on a card, 全部步骤 or quan bu bu zhou, and a few more."""
REMEMBERED = 512
"""Utterances whose understanding is kept in memory: many people type the same short question, and
an inline query comes again for each page. About 4 KiB each."""
_SHORT = 40
"""Characters up to which an utterance is likely to come again."""
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
class _Situation:
    """What counts beside the words of a question."""

    context: Slots
    topics: Topics
    today: date
    effort: _Effort
    heard: str
    """All that was said in this turn, and what was talked about before, in the matching form."""


@dataclass(frozen=True, slots=True)
class _Said:
    """One question as it was said."""

    text: str
    utterance: str
    odds: Odds
    reading: Reading
    context: Mapping[str, str]
    """The slots of the conversation that may fill what the words leave open."""


class PackUnderstander:
    """Understands utterances in terms of one pack."""

    def __init__(
        self, pack: Pack, model: scoring.Model | None = None, shelf: TableCache = NO_CACHE
    ) -> None:
        """What is worked out from the pack alone is taken from the shelf, and put there."""
        self._entries, self._guidance = pack.entries, pack.phrase("step_by_step")
        self._model = model = model or scoring.shipped()
        self._thresholds = Thresholds(
            model.answer_from, model.ask_from, model.ours_from, model.unnamed_from
        )
        lexicon = LexiconReader(pack, shelf)
        matcher = EntryMatcher(pack, lexicon, model, shelf)
        self._interpreter = Interpreter(pack, lexicon, matcher)
        self._follow_ups = FollowUps(pack, self._interpreter, self._thresholds)
        self._talk = Talk(pack, self._interpreter, self._thresholds)
        self._guesses = Guesses(pack, self._interpreter, self._thresholds, shelf)
        self._background = Background(self._interpreter, pack.vocabulary.asides)
        self._stories = Stories(pack, self._interpreter)
        self._messages = Messages(self._interpreter)
        own_first = reversed(tuple(pack.entries.values()))  # a pack's own before inherited ones
        self._signs = {
            sign: entry.id for entry in own_first for sign in signs_in("".join(entry.signs))
        }
        self._remembered = lru_cache(REMEMBERED)(self._understand)

    def understand(self, text: str, context: Context, now: datetime) -> Understanding:
        text, said = cut(text), tuple(context.slots_at(now).items())
        understand = self._remembered if len(text) <= _SHORT else self._understand
        return understand(text, said, context.topics_at(now), day_of(now))

    def _understand(self, text: str, context: Slots, topics: Topics, today: date) -> Understanding:
        """The words as a whole, and as several questions if they put several.

        What frames a letter is read by nobody, and stays in the text that is kept.
        """
        if (said := body(text)) != text:
            return replace(self._understand(said, context, topics, today), text=text)
        effort = _Effort(is_guessing=len(text) <= _MOST_GUESSED)
        situation = _Situation(context, topics, today, effort, self._heard(text, topics))
        whole = self._understand_one(text, situation)
        if len(text) > MAX_CHARACTERS or not self._is_about_something(whole):
            return whole
        parts = self._questions(text, situation, whole.ours)
        is_one = whole.candidates and whole.candidates[0].is_verbatim
        if is_one and any(part.candidates[0].score < SURE for part in parts):
            return whole  # a stored phrasing with a comma
        if self._answers_all(whole, parts):
            return whole
        return replace(whole, questions=parts) if parts else whole

    def _answers_all(self, whole: Understanding, parts: Sequence[Understanding]) -> bool:
        """Whether the entry of the whole message answers its parts better than one for each.

        It is the best of none of them, but clear for one and a candidate of every other: what
        tells them apart was said once, in another part.
        """
        entry = self._clear_entry(whole)
        if entry is None or not parts:
            return False
        scores = [{one.entry: one.score for one in part.candidates}.get(entry) for part in parts]
        is_best = any(part.candidates[0].entry == entry for part in parts)
        found = [score for score in scores if score is not None]
        return not is_best and len(found) == len(parts) and max(found) >= self._thresholds.answer

    def _heard(self, text: str, topics: Topics) -> str:
        """The words of a message and the titles of what was talked about before it."""
        known = [self._entries[topic] for topic in topics or () if topic in self._entries]
        return " ".join(map(normalise, (text, *(entry.title for entry in known))))

    def _is_about_something(self, whole: Understanding) -> bool:
        return whole.ours >= self._thresholds.ours

    def _questions(
        self, text: str, situation: _Situation, ours: float
    ) -> tuple[Understanding, ...]:
        """The questions of a message, in order; empty if there is one.

        Most of what commas keep apart is a story, so half of such questions have to be clear; one
        that is clear is as much our business as the message.  What is not clear beside a question
        for others is about their business too.
        """
        found = self._messages.split(text)
        if len(found.questions) < 2:
            return ()
        slots = dict(situation.context)
        for told in found.rest:
            slots |= self._interpreter.told_slots(told)
        within = replace(situation, context=tuple(slots.items()))
        said = self._in_turn(found.questions, within, situation.context)
        parts = told_apart(said, self._thresholds.answer, are_marked=found.are_marked)
        clear = [self._clear_entry(part) for part in parts]
        are_clear = [entry is not None for entry in clear]
        parts = tuple(
            replace(part, ours=max(part.ours, ours)) if is_clear else part
            for part, is_clear in zip(parts, are_clear, strict=True)
        )
        least = 1 if found.are_marked else (len(parts) + 1) // 2
        is_told = sum(are_clear) >= least and all(map(self._is_about_something, parts))
        is_told = is_told and (all(are_clear) or any(map(self._is_told_of, filter(None, clear))))
        is_whole = found.are_marked or all(are_clear) or not any(map(misses_slot, parts))
        return parts if is_told and is_whole and len(parts) > 1 else ()

    def _in_turn(
        self, texts: Sequence[str], situation: _Situation, before: Slots
    ) -> Sequence[Understanding]:
        """Each part understood with the slots of those before it, and with their topic.

        What was known before the message is all that an answer has to say it assumes.
        """
        found: list[Understanding] = []
        slots, topics = dict(situation.context), situation.topics
        share = situation.effort.shared(len(texts))
        for text in texts:
            here = replace(situation, context=tuple(slots.items()), topics=topics, effort=share)
            part = self._understand_one(text, here)
            slots |= carried(part, self._interpreter.told_apart)
            if (entry := self._clear_entry(part)) and not part.candidates[0].is_elsewhere:
                topics = (entry, *(topics or ()))
            found.append(as_said_here(part, before))
        return found

    def _clear_entry(self, part: Understanding) -> str | None:
        """The entry that a part is answered from, if it is clear and no small talk."""
        best = part.candidates[0] if part.candidates else None
        if best is None or best.score < self._thresholds.answer:
            return None
        is_talk = self._entries[best.entry].kind is EntryKind.SMALLTALK
        return None if is_talk else best.entry

    def _is_told_of(self, entry: str) -> bool:
        """Whether an entry tells something itself, and does not send to others."""
        return self._entries[entry].kind is not EntryKind.BOUNDARY

    def _understand_one(self, text: str, situation: _Situation) -> Understanding:
        """Understand one question, which may be what comes next in a conversation."""
        topics = situation.topics
        question = self._said(text, situation)
        if topics and (meant := self._for_another(question, topics)):
            return self._understanding(question, meant, 1.0, situation.today)
        said, whole = self._as_it_stands(question, situation.effort)
        view = self._with_doubts_tried(said, whole, situation.effort)
        view = self._stories.wished(said.text, said.reading.heard, view)
        view = self._stories.asked_beside(said.text, said.reading.heard, view)
        ours = self._ours(said, (whole, view), topics)
        is_ours = ours >= self._thresholds.ours and not said.reading.is_bare_rejection
        if topics is not None and is_ours and view.is_open(SURE):
            view = self._talk.within(topics, said.utterance, view, said.odds)
        view = view.answered_by(self._talk.instead(topics or (), view))
        return self._understanding(said, view, ours, situation.today)

    def _for_another(self, said: _Said, topics: tuple[str, ...]) -> View | None:
        """The last question with another value or place, if that is all that was said."""
        value = self._talk.other_value(topics, said.utterance, said.odds)
        return value or self._talk.other_place(topics, said.reading, said.odds)

    def _said(self, text: str, situation: _Situation) -> _Said:
        """A question read, as far as its words alone say what they ask."""
        utterance, odds = normalise(text), question_odds(text)
        interpreter, topics = self._interpreter, situation.topics
        reading = interpreter.without_mentions(self._background.read(text, utterance), odds)
        context = self._follow_ups.still_meant(dict(situation.context), topics, reading)
        if not (topics and odds.get(QuestionType.YES_NO, 0.0) > HALF):
            reading = interpreter.completed(reading, context, text)
        return _Said(text, utterance, odds, reading.within(situation.heard), context)

    def _as_it_stands(self, said: _Said, effort: _Effort) -> tuple[_Said, View]:
        """The words as a whole, with characters taken for others where that makes more sense."""
        view = self._follow_ups.view(said.reading, said.context, said.odds)
        if not effort.is_guessing or view.is_sure or said.reading.told:
            return said, view
        guessed = self._guesses.guessed(said.utterance, said.context)
        if guessed is None:
            return said, view
        guessed = guessed.within(said.reading.heard)
        other = self._follow_ups.view(guessed, said.context, said.odds)
        is_sensible = self._interpreter.is_about_us(said.reading) or not other.is_foreign
        if is_sensible and self._guesses.is_better(other, view):
            return replace(said, reading=guessed), other
        return said, view

    def _with_doubts_tried(self, said: _Said, view: View, effort: _Effort) -> View:
        """The view, or a better one of a clause, or of the stored wording said with a slip."""
        is_open = view.score < self._thresholds.answer and not view.is_verbatim
        if is_open and self._interpreter.is_about_us(said.reading):
            view = self._stories.best_part(
                said.text, said.reading.heard, view, said.odds, effort.clauses
            )
        if not view.is_sure and (meant := self._guesses.slipped(said.utterance, said.reading)):
            other = self._follow_ups.view(meant.within(said.reading.heard), said.context, said.odds)
            if self._guesses.is_better(other, view):
                return other.discounted(GUESS_DISCOUNT)
        return view

    def _ours(self, said: _Said, seen: tuple[View, View], topics: Topics) -> float:
        """The probability that the question is the pack's business, in either view."""
        if topics is not None and (
            refers_back(said.utterance)
            or self._talk.only_asks(seen[0], said.odds)
            or self._talk.is_other_case(said.utterance, seen[0], said.odds)
            or self._talk.goes_on(topics, said.utterance, seen[0])
        ):
            return 1.0
        views = seen[:1] if seen[0] is seen[1] else seen
        is_in_talk = topics is not None
        return max(
            [self._model.ours_score(v.candidates[:BEST], is_in_talk=is_in_talk) for v in views]
        )

    def _understanding(self, said: _Said, view: View, ours: float, today: date) -> Understanding:
        dates, undated = find_dates(said.text, today)
        return Understanding(
            text=said.text,
            utterance=said.utterance,
            tokens=view.tokens,
            slots=view.slots,
            candidates=view.candidates if said.utterance else self._meant_by_signs(said.text),
            thresholds=self._thresholds,
            reliability=self._model.reliability,
            asked=question_type(said.text),
            is_turned=is_turned(said.text),
            ours=ours,
            is_ours=self._interpreter.is_ours(said.reading),
            wants_guidance=self._guidance in view.tokens,
            is_rejection=said.reading.is_rejection,
            dates=dates,
            undated=normalise(undated) if dates else said.utterance,
            sound=_sound(said.utterance),
        )

    def _meant_by_signs(self, text: str) -> tuple[Candidate, ...]:
        """The entry of the first pictograph that is known, of a message that has no words."""
        known = [self._signs[sign] for sign in signs_in(text) if sign in self._signs]
        return (Candidate(known[0], 1.0, text, {"verbatim": 1.0}),) if known else ()


def _sound(utterance: str) -> str:
    """How something short sounds; who says more says more than a word on a card."""
    if len(utterance) > (_MOST_SPELT if utterance.isascii() else _MOST_HEARD):
        return ""
    return "".join(syllables(utterance.replace(" ", "")))
