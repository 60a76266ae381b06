"""Words of a text: jieba, with a compact dictionary made from the pack or with its full one.

The pack's dictionary holds every canonical word and a few thousand everyday words with their
frequencies, so a process starts in milliseconds; foreign corpora are cut with jieba's own 349,000.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Protocol

import jieba

jieba.setLogLevel(logging.WARNING)

Cut = Callable[[str], list[str]]
"""Cuts a text into words; joined they are the text again."""


class _JiebaState(Protocol):
    """The part of `jieba.Tokenizer` that is filled here instead of from a file."""

    FREQ: dict[str, int]
    total: int
    initialized: bool


def compact_cutter(words: Mapping[str, int]) -> Cut:
    """A cutter that knows `words` (word -> frequency) and takes the rest apart into characters."""
    tokenizer = jieba.Tokenizer()
    _fill(tokenizer, words)

    def cut(text: str) -> list[str]:
        return tokenizer.lcut(text, HMM=False)  # type: ignore[no-any-return]

    return cut


def full_cutter() -> Cut:
    """Jieba as it ships: 0.6 s to load, words it does not know are guessed."""

    def cut(text: str) -> list[str]:
        return jieba.lcut(text)  # type: ignore[no-any-return]

    return cut


def _fill(tokenizer: _JiebaState, words: Mapping[str, int]) -> None:
    """What `jieba.Tokenizer.initialize` reads from a dictionary file; prefixes count zero."""
    frequencies: dict[str, int] = {}
    for word, frequency in words.items():
        for end in range(1, len(word)):
            frequencies.setdefault(word[:end], 0)
        frequencies[word] = frequency
    tokenizer.FREQ = frequencies
    tokenizer.total = sum(words.values())
    tokenizer.initialized = True


def grams(text: str) -> list[str]:
    """Characters and pairs of neighbouring ones; Latin words and numbers are not taken apart."""
    if not text.isascii() and text.isalpha():
        return [*text, *map("".join, pairwise(text))]
    pairs = (a + b for a, b in pairwise(text) if not (a.isascii() or b.isascii()))
    return [*(character for character in text if not character.isascii()), *pairs]
