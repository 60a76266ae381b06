"""Stored wordings that an utterance is one slip away from.

A slip is a character that is wrong, missing, doubled or has changed places with its neighbour, or
any number of characters that only sound right (and so does pinyin without a Han character in it).
What a newcomer would get wrong: 医保要交吗 is one character from 社保要交吗 and no slip, so only
characters that belong to no word may differ, and never one that denies or counts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA, Levenshtein

from bot.understanding.arrays import kernels
from bot.understanding.arrays.saved import Saved, Writer
from bot.understanding.text.normalise import normalise
from bot.understanding.text.pinyin import syllables

_SHORTEST = 4
"""Characters of an utterance below which one slip leaves too little."""
_LONG = 10
"""Characters from which two slips are forgiven."""
_LONG_SOUND = 12
"""Letters from which one may be wrong; never two, or 不 (bu) and 一 (yi, er) would be slips."""
_SHORTEST_SOUND = 8
"""Letters below which a sound is shared by too much."""
_TELLING = frozenset("不没未非无别莫冇唔甭一二三四五六七八九十两几0123456789")
"""Characters that change what is asked."""
_SPREAD, _HIGHER = np.uint32(2_654_435_761), np.uint32(26)
"""Knuth's multiplicative hash, of which the highest six bits count."""


class TypoFinder:
    """The wordings of a pack by look and by sound. Built once, when first needed."""

    def __init__(self, looks: Sequence[str], sounds: Sequence[str], owners: Sequence[int]) -> None:
        """`looks` are the wordings, normalised; `owners[i]` is the entry of the i-th of them."""
        self._owners = owners
        self._looks, self._sounds = _ByLength.of(looks), _ByLength.of(sounds)
        self._heard: dict[str, list[int]] = {}
        for number, sound in enumerate(sounds):
            self._heard.setdefault(sound, []).append(number)
        self._texts = looks, sounds

    @classmethod
    def of(cls, wordings: Sequence[str], owners: Sequence[int]) -> TypoFinder:
        """`wordings` as their authors wrote them."""
        looks = [*map(normalise, wordings)]
        return cls(looks, [*map(_sound, looks)], owners)

    def save(self, writer: Writer) -> None:
        """Write what takes half a second to make for ten thousand wordings."""
        writer.table("looks-and-sounds", self._texts)

    @classmethod
    def restored(cls, saved: Saved, owners: Sequence[int]) -> TypoFinder:
        looks, sounds = saved.table("looks-and-sounds")
        return cls(looks, sounds, owners)

    def find(self, utterance: str, stray: Collection[int]) -> int | None:
        """The number of the wording that was meant; `None` if none or several entries fit.

        `stray` are the positions of the characters that belong to no word.
        """
        looks = self._looking_like(utterance, stray) if len(utterance) >= _SHORTEST else []
        near = looks or self._sounding_like(utterance)
        return near[0] if near and len({self._owners[n] for n in near}) == 1 else None

    def _looking_like(self, utterance: str, stray: Collection[int]) -> list[int]:
        most = 1 if len(utterance) < _LONG else 2
        found = self._looks.within(utterance, most)
        return _nearest([(n, s) for n, s, word in found if _is_slip(utterance, word, stray)])

    def _sounding_like(self, utterance: str) -> list[int]:
        sound = _sound(utterance)
        if len(sound) < _SHORTEST_SOUND:
            return []
        if not utterance.isascii():
            return self._heard.get(sound, [])
        found = self._sounds.within(sound, int(len(sound) >= _LONG_SOUND))
        return _nearest([(n, slips) for n, slips, _ in found])


def _sound(text: str) -> str:
    return "".join(syllables(text)).replace(" ", "")


@dataclass(frozen=True, slots=True)
class _ByLength:
    """Texts, the shorter ones first, with the characters of each as a set of bits.

    A slip puts at most one character into a text and takes at most one out of it, so of ten
    thousand texts all but a few are too far away by their characters alone.
    """

    texts: Sequence[str]
    _order: NDArray[np.int64]
    """The numbers of the texts by their length."""
    _starts: NDArray[np.int64]
    """Length -> where in `_order` the texts begin that are as long or longer."""
    _characters: NDArray[np.uint64]
    """A set for each of `_order`."""

    @classmethod
    def of(cls, texts: Sequence[str]) -> _ByLength:
        lengths = np.array([len(text) for text in texts], np.int64)
        order = np.argsort(lengths, kind="stable")
        starts = np.searchsorted(lengths[order], np.arange(lengths.max(initial=0) + 2))
        return cls(texts, order, starts, _character_sets([texts[n] for n in order.tolist()]))

    def within(self, text: str, most: int) -> Iterator[tuple[int, int, str]]:
        """Number, slips and text of everything that is at most so many slips away."""
        last = len(self._starts) - 1
        first = min(max(0, len(text) - most), last)
        stretch = self._starts.item(first), self._starts.item(min(len(text) + most + 1, last))
        for number in self._near(text, *stretch, most):
            other = self.texts[number]
            slips = OSA.distance(text, other, score_cutoff=most)
            if slips <= most:
                yield number, slips, other

    def _near(self, text: str, first: int, last: int, most: int) -> list[int]:
        """The numbers of those texts, of a stretch by length, whose characters are nearly these."""
        if kernels.in_use:
            near = kernels.in_use.near_sets(self._characters, first, last, text, most)
            return [self._order.item(place) for place in near]
        sets, own = self._characters[first:last], _character_sets([text])
        more, less = np.bitwise_count(sets & ~own), np.bitwise_count(own & ~sets)
        found: list[int] = self._order[first:last][np.maximum(more, less) <= most].tolist()
        return found


def _character_sets(texts: Sequence[str]) -> NDArray[np.uint64]:
    """The characters of each text as bits; some share one, which makes texts look more alike."""
    codes = np.frombuffer("".join(texts).encode("utf-32-le"), np.uint32)
    bits = np.uint64(1) << (codes * _SPREAD >> _HIGHER).astype(np.uint64)
    lengths = np.array([len(text) for text in texts], np.int64)
    sets, told = np.zeros(len(texts), np.uint64), np.flatnonzero(lengths)
    if len(told):
        sets[told] = np.bitwise_or.reduceat(bits, (lengths.cumsum() - lengths)[told])
    return sets


def _nearest(hits: Sequence[tuple[int, float]]) -> list[int]:
    least = min((slips for _, slips in hits), default=0)
    return [number for number, slips in hits if slips == least]


def _is_slip(utterance: str, wording: str, stray: Collection[int]) -> bool:
    if sorted(utterance) == sorted(wording):
        return _are_neighbours_swapped(utterance, wording)
    for change in Levenshtein.editops(utterance, wording):
        said = utterance[change.src_pos : change.src_pos + 1] if change.tag != "insert" else ""
        meant = wording[change.dest_pos : change.dest_pos + 1] if change.tag != "delete" else ""
        if _TELLING.intersection((said, meant)):
            return False
        if said and change.src_pos not in stray:
            return False
    return True


def _are_neighbours_swapped(utterance: str, wording: str) -> bool:
    """Whether the characters changed places next to each other, not across the sentence."""
    return OSA.distance(utterance, wording) < Levenshtein.distance(utterance, wording)
