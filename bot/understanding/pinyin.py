"""Toneless pinyin: of characters, of words, and from a run of Latin letters back to words.

The readings come from a compiled table (65 kB, 20,000 characters; see scripts/compile_pinyin.py),
so no pinyin library is loaded at run time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from itertools import accumulate, product

_RUN = re.compile(r"[a-z]+(?: [a-z]+)*")
_MAX_READINGS = 8
_TERM_COST, _WORD_COST, _SYLLABLE_COST = 0.9, 1.0, 1.2
"""Two general words beat three syllables, a term of the pack beats a general word."""
_SPACED = 4
"""A run of more tokens than this minus one may have a space after every syllable."""
_LONGEST_SYLLABLE = 5
_VOWELS = "aeo"
_LETTER_COST = 2.0
"""Cost of a letter that nothing explains."""
_STRADDLE_COST = 1.0
_ENOUGH = 0.85
"""A run is taken for pinyin when at least this share of its letters is explained,"""
_ENOUGH_WORDS = 0.45
"""and this share by words of more than one syllable: any letters can be read as some syllables."""


@cache
def readings() -> Mapping[str, tuple[str, ...]]:
    """Character -> its toneless readings, the commonest first."""
    found: dict[str, tuple[str, ...]] = {}
    rare: list[tuple[str, str]] = []
    table = files("bot.understanding").joinpath("data/pinyin.txt").read_text(encoding="utf-8")
    for line in table.splitlines():
        syllable, _, characters = line.partition(" ")
        common, _, uncommon = characters.partition("|")
        found.update(dict.fromkeys(common, (syllable,)))
        rare += [(character, syllable) for character in uncommon]
    for character, syllable in rare:
        found[character] = (*found.get(character, ()), syllable)
    return found


def syllables(text: str) -> tuple[str, ...]:
    """The commonest reading of each character; what has none stands for itself."""
    table = readings()
    return tuple(table[c][0] if c in table else c for c in text)


def spellings(word: str) -> list[str]:
    """The ways a word may be typed, at most eight; none if a character has no reading."""
    table = readings()
    options = [table.get(c, ()) for c in word]
    if not all(options):
        return []
    return ["".join(way) for way in list(product(*options))[:_MAX_READINGS]]


class Transliterator:
    """Turns runs of letters into words where enough of the run can be explained.

    Of all ways to cut a run the cheapest wins: the pack's own words before general ones, words
    before single syllables, and cuts that respect the spaces that were typed.
    """

    def __init__(
        self,
        whole: Mapping[str, str],
        names: Mapping[str, str],
        terms: Iterable[str],
        words: Mapping[str, int],
    ) -> None:
        """`whole` are tokens that count only alone (sc); `names` are spellings with fixed results.

        `words` are general words with their frequency; the commonest character of a syllable
        stands for it where no word fits.
        """
        self._whole = whole
        self._pieces: dict[str, tuple[float, str]] = {}
        for spelling, result in names.items():
            self._pieces[spelling] = (_TERM_COST, result)
        self._add(terms, _TERM_COST)
        self._add((w for w in words if len(w) > 1), _WORD_COST)
        self._add(
            sorted((w for w in words if len(w) == 1), key=lambda w: -words[w]), _SYLLABLE_COST
        )
        self._longest = max(map(len, self._pieces), default=0)

    def _add(self, words: Iterable[str], cost: float) -> None:
        for word in words:
            for spelling in spellings(word):
                if len(spelling) == 1 and spelling not in _VOWELS:
                    continue
                self._pieces.setdefault(spelling, (cost, word))

    def rewrite(self, utterance: str) -> str:
        return _RUN.sub(lambda run: self._rewrite_run(run.group()), utterance)

    def _rewrite_run(self, run: str) -> str:
        results: list[str] = []
        waiting: list[str] = []
        for token in run.split(" "):
            if token in self._whole:
                results += [self._words_of(waiting), f" {self._whole[token]} "]
                waiting = []
            else:
                waiting.append(token)
        results.append(self._words_of(waiting))
        return "".join(results).strip()

    def _words_of(self, tokens: list[str]) -> str:
        letters = "".join(tokens)
        borders = frozenset(accumulate(map(len, tokens), initial=0))
        cut = self._cut(letters, borders)
        explained = sum(len(piece) for piece in cut if piece in self._pieces)
        words = sum(len(piece) for piece in cut if self._costs(piece) < _SYLLABLE_COST)
        if explained < _ENOUGH * len(letters) or words < _ENOUGH_WORDS * len(letters):
            return " ".join(tokens)
        return "".join(self._pieces[piece][1] if piece in self._pieces else piece for piece in cut)

    def _costs(self, piece: str) -> float:
        return self._pieces[piece][0] if piece in self._pieces else _SYLLABLE_COST

    def _cut(self, letters: str, borders: frozenset[int]) -> list[str]:
        """The cheapest way to cover the letters, from left to right."""
        best: list[tuple[float, int]] = [(0.0, 0)]
        is_spaced = len(borders) > _SPACED and len(letters) < _LONGEST_SYLLABLE * len(borders)
        for end in range(1, len(letters) + 1):
            options = [(best[end - 1][0] + _LETTER_COST, end - 1)]
            for start in range(max(0, end - self._longest), end):
                piece = self._pieces.get(letters[start:end])
                if piece and not (is_spaced and _is_torn(start, end, piece[1], borders)):
                    astride = _STRADDLE_COST * _straddles(start, end, borders)
                    options.append((best[start][0] + piece[0] + astride, start))
            best.append(min(options))
        pieces: list[str] = []
        end = len(letters)
        while end:
            start = best[end][1]
            pieces.append(letters[start:end])
            end = start
        return pieces[::-1]


def _is_torn(start: int, end: int, word: str, borders: frozenset[int]) -> bool:
    """Whether a word would lie inside one syllable of those who put a space after each (xian)."""
    return end - start < _LONGEST_SYLLABLE and len(word) > 1 and start in borders and end in borders


def _straddles(start: int, end: int, borders: frozenset[int]) -> bool:
    """Whether a piece runs over a typed space without beginning and ending at one."""
    if start in borders and end in borders:
        return False
    return any(start < border < end for border in borders)
