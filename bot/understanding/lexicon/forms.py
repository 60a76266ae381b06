"""Every surface form of a pack and what it stands for: terms, places, and their spellings.

Built once for each pack version; `lexicon` finds the forms in an utterance.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.core.model.lexicon import Lexicon, Region
from bot.core.model.pack import Pack
from bot.core.model.shorthand import expand
from bot.core.model.vocabulary import PLACE, SUBJECT
from bot.understanding.arrays.saved import Saved, Writer
from bot.understanding.arrays.tries import Numbers
from bot.understanding.text.normalise import is_han, normalise
from bot.understanding.text.pinyin import Transliterator, is_one_syllable

LONGEST_FORM = 255
"""Characters a form may have; `kb check` allows fewer."""
_WHICH, _THAT = "哪", "那"
"""Half of those who type 要那些材料 mean 要哪些材料."""
_WORDING_LENGTHS = (2, 3, 4)
_LONGEST_SPELT = 4
"""Characters of the forms that are looked for in pinyin; longer ones are made of shorter ones."""
_PAIR = 2
_PARTING = ("完", "了", "过", "完了", "好了")
"""What stands between a verb and its object when it is done: 退完休, 报了名."""
_OFTEN = 6
"""Lines of `ask` from which a stretch of characters counts as a wording."""


class Meaning(NamedTuple):
    """What a surface form stands for; `word` is what the canonical text has in its place."""

    word: str
    kind: str | None = None
    values: tuple[str, ...] = ()
    is_hint: bool = False
    """Counts only if nothing else of its kind is said."""


class Span(NamedTuple):
    """A surface form found at `start` (inclusive) to `end` (exclusive) of the utterance."""

    start: int
    end: int
    surface: str
    meaning: Meaning


@dataclass(frozen=True, slots=True)
class Forms:
    """All surface forms, to be found in utterances."""

    _numbers: Numbers
    _meaning_of: NDArray[np.int32]
    """The place in `meanings` for each number of a form."""
    _longest: int
    meanings: tuple[Meaning, ...]
    """Each once."""

    @classmethod
    def of(cls, meanings: Mapping[str, Meaning]) -> Forms:
        places: dict[Meaning, int] = {}
        numbers = Numbers.of(meanings)
        meaning_of = np.zeros(len(meanings), np.int32)
        for form, meaning in meanings.items():
            meaning_of[numbers[form]] = places.setdefault(meaning, len(places))
        return cls(numbers, meaning_of, max(map(len, meanings), default=0), tuple(places))

    def at(self, utterance: str, start: int) -> Sequence[Span]:
        """Every form that an utterance has at one place, the longest first."""
        beginnings = self._numbers.trie.iter_prefixes_with_ids
        here = [*beginnings(utterance[start : start + self._longest])]
        if not here:
            return ()
        meaning_of, meanings = self._meaning_of, self.meanings
        return [
            Span(start, start + len(form), form, meanings[meaning_of.item(number)])
            for form, number in reversed(here)
        ]

    def save(self, writer: Writer) -> None:
        self._numbers.save(writer, "forms")
        writer.array("meaning-of", self._meaning_of)
        writer.table("meanings", [self._longest, [*map(tuple, self.meanings)]])

    @classmethod
    def restored(cls, saved: Saved) -> Forms:
        longest, rows = saved.table("meanings")
        meanings = [Meaning(word, kind, tuple(values), hint) for word, kind, values, hint in rows]
        return cls(
            Numbers.restored(saved, "forms"), saved.array("meaning-of"), longest, tuple(meanings)
        )


def meanings_of(pack: Pack, longest: int = LONGEST_FORM) -> dict[str, Meaning]:
    """Every surface form. Later groups give way to earlier ones: terms, then places.

    Some fifty thousand of them: nobody keeps them in this shape.  `longest` is the length in
    characters beyond which the forms of terms, other than their own words, are left out.
    """
    found: dict[str, Meaning] = {}
    found.update(dict.fromkeys(pack.lexicon.fillers, Meaning("")))
    for term in pack.lexicon.terms:
        values = (term.value or term.word,) if term.slot else ()
        meaning = Meaning(term.word, term.slot, values)
        found[term.word] = meaning
        for form in _wordings_of(term.forms, longest):
            found[form] = meaning
            if form.find(_WHICH) > 0:
                found.setdefault(form.replace(_WHICH, _THAT), meaning)
        hint = Meaning(term.word, term.slot, values, is_hint=True)
        for form in _wordings_of(term.hints, longest):
            found.setdefault(form, hint)
    for name, shorts in _places(pack).items():
        found.setdefault(name, Meaning("", PLACE, shorts))
    return found


def with_parted(meanings: dict[str, Meaning]) -> dict[str, Meaning]:
    """The forms, and short ones with what parts a verb from its object: 退休, 退完休.

    Of most words nobody says that, so nothing is read differently.
    """
    parted = dict(meanings)
    for form, meaning in meanings.items():
        if _is_parted(form, meaning) and (len(form) == _PAIR or form[:_PAIR] not in meanings):
            for between in _PARTING:
                parted.setdefault(form[0] + between + form[1:], meaning)
    return parted


def _is_parted(form: str, meaning: Meaning) -> bool:
    """Whether a form may be a verb and its object, and certainly stands for what it says."""
    is_short = len(form) in (_PAIR, _PAIR + 1) and all(map(is_han, form))
    is_certain = meaning.word and not meaning.is_hint
    return bool(is_short and is_certain and meaning.kind not in (PLACE, SUBJECT))


def _wordings_of(lines: Iterable[str], longest: int) -> Iterator[str]:
    return (form for line in lines for form in expand(line) if len(form) <= longest)


def _places(pack: Pack) -> dict[str, tuple[str, ...]]:
    """Names of places -> the regions they may mean; a region's own name means that region only."""
    found: dict[str, tuple[str, ...]] = {}
    for region in pack.regions.values():
        for place in region.places:
            found[place] = tuple(dict.fromkeys((*found.get(place, ()), region.short)))
    found.update(pack.lexicon.ambiguous_regions)
    for region in pack.regions.values():
        for name in _own_names(region, pack.lexicon):
            found[name] = (region.short,)
    return {name: shorts for name, shorts in found.items() if len(name) > 1}


def _own_names(region: Region, lexicon: Lexicon) -> Iterator[str]:
    return (name for name in region.names if name not in lexicon.ambiguous_regions)


def transliterator_of(pack: Pack) -> Transliterator:
    ambiguous = pack.lexicon.ambiguous_regions
    letters = {
        name: ambiguous_name if (ambiguous_name := name) in ambiguous else region.short
        for region in pack.regions.values()
        for name in region.letter_names
    }
    whole = {name: result for name, result in letters.items() if len(name) <= 3}
    whole |= {name: name for name in ambiguous if name.isascii()}
    names = {name: result for name, result in letters.items() if len(name) > 3}
    names |= {name: f" {name} " for name in ambiguous if name.isascii() and len(name) > 3}
    own = tuple(pack.regions)
    forms = {
        form: meaning.kind
        for form, meaning in meanings_of(pack, _LONGEST_SPELT).items()
        if len(form) > 1 and not form.isascii()
    }
    terms = [f for f, kind in forms.items() if kind != PLACE or f in pack.regions]
    places = [f for f, kind in forms.items() if kind == PLACE and not f.startswith(own)]
    known = [term for term in terms if not is_one_syllable(term)]
    return Transliterator.of(whole, names, known, pack.lexicon.words, places, _wordings(pack))


def _wordings(pack: Pack) -> list[str]:
    """Stretches of characters that the pack's own questions use again and again, commonest first.

    nazheng may be 拿证 or the dialect's 哪整; people write what other people write.
    """
    texts = [normalise(ask) for entry in pack.entries.values() for ask in entry.ask]
    often: dict[str, int] = {}
    for length in _WORDING_LENGTHS:
        counts = Counter(
            text[i : i + length]
            for text in texts
            for i in range(len(text) - length + 1)
            if length == min(_WORDING_LENGTHS) or text[i : i + length - 1] in often
        )
        often |= {w: n for w, n in counts.items() if n >= _OFTEN and all(map(is_han, w))}
    own = [wording for wording in often if not any(short in wording for short in pack.regions)]
    return sorted(own, key=lambda wording: -often[wording])
