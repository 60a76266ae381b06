"""Toneless pinyin: of characters, of words, and from a run of Latin letters back to words.

The readings come from a compiled table (65 kB, 20,000 characters; see scripts/compile_pinyin.py),
so no pinyin library is loaded at run time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from itertools import product

_RUN = re.compile(r"[a-z]+(?: [a-z]+)*")
_MAX_READINGS = 8
_LETTER_COST = 2.0
"""Cost of a letter that no word explains; a word costs 1, so a gap of one letter is worth two words."""
_ENOUGH = 0.75
"""A run is taken for pinyin when words explain at least this share of its letters."""


@cache
def readings() -> Mapping[str, tuple[str, ...]]:
    """character -> its toneless readings, the commonest first."""
    found: dict[str, tuple[str, ...]] = {}
    rare: dict[str, str] = {}
    table = files("bot.understanding").joinpath("data/pinyin.txt").read_text(encoding="utf-8")
    for line in table.splitlines():
        syllable, _, characters = line.partition(" ")
        common, _, uncommon = characters.partition("|")
        found.update(dict.fromkeys(common, (syllable,)))
        rare.update(dict.fromkeys(uncommon, syllable))
    for character, syllable in rare.items():
        found[character] = (*found.get(character, ()), syllable)
    return found


def syllables(text: str) -> tuple[str, ...]:
    """The commonest reading of each character; what has none stands for itself."""
    table = readings()
    return tuple(table[c][0] if c in table else c for c in text)


def spellings(word: str) -> list[str]:
    """The ways a word may be typed in letters; at most eight, empty if a character has no reading."""
    table = readings()
    options = [table.get(c, ()) for c in word]
    if not all(options):
        return []
    return ["".join(way) for way in list(product(*options))[:_MAX_READINGS]]


class Transliterator:
    """Turns runs of letters into words where enough of the run can be explained.

    Of all ways to cut a run into known spellings the one with the fewest pieces wins; spellings
    given earlier win ties, so that a pack's own words come before general ones.
    """

    def __init__(self, whole: Mapping[str, str], words: Iterable[str], names: Mapping[str, str]) -> None:
        """`whole` are tokens that count only alone (sc); `names` are spellings with fixed results."""
        self._whole = whole
        self._spelt: dict[str, str] = dict(names)
        for word in words:
            for spelling in spellings(word):
                self._spelt.setdefault(spelling, word)
        self._longest = max(map(len, self._spelt), default=0)

    def rewrite(self, utterance: str) -> str:
        return _RUN.sub(lambda run: self._rewrite_run(run.group()), utterance)

    def _rewrite_run(self, run: str) -> str:
        pieces: list[str] = []
        waiting: list[str] = []
        for token in run.split(" "):
            if token in self._whole:
                pieces += [self._words_of(waiting), self._whole[token]]
                waiting = []
            else:
                waiting.append(token)
        pieces.append(self._words_of(waiting))
        return " ".join(piece for piece in pieces if piece)

    def _words_of(self, tokens: list[str]) -> str:
        letters = "".join(tokens)
        cut = self._cut(letters)
        explained = sum(len(spelling) for spelling in cut if spelling in self._spelt)
        if not letters or explained < _ENOUGH * len(letters):
            return " ".join(tokens)
        return " ".join(self._spelt.get(spelling, spelling) for spelling in cut)

    def _cut(self, letters: str) -> list[str]:
        """The cheapest way to cover the letters, from left to right."""
        best: list[tuple[float, int]] = [(0.0, 0)]
        for end in range(1, len(letters) + 1):
            options = [(best[end - 1][0] + _LETTER_COST, end - 1)]
            for start in range(max(0, end - self._longest), end - 1):
                if letters[start:end] in self._spelt:
                    options.append((best[start][0] + 1.0, start))
            best.append(min(options))
        pieces: list[str] = []
        end = len(letters)
        while end:
            start = best[end][1]
            pieces.append(letters[start:end])
            end = start
        return pieces[::-1]
