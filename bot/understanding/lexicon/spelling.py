"""Wrong characters mended: 住策 -> 注册, 浙将 -> 浙江, 二级建遭师 -> 二级建造师.

Only what makes no sense as it stands is touched: a stretch is suspicious where the tokeniser finds
no word, and a repair must cover a suspicious character.  Homophones are mended in words of two
characters and more, any one wrong character in words of five and more.

Words that may mean something as they stand (初使, 安微) are only guessed at, with `guess`, by
whoever has found that the utterance makes no sense without it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.core.slices import pause
from bot.understanding.arrays.saved import Saved, Writer
from bot.understanding.arrays.shipped import DATA
from bot.understanding.arrays.tries import Lists, Numbers
from bot.understanding.text.normalise import is_han
from bot.understanding.text.pinyin import readings, syllables

_FOLDS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"))
"""Sounds that many speakers do not tell apart; folded in words of three characters and more."""
_SOUNDS_REMEMBERED = 1_024
_WILDCARD_FROM = 5
_SHORT = 4
"""Words of fewer characters must not share any with another word."""
_LONGEST = 8
_HOLE = "*"
_GUESSED = range(2, 5)
"""Lengths of the words that are guessed at: longer ones are mended anyway."""
_MOST_MENDED = 40
"""Rare characters, from the start, that may be mended; so many are no slips of one message."""
_STANDS_ALONE = 6_000
"""Occurrences in jieba's corpus of 60 million words from which a character is a word by itself."""
_GRAMMAR = 100_000
"""The same, from which it is there for the grammar and no slip: 帮我把书留着 is not 帮我爸."""


@dataclass(frozen=True, slots=True)
class SpellingRepairer:
    """Knows how the words of a pack sound and how they look with one character missing."""

    _words: Numbers
    _meanings: NDArray[np.int32]
    """For each word the number of its meaning."""
    _sounds: Lists
    _holes: Lists
    """The words of `_sounds` and `_holes`, at most one each, are certain; those of `_short` not."""
    _short: Lists
    _letters: Collection[str]
    """The characters of the words of `_holes`."""
    _common: Mapping[str, int]

    @classmethod
    def of(cls, meanings: Mapping[str, object], common: Mapping[str, int]) -> SpellingRepairer:
        """`meanings` are the words that may have been meant, each with what it means.

        Two words that sound alike and mean different things (山西, 陕西) mend nothing.  `common`
        are everyday words with their frequency, single characters included.
        """
        kinds: dict[object, int] = {}
        words = Numbers.of(meanings)
        numbers = np.zeros(len(meanings), np.int32)
        for word, meaning in meanings.items():
            numbers[words[word]] = kinds.setdefault(meaning, len(kinds))
        usable = [w for w in meanings if 2 <= len(w) <= _LONGEST and all(map(is_han, w))]
        sounds = _certain(((_sound(syllables(word)), word) for word in usable), meanings)
        long = [word for word in usable if len(word) >= _WILDCARD_FROM]
        holes = _certain(((hole, word) for word in long for hole in _with_holes(word)), meanings)
        short: dict[str, list[str]] = {}
        for word in usable:
            for hole in _with_holes(word) if len(word) in _GUESSED else ():
                short.setdefault(hole, []).append(word)
        letters = frozenset().union(*long)
        return cls(words, numbers, sounds, holes, Lists.of(short), letters, common)

    def _meaning(self, word: str) -> int:
        return int(self._meanings[self._words[word]])

    def save(self, writer: Writer) -> None:
        self._words.save(writer, "words")
        writer.array("meanings", self._meanings)
        self._sounds.save(writer, "sounds")
        self._holes.save(writer, "holes")
        self._short.save(writer, "short")
        writer.table("letters", "".join(sorted(self._letters)))

    @classmethod
    def restored(cls, saved: Saved, common: Mapping[str, int]) -> SpellingRepairer:
        return cls(
            Numbers.restored(saved, "words"),
            saved.array("meanings"),
            Lists.restored(saved, "sounds"),
            Lists.restored(saved, "holes"),
            Lists.restored(saved, "short"),
            frozenset(saved.table("letters")),
            common,
        )

    def mend(self, utterance: str, singles: Iterable[int]) -> str:
        """The utterance with its wrong characters replaced.

        `singles` are the positions of characters that the tokeniser found to be part of no word.
        """
        loose = {at: self._common.get(utterance[at], 0) < _STANDS_ALONE for at in singles}
        rare = [at for at, is_rare in loose.items() if is_rare]
        if not rare:
            return utterance
        suspects = _Suspects.of(utterance, loose, rare)
        done = max(0, rare[0] - _LONGEST + 1)
        pieces = [utterance[:done]]
        last = rare[:_MOST_MENDED][-1]
        while done <= last:
            pause()
            word = self._word_at(utterance, done, suspects)
            pieces.append(word or utterance[done])
            done += len(word) or 1
        return "".join(pieces) + utterance[done:]

    def guess(self, utterance: str, singles: Iterable[int]) -> str:
        """The utterance with each stray character that looks or sounds like the right one replaced.

        Unlike `mend` this touches characters that are words by themselves, so the outcome is a
        guess: it counts only if it makes sense where the utterance as it stands does not.
        """
        stray = frozenset(singles)
        slips = frozenset([at for at in stray if self._common.get(utterance[at], 0) < _GRAMMAR])
        if not slips:
            return utterance
        done, pieces = 0, list[str]()
        while done < len(utterance):
            pause()
            word = self._guessed_at(utterance, done, stray, slips)
            pieces.append(word or utterance[done])
            done += len(word) or 1
        return "".join(pieces)

    def _guessed_at(
        self, utterance: str, at: int, stray: frozenset[int], slips: frozenset[int]
    ) -> str:
        """The longest word that only a slip in a stretch beginning here keeps from being one."""
        number_of = self._short.keys.trie.get
        for length in reversed(_GUESSED):
            stretch = utterance[at : at + length]
            if len(stretch) < length or (length < 3 and not {at, at + 1} <= stray):
                continue
            found: set[str] = set()
            for i, character in enumerate(stretch):
                if at + i in slips:
                    number = number_of(f"{stretch[:i]}{_HOLE}{stretch[i + 1 :]}")
                    words = () if number is None else self._short.at(number)
                    found.update([word for word in words if is_confusable(character, word[i])])
            if found and len({self._meaning(word) for word in found}) == 1:
                return min(found)
        return ""

    def _word_at(self, utterance: str, at: int, suspects: _Suspects) -> str:
        """The longest word that a stretch beginning here was meant to be, or nothing."""
        loose, longest = suspects.loose, min(_LONGEST, len(utterance) - at)
        shortest = suspects.reach(at)
        for length in range(longest, max(shortest, 2) - 1, -1):
            if length < _SHORT and suspects.loose_in(at, length) < length:
                continue
            spoken = suspects.folded if length > 2 else suspects.sounds
            words = self._sounds.get(" ".join(spoken[at : at + length]))
            if words and _is_credible(utterance[at : at + length], words[0], at, loose):
                return words[0]
        if not suspects.loose_in(at, 2):
            return ""
        return self._holed_at(
            utterance, at, range(longest, max(shortest, _WILDCARD_FROM) - 1, -1), loose
        )

    def _holed_at(
        self, utterance: str, at: int, lengths: Iterable[int], loose: Mapping[int, bool]
    ) -> str:
        start = utterance[at : at + _WILDCARD_FROM]
        if len(start) - sum(map(self._letters.__contains__, start)) > 1:
            return ""  # most of what people write ends here
        for length in lengths:
            stretch = utterance[at : at + length]
            word = self._holed(stretch)
            if word and _is_credible(stretch, word, at, loose):
                return word
        return ""

    def _holed(self, stretch: str) -> str | None:
        """The word that has one other character in this place."""
        number_of, word_of = self._holes.keys.trie.get, self._words.trie.get
        for i in range(len(stretch)):
            before, behind = stretch[:i], stretch[i + 1 :]
            number = number_of(f"{before}{_HOLE}{behind}")
            if number is not None and word_of(before + behind) is None:
                return self._holes.at(number)[0]  # 查二级建造师 is right, and no 一二级建造师
        return None


class _Suspects(NamedTuple):
    """The characters of an utterance that may be wrong, and how all of it sounds."""

    sounds: Sequence[str]
    folded: Sequence[str]
    """The sounds as many speakers say them."""
    loose: Mapping[int, bool]
    """Where the characters are that belong to no word, and whether each is a rare one."""
    rare: Sequence[int]
    loose_before: Sequence[int]
    """How many loose ones are before each place."""

    @classmethod
    def of(cls, utterance: str, loose: Mapping[int, bool], rare: Sequence[int]) -> _Suspects:
        spoken = syllables(utterance)
        before = accumulate(map(loose.__contains__, range(len(utterance))), initial=0)
        return cls(spoken, [*map(_folded, spoken)], loose, rare, [*before])

    def loose_in(self, at: int, length: int) -> int:
        """How many loose characters a stretch has; it may reach beyond the end."""
        end = min(at + length, len(self.loose_before) - 1)
        return self.loose_before[end] - self.loose_before[at]

    def reach(self, at: int) -> int:
        """The length from which a stretch has a rare character, which every repair must cover."""
        return self.rare[bisect_left(self.rare, at)] - at + 1


def _certain(pairs: Iterable[tuple[str, str]], meanings: Mapping[str, object]) -> Lists:
    """The first word for each key; none where another has another meaning."""
    table: dict[str, str] = {}
    for key, word in pairs:
        other = table.setdefault(key, word)
        if other and meanings[other] != meanings[word]:
            table[key] = ""
    return Lists.of({key: (word,) for key, word in table.items() if word})


def _with_holes(word: str) -> Iterator[str]:
    """The word with each of its characters left open in turn."""
    return (word[:at] + _HOLE + word[at + 1 :] for at in range(len(word)))


def _is_credible(stretch: str, word: str, at: int, loose: Mapping[int, bool]) -> bool:
    """Every changed character stood alone and hardly ever does; at most half of them changed.

    A short word must not lie in any other word, or 单位招 would lose its first half to another.
    """
    changed = [i for i, (a, b) in enumerate(zip(stretch, word, strict=True)) if a != b]
    if not changed or any(at + i not in loose for i in changed):
        return False
    if len(stretch) < _SHORT:
        return any(loose[at + i] for i in range(len(stretch)))
    return all(loose[at + i] for i in changed) and 2 * len(changed) <= len(stretch)


@cache
def _lookalikes() -> Mapping[str, str]:
    """Character -> all that are taken for it."""
    found: dict[str, str] = {}
    table = (DATA / "lookalikes.txt").read_text(encoding="utf-8")
    for line in table.splitlines():
        for character in () if line.startswith("#") else line:
            found[character] = found.get(character, "") + line
    return found


@lru_cache(_SOUNDS_REMEMBERED)
def is_confusable(written: str, meant: str) -> bool:
    """Whether one character is easily written for another: it looks or sounds like it."""
    if written == meant:
        return False
    if written in _lookalikes().get(meant, ""):
        return True
    heard = {_folded(sound) for sound in readings().get(written, ())}
    return any(_folded(sound) in heard for sound in readings().get(meant, ()))


def _sound(spoken: Sequence[str]) -> str:
    """How a word sounds; in long ones without the differences that many speakers do not make."""
    sound = " ".join(spoken)
    return _folded(sound) if len(spoken) > 2 else sound


@lru_cache(_SOUNDS_REMEMBERED)
def _folded(sound: str) -> str:
    for wide, narrow in _FOLDS:
        sound = sound.replace(wide, narrow)
    return sound
