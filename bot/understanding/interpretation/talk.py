"""Words as what comes next in a conversation about some entries, its topics, the latest first."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from bot.core.model.entry import EntryKind
from bot.core.model.pack import Pack
from bot.core.model.understanding import Slot, Thresholds
from bot.core.model.vocabulary import PLACE, SERVICE, SUBJECT
from bot.understanding.interpretation.follow_ups import tells_a_state
from bot.understanding.interpretation.interpreter import Interpreter
from bot.understanding.interpretation.odds import HALF, asks_much, chooses, unasked
from bot.understanding.interpretation.values import value_of, with_value
from bot.understanding.interpretation.views import HARDLY_A_WORD, View
from bot.understanding.lexicon.reader import Reading
from bot.understanding.text.normalise import normalise
from bot.understanding.text.question_types import Odds

_TOPIC_DISCOUNT = 0.9
"""What a score loses when it rests on the topic of the conversation."""
_NEXT_TO, _NEAR_BY = 4.0, 2.0
"""How many times as good the odds are of what is related to the last topic; and of what is related
to that, or to an earlier topic."""
_ANOTHER_TYPE, _SAYS_MUCH = 0.2, 0.5
"""What is left of the odds that the topic itself answers again if it has no answer of the type
asked for, and if the words say something of their own."""
_MUCH_SAID = 0.2
"""Share of a full sentence from which they do."""
_TELLS, _KNOWN = 0.4, 0.8
"""Probability that nothing is asked from which words may only tell what is otherwise (我过期了呢),
and the share of them from which an entry knows what that is."""
_AS_LIKELY = 0.8
"""Share of the best score from which a question with another value may be one beside the topic."""
_SHORT, _EVERYDAY, _NOTHING_FITS = 0.3, -1.5, 0.2
"""What words that name nothing of ours may be and still be what comes next: the share of a full
sentence that they say at most, the signal `likelihood` that they have at least (我要买房 has −0.9
and 股票怎么样 −2.8, so a sign of going on is needed too), and the score below which nothing fits.
"""
_ITS_OWN = 0.4
"""Share of the longer words from which what is said are words of the topic's own answer."""
_OPEN = (SERVICE, PLACE)
"""Kinds of slots that words of a conversation often leave open."""
_AND = "和"
_PAIR = 2
_GOES_ON = re.compile(
    r"一样(?:的?[吗么嘛不]|的?呢)?$|也(?:是|一样|这[么样]|算|包括)[^，,]{0,3}$|同样|(?<!了)呢$"
)
_COMPARES = re.compile(r"[早晚多少快慢轻重大小高低长短]一?[点些]的?[吗么呢嘛]?$")
"""Words that put something in the place of what was said, and such as compare with it."""
_WHO_IS_THERE = re.compile(
    r"(?:那边|这边|那里|那家|这家)?的?(?:[总分子母]?公司|分部|总部|企业|单位|项目部?)?的?"
    r"(?:人|员工|同事|朋友)?"
)
"""All that may be said of a place when it is put in the place of another."""
_PRONOUNS = re.compile("两者|二者|[它他她这那]俩|[这那]?两个|[这那](?:个|种|本|张|样|件|些)|[它其]")

Family = frozenset[tuple[str, str]] | str
"""The slots that entries have in common, or the one entry that is not of any family."""


class Talk:
    """Knows which entries lie near each other. Built once for each pack version."""

    def __init__(self, pack: Pack, interpreter: Interpreter, thresholds: Thresholds) -> None:
        self._interpreter, self._thresholds = interpreter, thresholds
        self._entries, self._subject = pack.entries, pack.subject

    def within(self, topics: tuple[str, ...], utterance: str, alone: View, odds: Odds) -> View:
        """The words as what comes next about the topics.

        What is near the topics is likelier meant, a little where the words name a service
        themselves; words that say nothing of their own are about the last one.
        """
        own = {slot.kind for slot in alone.slots if not slot.is_inherited}
        is_bare, most = not own, _NEAR_BY if SERVICE in own else _NEXT_TO
        view = alone.lifted({e: min(most, n) for e, n in self._near(topics).items()})
        if is_bare and chooses(odds):
            between = self._between(topics, utterance, odds)
            if between and between.score >= self._thresholds.answer:
                return between
        is_clear = view.score >= self._thresholds.answer and view.is_complete
        is_little = alone.signal("weight") < HARDLY_A_WORD
        is_little = is_little and not self.is_other_case(utterance, alone, odds)
        says_nothing = is_bare and (is_little or (refers_back(utterance) and unasked(odds) > HALF))
        is_answer = is_bare and not topics[0] and unasked(odds) > HALF
        if is_clear and not (says_nothing or is_answer):
            if is_bare and asks_much(odds) and self._fits_several(topics, alone):
                return self._of_the_last(topics[0], utterance, alone, odds) or view
            return self._narrowed(topics, utterance, view, odds) or view
        about = self._about(topics[0], utterance, alone, odds)
        says_nothing = says_nothing and not asks_much(odds)
        if about is None or (about.first == topics[0] and says_nothing):
            return about or view
        if self._is_doubtful(topics, utterance, alone):
            about = about.discounted(_SAYS_MUCH)
        elif not says_nothing:
            again = self._again(topics[0], utterance, alone, odds)
            about = about.lifted({topics[0]: again})
        return about if about.score > view.score else view

    def goes_on(self, topics: Sequence[str], utterance: str, alone: View) -> bool:
        """Whether few words that nothing fits go on about the topic, and change no subject.

        They have the form of it (白天晚上一样吗), or the answer before has their words (罚款多少).
        """
        if alone.signal("weight") > _SHORT or alone.signal("likelihood") < _EVERYDAY:
            return False
        if _GOES_ON.search(utterance):
            return True
        if self._is_strange(topics[0], utterance, alone):
            return False
        return bool(_COMPARES.search(utterance)) or self._is_of_its_words(topics[0], alone)

    def _is_doubtful(self, topics: Sequence[str], utterance: str, alone: View) -> bool:
        """Whether words go on about the topic and name what is unknown, so nothing is surely said.

        旺季也是吗 is met with what is nearest at most.
        """
        is_of_talk = self.goes_on(topics, utterance, alone)
        return is_of_talk and self._is_strange(topics[0], utterance, alone)

    def _is_of_its_words(self, topic: str, alone: View) -> bool:
        """Whether the answer to the last question has much of what is said now."""
        found = next((c for c in alone.candidates if c.entry == topic), None)
        return found is not None and found.signals["text"] >= _ITS_OWN

    def _is_strange(self, topic: str, utterance: str, alone: View) -> bool:
        """Whether words were said that neither the pack has nor the answer before."""
        facts = self._entries[topic].all_facts if topic in self._entries else ()
        compared = _COMPARES.search(utterance)
        told = "".join([*(fact.text for fact in facts), compared[0] if compared else ""])
        return any(word not in told for word in self._interpreter.matcher.unknown(alone.tokens))

    def _fits_several(self, topics: Sequence[str], alone: View) -> bool:
        """Whether what is asked may be asked of several things, none of them near the topics.

        从哪天算起 fits each of what has a beginning, and alone the one that most ask about.
        """
        if len(alone.candidates) < _PAIR or alone.is_verbatim:
            return False
        best, second = alone.candidates[:_PAIR]
        beside = {*self._near(topics), *topics}
        is_apart = beside.isdisjoint((best.entry, second.entry))
        return is_apart and second.score >= best.score * HALF

    def _of_the_last(self, topic: str, utterance: str, alone: View, odds: Odds) -> View | None:
        """The words as a question about the topic, if it is what fits them best together."""
        about = self._about(topic, utterance, alone, odds)
        return about if about and about.first == topic else None

    def _narrowed(
        self, topics: Sequence[str], utterance: str, view: View, odds: Odds
    ) -> View | None:
        """The last question for the case that was told, if an entry is likelier about just that.

        我有三张卡 after how many books asks for the books of further ones.
        """
        if unasked(odds) < HALF or view.is_verbatim or topics[0] not in self._entries:
            return None
        about = self._about(topics[0], utterance, view, odds)
        is_new = about is not None and about.first not in topics
        return about if about and is_new and about.score > view.score else None

    def is_other_case(self, utterance: str, alone: View, odds: Odds) -> bool:
        """Whether few words tell what is otherwise than before, and an entry is about just that.

        那我过期了呢 after what to hand in does not ask again what to hand in.
        """
        entry = self._entries.get(alone.first or "")
        if entry is None or entry.kind is EntryKind.SMALLTALK:
            return False
        if unasked(odds) < _TELLS and not tells_a_state(utterance):
            return False
        is_known = alone.signal("besides") >= _KNOWN
        return is_known and alone.is_complete and alone.score >= self._thresholds.answer

    def other_value(self, topics: Sequence[str], utterance: str, odds: Odds) -> View | None:
        """The last question once more with the value that is all that was said, if it had one.

        An entry beside the last one comes first: the value may be beyond what that is about.
        """
        said = value_of(utterance)
        entry = self._entries.get(topics[0]) if said else None
        if said is None or entry is None:
            return None
        near = {entry.id, *self._beside.get(entry.id, ())}
        found: list[View] = []
        for wording in with_value(entry.ask, *said):
            reading = self._interpreter.lexicon.read(normalise(wording))
            view = self._interpreter.ranked(reading, reading.slots, odds)
            if view.first in near and view.score >= self._thresholds.answer:
                found.append(view.discounted(_TOPIC_DISCOUNT))
        best = max([view.score for view in found], default=0.0)
        likely = [view for view in found if view.score >= best * _AS_LIKELY]
        return max(likely, key=lambda view: (view.first != entry.id, view.score), default=None)

    def other_place(self, topics: Sequence[str], reading: Reading, odds: Odds) -> View | None:
        """The last question once more for a place, whoever is there: 新港那边的人呢.

        Only where the last answer is one that each place has its own of.
        """
        entry = self._entries.get(topics[0])
        if entry is None or PLACE not in entry.slots or not reading.is_follow_up:
            return None
        is_place = [slot.kind for slot in reading.slots] == [PLACE]
        if not is_place or reading.slots[0].is_ambiguous or unasked(odds) < HALF:
            return None
        if not _WHO_IS_THERE.fullmatch(reading.text):
            return None
        rest = {kind: value for kind, value in entry.slots.items() if kind != PLACE}
        more = (Slot(kind, (value,), "", is_inherited=True) for kind, value in rest.items())
        view = self._interpreter.ranked(reading, (*reading.slots, *more), odds)
        wanted = rest | {PLACE: reading.slots[0].value}
        same = {e for e, other in self._entries.items() if other.slots == wanted}
        others = [c.entry for c in view.candidates if c.entry not in same]
        found = view.without(others)
        return found.settled(self._thresholds.answer) if found.candidates else None

    def only_asks(self, view: View, odds: Odds) -> bool:
        """Whether something is asked and nothing said of what it is about (那怎么办)."""
        is_little = view.signal("weight") < HARDLY_A_WORD and not view.is_foreign
        return is_little and unasked(odds) < HALF

    def _again(self, topic: str, utterance: str, alone: View, odds: Odds) -> float:
        """How much of the odds is left that the topic itself answers again."""
        is_of_talk = alone.score < _NOTHING_FITS and self.goes_on((topic,), utterance, alone)
        if is_of_talk and self._is_of_its_words(topic, alone):
            return 1.0
        kinds = self._entries[topic].answers if topic in self._entries else ()
        fitting = sum(odds.get(kind, 0.0) for kind in kinds) + unasked(odds)
        left = _ANOTHER_TYPE if kinds and fitting < HALF else 1.0
        return left * (_SAYS_MUCH if alone.signal("weight") >= _MUCH_SAID else 1.0)

    def _between(self, topics: Sequence[str], utterance: str, odds: Odds) -> View | None:
        """The words as a question about the services that were talked about (两者有啥不同)."""
        entries = [self._entries[topic] for topic in topics if topic in self._entries]
        services = dict.fromkeys(e.slots[SERVICE] for e in entries if SERVICE in e.slots)
        if len(services) < _PAIR:
            return None
        named = _AND.join(list(services)[:_PAIR])
        asked = _PRONOUNS.sub("", utterance)
        reading = self._interpreter.lexicon.read(normalise(named) + asked)
        view = self._interpreter.ranked(reading, reading.slots, odds).lifted(self._near(topics))
        return replace(view.discounted(_TOPIC_DISCOUNT), slots=())

    def instead(self, topics: Iterable[str], view: View) -> Mapping[str, str]:
        """Which entries answer in the place of others after what was talked about.

        None of another service than the one that the words name.  Where the words leave open which
        service or place, an entry stands for those that differ from it in nothing else.
        """
        known = [self._entries[topic] for topic in topics if topic in self._entries]
        found = {asked: other for e in reversed(known) for asked, other in e.afterwards.items()}
        if not found:
            return found
        named = {slot.value for slot in view.slots if slot.kind == SERVICE and slot.surface}
        services = {other: self._entries[other].slots.get(SERVICE) for other in found.values()}
        told = {kind for kind in (SERVICE, PLACE) if kind in {slot.kind for slot in view.slots}}
        families = {self._family(asked, told): other for asked, other in found.items()}
        asked_for = {candidate.entry for candidate in view.candidates} - found.keys()
        kin = {one: families.get(self._family(one, told)) for one in asked_for}
        found = {one: other for one, other in kin.items() if other and other != one} | found
        fitting = {a: o for a, o in found.items() if not named or services[o] in (None, *named)}
        if PLACE not in told:
            return fitting
        return {a: o for a, o in fitting.items() if PLACE not in self._entries[a].slots}

    def _family(self, entry: str, told: Collection[str]) -> Family:
        """What an entry is about beside a service or a place that is left open."""
        slots = self._entries[entry].slots
        rest = {kind: value for kind, value in slots.items() if kind in told or kind not in _OPEN}
        return frozenset(rest.items()) if rest and len(rest) < len(slots) else entry

    def _about(self, topic: str, utterance: str, alone: View, odds: Odds) -> View | None:
        """The words read together with the title of the topic, or the subject if there is none."""
        entry = self._entries.get(topic)
        lead = entry.title if entry else self._subject
        if not lead:
            return None
        reading = self._interpreter.lexicon.read(normalise(lead) + utterance)
        own = {slot.kind for slot in alone.slots if not slot.is_inherited}
        slots = (
            *(slot for slot in alone.slots if not slot.is_inherited),
            *(
                replace(slot, is_inherited=bool(entry))
                for slot in reading.slots
                if slot.kind not in own and slot.kind != SUBJECT
            ),
        )
        view = self._interpreter.ranked(reading, slots, odds).discounted(_TOPIC_DISCOUNT)
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


def refers_back(utterance: str) -> bool:
    """Whether it speaks of something by a pronoun, which only the conversation can explain."""
    return _PRONOUNS.search(utterance) is not None
