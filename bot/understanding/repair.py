"""Wrong characters mended: 住策 -> 注册, 浙将 -> 浙江, 二级建遭师 -> 二级建造师.

Only what makes no sense as it stands is touched: a stretch is suspicious where the tokeniser finds
no word, and a repair must cover a suspicious character.  Homophones are mended in words of two
characters and more, any one wrong character in words of four and more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.understanding.pinyin import syllables
from bot.understanding.text import is_han

_FOLDS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"))
"""Sounds that many speakers do not tell apart; folded in words of three characters and more."""
_WILDCARD_FROM = 4
_LONGEST = 8
_HOLE = "*"
_STANDS_ALONE = 30_000
"""Occurrences in jieba's corpus of 60 million words from which a character is a word by itself."""


class Repairer:
    """Knows how the words of a pack sound and how they look with one character missing."""

    def __init__(self, words: Iterable[str], common: Mapping[str, int]) -> None:
        """`common` are everyday words with their frequency, single characters included."""
        self._common = common
        self._sounds: dict[tuple[str, ...], str] = {}
        self._holes: dict[str, str] = {}
        for word in words:
            self._learn(word)

    def _learn(self, word: str) -> None:
        if not 2 <= len(word) <= _LONGEST or not all(map(is_han, word)):
            return
        self._sounds.setdefault(_sound(word), word)
        if len(word) >= _WILDCARD_FROM:
            for at in range(len(word)):
                self._holes.setdefault(word[:at] + _HOLE + word[at + 1 :], word)

    def mend(self, utterance: str, singles: Iterable[int]) -> str:
        """The utterance with its wrong characters replaced.

        `singles` are the positions of characters that the tokeniser found to be part of no word.
        """
        loose = {at: self._common.get(utterance[at], 0) < _STANDS_ALONE for at in singles}
        if not any(loose.values()):
            return utterance
        at = 0
        pieces: list[str] = []
        while at < len(utterance):
            word = self._word_at(utterance, at, loose)
            pieces.append(word or utterance[at])
            at += len(word) or 1
        return "".join(pieces)

    def _word_at(self, utterance: str, at: int, loose: Mapping[int, bool]) -> str:
        """The longest word that a stretch beginning here was meant to be, or nothing."""
        for length in range(min(_LONGEST, len(utterance) - at), 1, -1):
            stretch = utterance[at : at + length]
            if not any(loose.get(at + i) for i in range(length)):
                continue
            word = self._sounds.get(_sound(stretch)) or self._holed(stretch)
            if word and _is_credible(stretch, word, at, loose):
                return word
        return ""

    def _holed(self, stretch: str) -> str | None:
        """The word that has one other character in this place."""
        if len(stretch) < _WILDCARD_FROM:
            return None
        holes = (stretch[:i] + _HOLE + stretch[i + 1 :] for i in range(len(stretch)))
        return next((self._holes[hole] for hole in holes if hole in self._holes), None)


def _is_credible(stretch: str, word: str, at: int, loose: Mapping[int, bool]) -> bool:
    """Every changed character stood alone; a short word must lie in no other word at all."""
    changed = [i for i, (a, b) in enumerate(zip(stretch, word, strict=True)) if a != b]
    if not changed or any(at + i not in loose for i in changed):
        return False
    if len(stretch) < _WILDCARD_FROM:
        return all(at + i in loose for i in range(len(stretch)))
    return 2 * len(changed) <= len(stretch)


def _sound(text: str) -> tuple[str, ...]:
    sounds = syllables(text)
    return tuple(_fold(sound) for sound in sounds) if len(text) > 2 else sounds


def _fold(sound: str) -> str:
    for wide, narrow in _FOLDS:
        sound = sound.replace(wide, narrow)
    return sound
