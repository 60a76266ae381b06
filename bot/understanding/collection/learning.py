"""Extract and count the features of a collection's phrasings, if it is large in parallel.

This takes nearly all of the time to build an index, and each text is independent.  Features are
numbered in the order in which they first occur: merging the parts of several processes gives the
same numbers as one process would.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray

from bot.understanding.collection.features import in_order, plain
from bot.understanding.index.vocabulary import Numbered, numbered, numbers
from bot.understanding.text.normalise import normalise
from bot.understanding.text.tokeniser import Cut

PART = 20_000
"""Texts of one part: 0.5 s of work, and 45,000 features to send back."""
WORTHWHILE = 100_000
"""From this many texts several processes pay: each takes 0.7 s to start, and one alone handles
40,000 texts a second.
"""


@dataclass(frozen=True, slots=True)
class Learnt:
    """The features of some texts, and what else is stored of them."""

    numbered: Numbered
    plain: list[str]
    """Each text in the form of `features.plain`."""
    words: Counter[str]
    """How often each word occurs."""


def learn(texts: Iterable[str], cut: Cut) -> Learnt:
    """Extract everything that an index needs of some texts."""
    kept: list[str] = []
    words: Counter[str] = Counter()

    def phrases() -> Iterator[Collection[str]]:
        for text in texts:
            utterance = normalise(text)
            tokens = cut(utterance)
            kept.append(plain(utterance))
            words.update(tokens)
            yield dict.fromkeys(in_order(tokens, utterance))

    return Learnt(numbered(phrases()), kept, words)


def learn_in_parts(
    texts: Sequence[str], make_cut: Callable[[], Cut], processes: int
) -> Iterator[Learnt]:
    """Extract in several processes: yield one part after another, in the order of the texts.

    `make_cut` is called in every process and must be importable there.
    """
    parts = [texts[start : start + PART] for start in range(0, len(texts), PART)]
    # Not forked: the copy of a process with threads (those of numpy) may hang.
    with ProcessPoolExecutor(processes, get_context("spawn"), _prepare, (make_cut,)) as pool:
        yield from pool.map(_learn_part, parts)


_cut: Cut
"""The cutter of a worker process; unset in any other."""


def _prepare(make_cut: Callable[[], Cut]) -> None:
    global _cut  # noqa: PLW0603  the pool hands a process nothing else that lasts
    _cut = make_cut()


def _learn_part(texts: Sequence[str]) -> Learnt:
    return learn(texts, _cut)


def merge(parts: Iterable[Learnt]) -> Learnt:
    """Merge parts."""
    ids = numbers()
    flats: list[NDArray[np.int32]] = []
    lengths: list[NDArray[np.int32]] = []
    kept: list[str] = []
    words: Counter[str] = Counter()
    for part in parts:
        own = part.numbered
        now = np.fromiter(map(ids.__getitem__, own.vocabulary), np.int32, len(own.vocabulary))
        flats.append(now[own.flat])
        lengths.append(own.lengths)
        kept += part.plain
        words.update(part.words)
    whole = Numbered(list(ids), np.concatenate(flats), np.concatenate(lengths))
    return Learnt(whole, kept, words)


def processes_for(texts: int) -> int:
    """Return the number of processes for so many texts: the number of cores, if it pays."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (cores or 1) if texts >= WORTHWHILE else 1
