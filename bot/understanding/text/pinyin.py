"""Convert characters to toneless pinyin, and runs of Latin letters back to words.

The readings come from a compiled table (65 kB, 20,000 characters; see scripts/compile_pinyin.py),
so no pinyin library is loaded at run time.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.core.slices import pause
from bot.understanding.arrays.saved import Saved, Writer
from bot.understanding.arrays.shipped import DATA
from bot.understanding.arrays.tries import Lists

_RUN = re.compile(r"[a-z]+(?: [a-z]+)*")
_MAX_READINGS = 4
_IN_PLACES = {"长": ("chang",), "省": ("sheng",)}
"""Readings of characters in names of places, where they differ: 长啥样 is zhang sha."""
_TERM_COST, _WORD_COST, _SYLLABLE_COST = 0.9, 1.0, 1.2
"""Two general words beat three syllables, a term of the pack beats a general word."""
_VOWELS = "aeo"
_SURELY_SPELT = 3
"""Letters from which a syllable among characters is read as one: not so CA证书 and A证."""
_KNOWN_PLACE_COST, _PLACE_COST = 1.0, 1.15
"""Per character of a place that is an everyday word, or none: hardly less than syllables."""
_LETTER_COST = 2.0
"""Cost of a letter that nothing explains."""
_STRADDLE_COST = 1.0
_ENOUGH = 0.85
"""A run is read as pinyin if at least this share of its letters is explained,"""
_ENOUGH_WORDS = 0.45
"""and this share by words of several syllables: any letters can be read as some syllables."""


@cache
def _single_syllables() -> frozenset[str]:
    return frozenset(sound for sounds in readings().values() for sound in sounds)


@cache
def readings() -> Mapping[str, tuple[str, ...]]:
    """Return character -> its toneless readings, the commonest first."""
    found: dict[str, tuple[str, ...]] = {}
    rare: list[tuple[str, str]] = []
    table = (DATA / "pinyin.txt").read_text(encoding="utf-8")
    for line in table.splitlines():
        syllable, _, characters = line.partition(" ")
        common, _, uncommon = characters.partition("|")
        found.update(dict.fromkeys(common, (syllable,)))
        rare += [(character, syllable) for character in uncommon]
    for character, syllable in rare:
        found[character] = (*found.get(character, ()), syllable)
    return found


def syllables(text: str) -> tuple[str, ...]:
    """Return the commonest reading of each character; one without a reading stands for itself."""
    table = readings()
    return tuple([table[c][0] if c in table else c for c in text])


def spellings(word: str, *, is_place: bool = False) -> list[str]:
    """Return the ways a word may be typed, at most four; none if a character has no reading."""
    table = readings()
    options = [table.get(c, ()) for c in word]
    if is_place:
        options = [_IN_PLACES.get(c, found) for c, found in zip(word, options, strict=True)]
    if not all(options):
        return []
    return ["".join(way) for way in list(product(*options))[:_MAX_READINGS]]


def is_one_syllable(word: str) -> bool:
    """Return whether a word of two characters is spelt like one character (注安, 转: zhuan)."""
    return len(word) == 2 and any(way in _single_syllables() for way in spellings(word))


@dataclass(frozen=True, slots=True)
class _Piece:
    """A number of letters, and the word they stand for; empty if nothing explains them."""

    length: int
    word: str


@dataclass(frozen=True, slots=True)
class _Pieces:
    """What runs of letters may stand for: a cost and a word for each spelling."""

    _words: Lists
    _costs: NDArray[np.float64]
    longest: int

    @classmethod
    def of(cls, pieces: Mapping[str, tuple[float, str]]) -> _Pieces:
        words = Lists.of({spelling: (word,) for spelling, (_, word) in pieces.items()})
        costs = np.zeros(len(pieces))
        for spelling, (cost, _) in pieces.items():
            costs[words.keys[spelling]] = cost
        return cls(words, costs, max(map(len, pieces), default=0))

    def get(self, spelling: str) -> tuple[float, str] | None:
        number = self._words.keys.get(spelling)
        if number is None:
            return None
        (word,) = self._words.at(number)
        return float(self._costs[number]), word

    def starts(self, letters: str) -> list[list[int]]:
        """Return for each place in the letters where the pieces begin that end there."""
        found: list[list[int]] = [[] for _ in range(len(letters) + 1)]
        for start in range(len(letters)):
            for spelling, _ in self._words.keys.beginnings(letters[start : start + self.longest]):
                found[start + len(spelling)].append(start)
        return found

    def save(self, writer: Writer) -> None:
        self._words.save(writer, "pieces")
        writer.array("costs", self._costs)
        writer.table("longest", self.longest)

    @classmethod
    def restored(cls, saved: Saved) -> _Pieces:
        return cls(Lists.restored(saved, "pieces"), saved.array("costs"), saved.table("longest"))


@dataclass(frozen=True, slots=True)
class Transliterator:
    """Turns runs of letters into words if enough of the run can be explained.

    Of all ways to cut a run the cheapest wins: the pack's own words before general ones, words
    before single syllables, and cuts that respect the spaces that were typed.
    """

    _whole: Mapping[str, str]
    _characters: Mapping[str, str]
    """Syllable -> the commonest character for it."""
    _pieces: _Pieces

    @classmethod
    def of(
        cls,
        whole: Mapping[str, str],
        names: Mapping[str, str],
        terms: Iterable[str],
        words: Mapping[str, int],
        places: Collection[str] = (),
        wordings: Iterable[str] = (),
    ) -> Transliterator:
        """Build it; `whole` are tokens that count only alone (sc), `names` map spellings to words.

        `places` are names that give way to every word: yi zheng is 仪征 only if it is nothing else.
        `wordings` are no words but occur as often; they are spelt in the usual way only.  `words`
        are general words with their frequency; the commonest character of a syllable stands for it
        if no word fits.
        """
        pieces = {spelling: (_TERM_COST, result) for spelling, result in names.items()}
        for wording in wordings:
            pieces.setdefault("".join(syllables(wording)), (_TERM_COST, wording))
        _add(pieces, terms, _TERM_COST)
        known = frozenset(places)
        for place in places:
            if place in words:
                _add(pieces, (place,), _KNOWN_PLACE_COST * len(place), is_place=True)
        _add(pieces, (w for w in words if len(w) > 1 and w not in known), _WORD_COST)
        for place in places:
            _add(pieces, (place,), _PLACE_COST * len(place), is_place=True)
        characters = _commonest(words)
        for spelling, character in characters.items():
            if len(spelling) > 1 or spelling in _VOWELS:
                pieces.setdefault(spelling, (_SYLLABLE_COST, character))
        return cls(whole, characters, _Pieces.of(pieces))

    def save(self, writer: Writer) -> None:
        writer.table("words", {"whole": self._whole, "characters": self._characters})
        self._pieces.save(writer)

    @classmethod
    def restored(cls, saved: Saved) -> Transliterator:
        words: dict[str, Any] = saved.table("words")
        return cls(words["whole"], words["characters"], _Pieces.restored(saved))

    def rewrite(self, utterance: str) -> str:
        return _RUN.sub(lambda run: self._glued(run) or self._rewrite_run(run.group()), utterance)

    def _glued(self, run: re.Match[str]) -> str | None:
        """Return the character for a syllable typed among characters: xian in 可以xian不注册."""
        spelling, around = run.group(), run.string[max(0, run.start() - 1) : run.end() + 1]
        if len(spelling) < _SURELY_SPELT or spelling not in _single_syllables():
            return None
        return self._characters.get(spelling) if around.strip() != spelling else None

    def _rewrite_run(self, run: str) -> str:
        results: list[str] = []
        waiting: list[str] = []
        tokens = run.split(" ")
        is_spaced = self._is_spaced(tokens)
        for token in tokens:
            if token in self._whole and not (is_spaced and token in _single_syllables()):
                results += [self._words_of(waiting, is_spaced), f" {self._whole[token]} "]
                waiting = []
            else:
                waiting.append(token)
        results.append(self._words_of(waiting, is_spaced))
        return "".join(results).strip()

    def _is_spaced(self, tokens: Sequence[str]) -> bool:
        """Return whether a space was typed after every syllable; then hen is 很 and not 河南."""
        known = _single_syllables()
        others = [token for token in tokens if token in known or token not in self._whole]
        return len(others) > 1 and known.issuperset(others)

    def _words_of(self, tokens: list[str], is_spaced: bool) -> str:
        letters = "".join(tokens)
        borders = list(accumulate(map(len, tokens), initial=0))
        alone = frozenset(() if is_spaced else pairwise(borders))
        cut = self._cut(letters, frozenset(borders), alone)
        explained = sum(piece.length for piece in cut if piece.word)
        words = sum(piece.length for piece in cut if len(piece.word) > 1)
        if explained < _ENOUGH * len(letters) or words < _ENOUGH_WORDS * len(letters):
            return " ".join(tokens)
        ends = accumulate(piece.length for piece in cut)
        return "".join(
            piece.word or letters[end - piece.length : end]
            for piece, end in zip(cut, ends, strict=True)
        )

    def _cut(
        self, letters: str, borders: frozenset[int], alone: frozenset[tuple[int, int]]
    ) -> list[_Piece]:
        """Return the cheapest cover of the letters, from left to right (dynamic programming).

        `borders` are the typed spaces; `alone` is where words were typed by themselves.
        """
        best: list[tuple[float, _Piece]] = [(0.0, _Piece(0, ""))]
        starts = self._pieces.starts(letters)
        borders_up_to = [*accumulate(place in borders for place in range(len(letters) + 1))]
        for end in range(1, len(letters) + 1):
            pause()
            options = [(best[end - 1][0] + _LETTER_COST, _Piece(1, ""))]
            for start in starts[end]:
                spelling = letters[start:end]
                is_parted = borders_up_to[end - 1] > borders_up_to[start]
                found = self._pieces.get(spelling)
                if found and spelling in _single_syllables():
                    found = self._syllable(found, spelling, is_parted, (start, end) in alone)
                if found:
                    is_astride = is_parted and not {start, end} <= borders
                    astride = _STRADDLE_COST * is_astride
                    piece = _Piece(end - start, found[1])
                    options.append((best[start][0] + found[0] + astride, piece))
            best.append(min(options, key=lambda option: (option[0], -option[1].length)))
        pieces: list[_Piece] = []
        end = len(letters)
        while end:
            pieces.append(best[end][1])
            end -= pieces[-1].length
        return pieces[::-1]

    def _syllable(
        self, found: tuple[float, str], spelling: str, is_parted: bool, is_alone: bool
    ) -> tuple[float, str] | None:
        """Return what the letters of one syllable may stand for, and the cost.

        Xian is 先 rather than 西安, unless it `is_alone` among longer words; with a space in it, if
        it `is_parted`, it is 西安 and not 先.
        """
        if is_parted or is_alone:
            return found if len(found[1]) > 1 or not is_parted else None
        if len(found[1]) < 2:
            return found
        character = self._characters.get(spelling)
        return (_SYLLABLE_COST, character) if character else None


def _add(
    pieces: dict[str, tuple[float, str]],
    words: Iterable[str],
    cost: float,
    *,
    is_place: bool = False,
) -> None:
    for word in words:
        for spelling in spellings(word, is_place=is_place):
            if len(spelling) > 1 or spelling in _VOWELS:
                pieces.setdefault(spelling, (cost, word))


def _commonest(words: Mapping[str, int]) -> dict[str, str]:
    """Return syllable -> its commonest character; characters mostly read so come first."""
    found: dict[str, str] = {}
    characters = sorted((w for w in words if len(w) == 1), key=lambda w: -words[w])
    for character in characters:
        found.setdefault(syllables(character)[0], character)
    for character in characters:
        for spelling in spellings(character):
            found.setdefault(spelling, character)
    return found
