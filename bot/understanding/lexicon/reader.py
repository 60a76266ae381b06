"""The pack's words found in an utterance: slots filled, forms replaced, fillers dropped.

One pass over a trie of all forms, longest match first.  The outcome is a `Reading`: the canonical
text that is compared with the stored phrasings (places taken out, because they are slots) and what
was found.
What a newcomer would get wrong: a form shields what lies inside it, so 继续教育 must be a term or
the 续 in it would mean 延续注册.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from bot.core.model.pack import Pack
from bot.core.model.understanding import Slot
from bot.core.model.vocabulary import PLACE, SERVICE, SUBJECT
from bot.core.slices import pause
from bot.understanding.arrays.saved import NO_CACHE, TableCache
from bot.understanding.lexicon.forms import (
    Forms,
    Meaning,
    Span,
    meanings_of,
    transliterator_of,
    with_parted,
)
from bot.understanding.lexicon.objects import Objects, object_of
from bot.understanding.lexicon.slot_filling import (
    comes_from,
    is_home,
    is_withdrawn,
    journey_of,
    slots_of,
)
from bot.understanding.lexicon.spelling import SpellingRepairer
from bot.understanding.lexicon.voices import Voices
from bot.understanding.text.normalise import close_gaps, is_han, normalise
from bot.understanding.text.pinyin import Transliterator
from bot.understanding.text.tokeniser import compact_cutter

TERM_FREQUENCY = 50_000
"""High enough for jieba to prefer a canonical word to any way of cutting it up."""
_ABBREVIATION_BEFORE = frozenset("在我到去从是俺咱的回")
_ABBREVIATION_AFTER = frozenset("省籍地这那里内")
_BEFORE_PLACE = frozenset(
    ("在", "到", "去", "从", "回", "来", "往", "于", "是", "那", "我", "我们", "问", "人在", "现在")
)
_BEHIND_PLACE = frozenset("省市的这那呢人在哪怎咋啥什要办能可有是")
"""Words and characters beside which a place that is only guessed may stand."""
_KINDS_OF_PLACES = frozenset("市区县州盟旗")
"""What names of places end with: who misspells a name seldom does so there."""
_COLLOQUIAL = re.compile("[要哪什怎啥咋不没吗呢多几谁]")
_LONGEST_MENDED = 5
_WORD = "word"
"""The kind of a span that is an ordinary word, no term of the pack."""
_NOTHING = Meaning("", _WORD)
_NAMES = frozenset((PLACE, SERVICE))
_NUMERALS = "几一二两三四五六七八九十百千"
_AMOUNT = re.compile(
    r"(?<![0-9])[0-9]++(?:[.][0-9]++)?(?=[万亿平层㎡])"
    rf"|(?<![{_NUMERALS}])[{_NUMERALS}]++(?=[万亿](?![一别不要]))"
)
_SOME = "几"
_YEAR = re.compile(
    r"(?<![0-9])(?:(?:19|20)[0-9]{2}年?(?=的?[考拿取领注])"
    r"|(?<![了第过满有近约共])[0-2][0-9]年(?=[考拿取领注]|的(?!时候|话))"
    r"|(?:19)?[4-9][0-9]年(?=出?生|的人))"
)
"""A year in which somebody got or did something: 19年的证 and 18年的证 are asked about alike."""
_WORDS_REMEMBERED = 4_096
_REMEMBERED = 32
"""Utterances whose spans are kept: one that makes no sense is read, guessed at and read again."""
_HARDLY_TOLD = 4
"""Characters below which fillers may be all that was meant: 辛苦了，谢谢啦."""
_SHORT = 10
"""Characters up to which a wrong one is mended although nothing else names us."""
_LATIN = re.compile(r"[a-z0-9]")
_FOLLOW_UP = re.compile("那(?!里|个|些|儿|种|边)|.{1,7}呢$")
_REJECTIONS = (
    *("不是这个", "不是问这个", "不是这种", "不是说这个", "我问的不是这个", "不对", "不对不对"),
    *(
        who + what
        for who in ("", "我")
        for what in ("说错了", "搞错了", "弄错了", "打错了", "问错了")
    ),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """An utterance read with the pack's lexicon.

    `tokens` are its words in canonical form, places and fillers left out; `bare_tokens` leave out
    the registrations as well: what is asked about any of them.
    """

    tokens: tuple[str, ...]
    bare_tokens: tuple[str, ...]
    slots: tuple[Slot, ...]
    text: str = ""
    """What was read, in the matching form, places and fillers left out."""
    is_rejection: bool = False
    is_follow_up: bool = False
    """Worded as what comes next: 那流程呢, 超了呢."""
    told: frozenset[str] = frozenset()
    """Values that are told of and not asked for: no entry about them is meant."""
    is_from_elsewhere: bool = False
    """Names a place that somebody comes from: 四川考的能在重庆注册吗 asks whether, not where."""
    heard: str = ""
    """All that was said, in the matching form, and what else it was said with: what entries about
    a special case are looked for in."""

    @property
    def is_bare_rejection(self) -> bool:
        """Nothing but that it was not this (不是这个): no word to take for what comes next."""
        return self.is_rejection and not (self.tokens or self.slots)

    def within(self, heard: str) -> Reading:
        """The reading as part of more that was said."""
        return replace(self, heard=f"{self.heard} {heard}") if heard else self


TWO = 2
"""Places of which one may be left and another wanted."""


def joined(tokens: Collection[str]) -> str:
    """Tokens as text; Latin words keep a blank between them."""
    text = "".join(tokens)
    return close_gaps(" ".join(tokens)) if _LATIN.search(text) else text


class LexiconReader:
    """Finds the terms and places of a pack. Built once for each pack version."""

    def __init__(self, pack: Pack, shelf: TableCache = NO_CACHE) -> None:
        self._abbreviations = {
            name: region.short
            for region in pack.regions.values()
            for name in region.names
            if len(name) == 1
        }
        self._careful = frozenset(pack.lexicon.careful_abbreviations)
        self._shelf = shelf
        self._forms = shelf.kept(
            "forms", lambda: Forms.of(with_parted(meanings_of(pack))), Forms.restored
        )
        self._voices = Voices(pack)
        words = dict(pack.lexicon.words) | dict.fromkeys(self.words, TERM_FREQUENCY)
        self.cut = compact_cutter(words)
        """Cuts with the pack's dictionary and its canonical words."""
        self._together = [
            (Slot(term.slot, (term.value or term.word,), "…".join(words)), frozenset(words))
            for term in pack.lexicon.terms
            if term.slot
            for words in term.together
        ]
        self._objects = [found for term in pack.lexicon.terms if (found := Objects.of(term))]
        own = (pack.subject,) if pack.subject else ()
        self._own = (*own, *pack.vocabulary.own)
        self._idle, self._elsewhere = pack.vocabulary.idle, pack.vocabulary.elsewhere
        self._sites = pack.vocabulary.sites
        self._subject = frozenset((*own, *self._idle))
        self._pack = pack
        self._spans_of = lru_cache(_REMEMBERED)(self._cut_into_spans)

    @cached_property
    def _transliterator(self) -> Transliterator:
        """Built when the first Latin letters come: most people type none."""
        return self._shelf.kept(
            "pinyin", lambda: transliterator_of(self._pack), Transliterator.restored
        )

    @cached_property
    def _repairer(self) -> SpellingRepairer:
        """Built when the first stray character comes."""
        common = self._pack.lexicon.words
        return self._shelf.kept(
            "mending",
            lambda: SpellingRepairer.of(dict(self._repairable(self._pack)), common),
            lambda saved: SpellingRepairer.restored(saved, common),
        )

    @cached_property
    def words(self) -> frozenset[str]:
        """Every canonical word, for the tokeniser's dictionary."""
        canonical = (meaning.word for meaning in self._forms.meanings if meaning.word)
        return self._voices.words.union(canonical)

    def _repairable(self, pack: Pack) -> Iterator[tuple[str, Meaning]]:
        """Words that a wrong character may have been meant for.

        Of places only the provinces and long names; nothing that would turn a question about us
        into one about another certificate; no colloquial or long phrases, which are made of words
        that are mended by themselves.
        """
        shorts = tuple(pack.regions)
        for form, meaning in meanings_of(pack, _LONGEST_MENDED).items():
            if meaning.kind == PLACE:
                is_own = form in pack.regions or (len(form) > 2 and not form.startswith(shorts))
                if is_own and len(meaning.values) == 1:
                    yield form, meaning
            elif meaning.word and meaning.kind != SUBJECT and _is_word(form, meaning):
                yield form, meaning

    def read(self, utterance: str) -> Reading:
        """Read a normalised utterance, as it stands or with its wrong characters mended."""
        utterance = _without_amounts(utterance)
        if _LATIN.search(utterance):
            utterance = self._transliterator.rewrite(utterance)
        spans = self._spans_of(utterance)
        loose = _loose(spans)
        is_mendable = loose and (len(utterance) <= _SHORT or any(map(self._names_us, spans)))
        mended = self._repairer.mend(utterance, loose) if is_mendable else utterance
        mended = self._with_likely_places(utterance, mended)
        if mended != utterance:
            utterance, spans = mended, self._spans_of(mended)
        return self._reading(utterance, spans)

    def _names_us(self, span: Span) -> bool:
        """Whether a span names the subject, or fills a slot that no place does."""
        is_slot = bool(span.meaning.values) and span.meaning.kind != PLACE
        return is_slot or span.meaning.word in self._subject

    def guess(self, utterance: str) -> Reading | None:
        """Another reading, with stray characters taken for those that look or sound like them.

        `None` if there is nothing to take for anything else.
        """
        if _LATIN.search(utterance):
            utterance = self._transliterator.rewrite(utterance)
        loose = _loose(self._spans_of(utterance))
        guessed = self._repairer.guess(utterance, loose) if loose else utterance
        guessed = self._with_likely_places(utterance, guessed)
        return self.read(guessed) if guessed != utterance else None

    def _with_likely_places(self, utterance: str, mended: str) -> str:
        """The mended utterance, without the places that only everyday words were taken for."""
        if mended == utterance or len(mended) != len(utterance):
            return mended
        spans, kept = self._spans_of(mended), mended
        for before, span, behind in zip((None, *spans), spans, (*spans[1:], None), strict=False):
            written = utterance[span.start : span.end]
            is_guess = span.meaning.kind == PLACE and written != span.surface
            if is_guess and not self._is_likely_place(before, span, behind, written):
                kept = kept[: span.start] + written + kept[span.end :]
        return kept

    def _is_likely_place(
        self, before: Span | None, span: Span, behind: Span | None, written: str
    ) -> bool:
        """Whether a guessed place stands where one stands; 一件事 is no town with another 市."""
        if len(written) > TWO:
            return span.surface[-1] not in _KINDS_OF_PLACES or written[-1] == span.surface[-1]
        is_open = before is None or not before.meaning.word or before.surface in _BEFORE_PLACE
        if not is_open or behind is None:
            return is_open
        is_named = bool(behind.meaning.values) or behind.meaning.word in self._subject
        return is_named or behind.surface[0] in _BEHIND_PLACE

    def stray(self, utterance: str) -> list[int]:
        """Positions of characters that are part of no word and no term."""
        return _loose(self._spans_of(utterance))

    def _reading(self, utterance: str, spans: Sequence[Span]) -> Reading:
        heard, is_rejection = utterance, utterance.startswith(_REJECTIONS)
        if is_rejection:
            skip = max(len(r) for r in _REJECTIONS if utterance.startswith(r))
            spans = self._spans_of(utterance := utterance[skip:])
        elif any(is_withdrawn(utterance, span) for span in spans):
            is_rejection, spans, utterance = True, (), ""
        meant = self._with_elsewhere(utterance, spans)
        words = [span.meaning for span in meant if span.meaning.word]
        tokens = tuple([meaning.word for meaning in words if meaning.kind != PLACE])
        bare = tuple([meaning.word for meaning in words if meaning.kind not in _NAMES])
        if not tokens:
            tokens = tuple([span.surface for span in spans if span.meaning.kind != PLACE])
        is_follow_up = bool(_FOLLOW_UP.match(utterance))
        placed = [span for span in spans if span.meaning.kind != PLACE or span in meant]
        slots = self._implied(slots_of(utterance, placed, self._idle), frozenset(tokens))
        slots = self._with_object(utterance, spans, slots)
        text = _told(meant)
        is_from = comes_from(utterance, spans) or len(placed) < len(spans)
        return Reading(
            *(tokens, bare, slots, text, is_rejection, is_follow_up),
            is_from_elsewhere=is_from,
            heard=heard,
        )

    def _with_elsewhere(self, utterance: str, spans: Sequence[Span]) -> Sequence[Span]:
        """The spans, with the word for another place where one is left and another wanted."""
        places = {span.meaning.values for span in spans if span.meaning.kind == PLACE}
        if not self._elsewhere or len(places) < TWO:
            return spans
        away = Meaning(self._elsewhere)
        journey = journey_of(utterance, spans, self._idle, self._sites)
        other = journey[1] if journey else None
        return [
            s._replace(meaning=away) if s is other or is_home(utterance, s) else s for s in spans
        ]

    def _implied(self, slots: tuple[Slot, ...], said: frozenset[str]) -> tuple[Slot, ...]:
        """The slots, and one that several words fill together if nothing else of its kind is said.

        What is one of these words is nothing else: 逾期 and 费用 ask for 逾期费, not for 费用.
        """
        for implied, words in self._together:
            alike = {slot.value for slot in slots if slot.kind == implied.kind}
            if words <= said and alike <= words:
                return (*(slot for slot in slots if slot.kind != implied.kind), implied)
        return slots

    def _with_object(
        self, utterance: str, spans: Sequence[Span], slots: tuple[Slot, ...]
    ) -> tuple[Slot, ...]:
        """The slots, and the other subject that is what is asked about, if none is named."""
        is_ours = any(span.meaning.word == self._pack.subject for span in spans)
        if is_ours or any(slot.kind == SUBJECT for slot in slots):
            return slots
        found = object_of(utterance, spans, self._objects, self._own)
        return (*slots, found) if found else slots

    def read_phrase(self, phrase: str) -> Reading:
        """A stored phrasing, read the way an utterance is, but with nothing in it to mend."""
        utterance = _without_amounts(normalise(phrase))
        return self._reading(utterance, self._spans_of(utterance))

    def _cut_into_spans(self, utterance: str) -> tuple[Span, ...]:
        """The whole utterance as spans: terms, places and fillers, and the words between them."""
        spans: list[Span] = []
        at = 0
        for span in self._named(utterance):
            if span.start > at:
                spans += self._words(utterance, at, span.start)
            spans.append(span)
            at = span.end
        spans += self._words(utterance, at, len(utterance))
        spans = _without_years(utterance, self._without_idle_hints(utterance, spans))
        return tuple(self._voices.read(utterance, spans))

    def _without_idle_hints(self, utterance: str, spans: list[Span]) -> list[Span]:
        """Hints beside another term of their kind, or away from our subject, are plain words.

        One that is taken back (不是第一次) answers a question of ours.
        """
        if not [span for span in spans if span.meaning.is_hint]:
            return spans
        named = {s.meaning.kind for s in spans if s.meaning.values and not s.meaning.is_hint}
        is_ours = bool(named & _NAMES) or any(s.meaning.word in self._subject for s in spans)
        return [
            plain
            for span in spans
            for plain in (
                self._words(span.surface, 0, len(span.surface), span.start)
                if span.meaning.is_hint
                and (span.meaning.kind in named or not (is_ours or is_withdrawn(utterance, span)))
                else (span,)
            )
        ]

    def _words(self, utterance: str, start: int, end: int, shift: int = 0) -> Iterator[Span]:
        """What stands between terms, cut into words; `shift` is where `utterance` begins."""
        gap = utterance[start:end]
        start += shift
        for token in (gap,) if len(gap) < 2 else self.cut(gap):
            if token and not token.isspace():
                yield Span(start, start + len(token), token, _plain(token))
            start += len(token)

    def _named(self, utterance: str) -> Iterator[Span]:
        """Terms, fillers and places, from left to right, longest first."""
        covered = at = 0
        while at < len(utterance):
            pause()
            here = self._forms.at(utterance, at)
            for span in self._voices.told_apart(here, utterance, self._forms.at):
                if self._counts(span, utterance):
                    yield from self._abbreviations_in(utterance, covered, at)
                    yield span
                    covered = at = span.end
                    break
            else:
                at += 1
        yield from self._abbreviations_in(utterance, covered, len(utterance))

    def _counts(self, span: Span, utterance: str) -> bool:
        """Whether a form is one where it stands, and no part of a word."""
        if span.surface.isascii():
            return _stands_alone(utterance, span.start, span.end)
        if span.meaning.kind == PLACE and len(span.surface) == TWO:
            return not self._lies_astride(span, utterance)
        is_filler = len(span.surface) == 1 and not span.meaning.word
        return not is_filler or self._is_particle(utterance, span.start)

    def _lies_astride(self, span: Span, utterance: str) -> bool:
        """Whether a name of two characters is the end of one word and the beginning of another."""
        before = utterance[max(0, span.start - 1) : span.start + 1]
        behind = utterance[span.end - 1 : span.end + 1]
        words = self._pack.lexicon.words
        return min(len(before), len(behind)) == TWO and before in words and behind in words

    def _is_particle(self, utterance: str, at: int) -> bool:
        """Whether a one-character filler is one: 呗 in 花呗 belongs to a word unknown here."""
        before = self.cut(utterance[max(0, at - 4) : at])
        return at + 1 == len(utterance) or not before or len(before[-1]) > 1

    def _abbreviations_in(self, utterance: str, start: int, end: int) -> Iterator[Span]:
        """One-character names of places (川) where they can be nothing else."""
        for at in range(start, end):
            short = self._abbreviations.get(utterance[at])
            if short and self._is_abbreviation(utterance, at, start, end):
                stop = at + 2 if utterance[at + 1 : at + 2] in ("省", "籍") else at + 1
                yield Span(at, stop, utterance[at:stop], Meaning("", PLACE, (short,)))

    def _is_abbreviation(self, utterance: str, at: int, start: int, end: int) -> bool:
        after = utterance[at + 1 : at + 2]
        if at > start and utterance[at - 1 : at + 1] in self._pack.lexicon.words:
            return False
        if after in ("省", "籍") or len(utterance) == 1:
            return True
        if utterance[at] in self._careful:
            return False
        opens = at == start or utterance[at - 1] in _ABBREVIATION_BEFORE
        closes = at + 1 == end or after in _ABBREVIATION_AFTER
        return opens and closes


def _told(spans: Sequence[Span]) -> str:
    """The words without places and fillers; with the fillers where hardly anything is left."""
    left = [s for s in spans if s.meaning.kind != PLACE or not s.meaning.values]
    kept = "".join([s.surface for s in left if s.meaning.word or s.meaning.values])
    return "".join([s.surface for s in left]) if len(kept) < _HARDLY_TOLD else kept


@lru_cache(_WORDS_REMEMBERED)
def _plain(word: str) -> Meaning:
    """What an ordinary word stands for: itself."""
    return Meaning(word, _WORD)


def _without_amounts(utterance: str) -> str:
    """Sums and sizes as 几: whether 2800万 or 三千万, the question is the same."""
    return _AMOUNT.sub(_SOME, utterance)


def _without_years(utterance: str, spans: list[Span]) -> list[Span]:
    """The spans, with the words of a year that somebody got or did something in as fillers."""
    if not (years := [found.span() for found in _YEAR.finditer(utterance)]):
        return spans
    return [
        span._replace(meaning=_NOTHING)
        if span.meaning.kind == _WORD and any(a <= span.start and span.end <= b for a, b in years)
        else span
        for span in spans
    ]


def _is_word(form: str, meaning: Meaning) -> bool:
    """Whether a form is worth mending: a canonical word, or another one that is no phrase."""
    return form == meaning.word or not _COLLOQUIAL.search(form)


def _loose(spans: Iterable[Span]) -> list[int]:
    """Positions of Han characters that are part of no word and no term."""
    return [
        span.start
        for span in spans
        if span.meaning.kind == _WORD and len(span.surface) == 1 and is_han(span.surface)
    ]


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Latin forms count as whole words only."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (_is_latin(before) or _is_latin(after))


def _is_latin(character: str) -> bool:
    return bool(character) and character.isascii() and character.isalnum()
