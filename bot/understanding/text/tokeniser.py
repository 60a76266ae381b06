"""Cut a text into words with jieba, or with rjieba (in Rust) if the extra `fast` is installed.

A pack is cut with a compact dictionary: every canonical word and some twenty thousand everyday
words with their frequencies, so a process starts in milliseconds instead of the 0.6 s of jieba's
own 349,000.  Texts without a pack are cut with that full dictionary.  Both engines give the same
words; which one is used changes the speed and nothing else.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from importlib import import_module
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from itertools import pairwise
from sys import intern
from typing import Any, Literal, Protocol

Cut = Callable[[str], tuple[str, ...]]
"""Cuts a text into words; joined they are the text again."""
Engine = Literal["jieba", "rjieba"]
_LATIN = re.compile(r"[\x00-\x7f]")
_REMEMBERED = 4_096
"""Short stretches whose words are cached: what stands between two terms repeats often."""


class _JiebaState(Protocol):
    """The part of `jieba.Tokenizer` that is filled here instead of from a file."""

    FREQ: dict[str, int]
    total: int
    initialized: bool


def engine() -> Engine:
    """Return the engine in use: the fast one if it is installed."""
    return "rjieba" if find_spec("rjieba") else "jieba"


def compact_cutter(words: Mapping[str, int], using: Engine | None = None) -> Cut:
    """Return a cutter that knows `words` (word -> frequency) and cuts the rest into characters."""
    make = _compact_rjieba if (using or engine()) == "rjieba" else _compact_jieba
    return lru_cache(maxsize=_REMEMBERED)(make(words))


def full_cutter(using: Engine | None = None) -> Cut:
    """Return a cutter with jieba's whole dictionary and its guesses at unknown words."""
    if (using or engine()) == "rjieba":
        fast = _rjieba().Jieba()
        return lambda text: tuple(fast.cut(text, hmm=True))
    jieba = _jieba()
    return lambda text: tuple(jieba.lcut(text))


def _compact_rjieba(words: Mapping[str, int]) -> Cut:
    fast = _rjieba().Jieba.empty()
    for word, frequency in words.items():
        fast.add_word(word, frequency, "")
    return lambda text: tuple(map(intern, fast.cut(text, hmm=False)))


def _compact_jieba(words: Mapping[str, int]) -> Cut:
    tokenizer = _jieba().Tokenizer()
    _fill(tokenizer, words)
    return lambda text: tuple(map(intern, tokenizer.lcut(text, HMM=False)))


@cache
def _rjieba() -> Any:
    """Import the compiled part of rjieba: its package loads the full dictionary when imported.

    That takes 32 MiB and 0.13 s for a dictionary that a pack does not use (rjieba 0.2.2).
    """
    package = find_spec("rjieba")
    folders = package.submodule_search_locations if package else None
    inner = PathFinder.find_spec("rjieba.rjieba", folders)
    if inner is None or inner.loader is None:
        return import_module("rjieba")
    module = module_from_spec(inner)
    inner.loader.exec_module(module)
    return module


@cache
def _jieba() -> Any:
    """Import jieba without pkg_resources, which it tries first and does not need.

    That saves 11 MiB and 67 ms; without it jieba opens its files itself (0.42.1).
    """
    is_new = "pkg_resources" not in sys.modules
    if is_new:
        sys.modules["pkg_resources"] = None  # type: ignore[assignment]  # what import checks first
    try:
        jieba = import_module("jieba")
    finally:
        if is_new:
            del sys.modules["pkg_resources"]
    jieba.setLogLevel(logging.WARNING)
    return jieba


def _fill(tokenizer: _JiebaState, words: Mapping[str, int]) -> None:
    """Do what `jieba.Tokenizer.initialize` does with a dictionary file; prefixes count zero."""
    frequencies: dict[str, int] = {}
    for word, frequency in words.items():
        for end in range(1, len(word)):
            frequencies.setdefault(word[:end], 0)
        frequencies[word] = frequency
    tokenizer.FREQ = frequencies
    tokenizer.total = sum(words.values())
    tokenizer.initialized = True


def grams(text: str) -> list[str]:
    """Return characters and pairs of neighbouring ones; Latin words and numbers are not split."""
    if not _LATIN.search(text):
        return [*text, *map("".join, pairwise(text))]
    pairs = (a + b for a, b in pairwise(text) if not (a.isascii() or b.isascii()))
    return [*(character for character in text if not character.isascii()), *pairs]
