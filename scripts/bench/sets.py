"""Read sets of questions from a given folder, and make a large one from them.

A set is a folder with corpus.jsonl and queries.jsonl in the form of docs/reference/evaluation.md;
pairs are in a folder `pairs`.  Nothing of them is stored.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from bot.evaluation.files import Corpus, Query, read_corpus, read_queries
from scripts.bench.cutting import words_of
from scripts.bench.figures import every

SEED = 11
PUT = 1000
"""Queries put to a synthetic corpus: enough for a p99."""
FAMILY = 4
"""Phrasings of a synthetic group: they begin alike."""


@dataclass(frozen=True, slots=True)
class Set:
    name: str
    corpus: Path
    queries: Path


def sets_in(folder: Path) -> list[Set]:
    """Return all sets, the smallest first."""
    found = [
        Set(corpus.parent.name, corpus, corpus.parent / "queries.jsonl")
        for corpus in folder.glob("*/corpus.jsonl")
    ]
    return sorted(found, key=lambda one: (one.corpus.stat().st_size, one.name))


def pairs_in(folder: Path) -> dict[str, Path]:
    return {path.stem: path for path in sorted(folder.glob("pairs/*.jsonl"))}


class Grown:
    """Corpora of any size, each a prefix of the next: a real one, then mixtures of it.

    A mixture is the first half of one phrasing and the second half of another, cut between words,
    so that vocabulary, frequencies and lengths stay those of real questions.
    """

    def __init__(self, source: Set) -> None:
        self._corpus = read_corpus(source.corpus)
        queries = read_queries(source.queries, self._corpus.ids)
        self._queries = [queries[n] for n in every(PUT, len(queries))]

    def write(self, sizes: Sequence[int], folder: Path) -> list[Set]:
        """Write a set of each size; the questions are the same, and none counts as answerable."""
        chance = Random(SEED)
        texts = list(self._corpus.texts)
        chance.shuffle(texts)
        phrasings = [*grouped(texts), *mixtures(self._corpus, chance, max(sizes) - len(texts))]
        return [self._written(phrasings[:size], folder / str(size)) for size in sizes]

    def _written(self, phrasings: Sequence[tuple[str, str]], folder: Path) -> Set:
        folder.mkdir(parents=True)
        corpus, queries = folder / "corpus.jsonl", folder / "queries.jsonl"
        with corpus.open("w", encoding="utf-8") as file:
            for group, questions in _runs(phrasings):
                row = {"id": group, "questions": questions}
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
        with queries.open("w", encoding="utf-8") as file:
            file.writelines(_row(query) for query in self._queries)
        return Set(folder.name, corpus, queries)


def grouped(texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield each text with a group of its own."""
    return ((f"r{n}", text) for n, text in enumerate(texts))


def mixtures(corpus: Corpus, chance: Random, count: int) -> Iterator[tuple[str, str]]:
    """Yield groups and texts; no text is repeated, and none is in the corpus."""
    if count <= 0:
        return
    words = [words_of(text) for text in corpus.texts]
    cuttable = [some for some in words if len(some) > 2]
    seen = set(corpus.texts)
    made = 0
    while made < count:
        head = chance.choice(cuttable)
        for tail in chance.choices(cuttable, k=FAMILY):
            text = "".join(head[: (len(head) + 1) // 2] + tail[len(tail) // 2 :])
            if text not in seen and made < count:
                seen.add(text)
                yield f"m{made // FAMILY}", text
                made += 1


def _runs(phrasings: Sequence[tuple[str, str]]) -> Iterator[tuple[str, list[str]]]:
    group = phrasings[0][0]
    questions: list[str] = []
    for name, text in phrasings:
        if name != group:
            yield group, questions
            group, questions = name, []
        questions.append(text)
    yield group, questions


def _row(query: Query) -> str:
    row = {"q": query.text, "gold": None, "kind": "near"}
    return json.dumps(row, ensure_ascii=False) + "\n"
