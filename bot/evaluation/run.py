"""Run an evaluation: build, ask every query, compute the figures.

The names of the figures are those of docs/reference/evaluation.md; a figure without any data is
None.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from bot.evaluation import metrics
from bot.evaluation.files import Query, read_corpus, read_pairs, read_queries
from bot.evaluation.noise import Kind, NoiseMaker
from bot.evaluation.retrievers import build_collection, open_corpus, with_progress
from bot.understanding.collection.retriever import Found, Retriever
from bot.understanding.collection.second_opinion import BROUGHT, SecondOpinion
from bot.understanding.scoring import Semantic, shipped_meaning, shipped_semantic
from bot.understanding.semantic.closeness import meant_text
from bot.understanding.semantic.encoder import Encoder, Vectors
from bot.understanding.semantic.meaning_table import shipped_table
from bot.understanding.semantic.vectors import Report, vectors_of
from bot.understanding.text.tokeniser import full_cutter

Figures = dict[str, float | int | None]
RANKS = 10
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a second opinion is made with."""

    encoder: Encoder
    vectors: Callable[[Sequence[str], Report], Vectors]
    """Makes those of many texts at once, and tells how far it is."""
    model: Semantic
    brought: int
    """How many groups are looked for by vectors alone."""


def by_table() -> Meaning:
    """By the table in the package: microseconds, and nothing to install."""
    table = shipped_table()
    return Meaning(table, lambda texts, _: table.encode(texts), shipped_meaning(), 0)


def by_encoder(encoder: Encoder, folder: Path | None) -> Meaning:
    """By a sentence encoder; vectors are kept in `folder` (`None`: not kept)."""

    def vectors(texts: Sequence[str], report: Report) -> Vectors:
        return vectors_of(texts, encoder, folder, report)

    return Meaning(encoder, vectors, shipped_semantic(), BROUGHT)


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of a query; `rank` is that of the right group, from 1; 0 for not found."""

    kind: str
    rank: int
    score: float


def evaluate(
    corpus_path: Path,
    queries_path: Path,
    noise: Kind | None,
    seed: int,
    report: Report,
    folder: Path | None = None,
    tell: Callable[[str], None] = print,
    meaning: Meaning | None = None,
) -> Figures:
    """Put all queries to a corpus, one at a time; `folder` and `tell` as in `open_corpus`."""
    started = perf_counter()
    corpus = open_corpus(corpus_path, folder, report, tell)
    retriever = corpus.retriever
    if meaning is not None:
        texts = read_corpus(corpus_path)
        retriever = _with_second_opinion(retriever, texts.texts, texts.groups, report, meaning)
    build_s = perf_counter() - started
    queries = read_queries(queries_path, corpus.ids)
    if noise is not None:
        queries = noisy(queries, NoiseMaker(noise, read_corpus(corpus_path).texts, seed))
    answers: list[Answer] = []
    times: list[float] = []
    seconds = 0
    for query in with_progress("提问", queries, report):
        started = perf_counter()
        found = retriever.search(query.text, RANKS)
        times.append((perf_counter() - started) * 1000)
        answers.append(answer_of(query, found))
        seconds += found.is_second
    return figures(answers) | {
        "build_s": round(build_s, 2),
        "rss_mb": round(_peak_mb(), 1),
        "p50_ms": _rounded(metrics.quantile(times, 0.5)),
        "p95_ms": _rounded(metrics.quantile(times, 0.95)),
        **_share(meaning, seconds, len(queries)),
        "phrasings": corpus.phrasings,
        "n": len(queries),
    }


def evaluate_pairs(path: Path, report: Report, meaning: Meaning | None = None) -> Figures:
    """Judge pairs of questions; idf is learnt from all sentences of the file."""
    pairs = read_pairs(path)
    sentences = [text for pair in pairs for text in (pair.a, pair.b)]
    collection = build_collection(sentences, range(len(sentences)), report)
    retriever = Retriever.over(collection, full_cutter())
    if meaning is not None:
        retriever = _with_second_opinion(
            retriever, sentences, range(len(sentences)), report, meaning
        )
    found = [(retriever.judge(p.a, p.b), p.is_same) for p in with_progress("比较", pairs, report)]
    same = [judged.score for judged, is_same in found if is_same]
    other = [judged.score for judged, is_same in found if not is_same]
    seconds = sum(judged.is_second for judged, _ in found)
    share = _share(meaning, seconds, len(pairs))
    return {"auroc": _rounded(metrics.auroc(same, other)), **share, "n": len(pairs)}


def noisy(queries: Iterable[Query], maker: NoiseMaker) -> list[Query]:
    return [Query(maker.make(query.text), query.gold, query.kind) for query in queries]


def answer_of(query: Query, found: Found) -> Answer:
    groups = [hit.group for hit in found.hits]
    rank = groups.index(query.gold) + 1 if query.gold in groups else 0
    return Answer(query.kind, rank, found.score)


def figures(answers: Sequence[Answer]) -> Figures:
    ranks = [answer.rank for answer in answers if answer.kind == "in"]
    scores = {kind: [a.score for a in answers if a.kind == kind] for kind in ("in", "far", "near")}
    first = [(answer.score, answer.rank == 1) for answer in answers]
    found = {
        "hit1": metrics.hit_rate(ranks, 1),
        "hit5": metrics.hit_rate(ranks, 5),
        "mrr10": metrics.mean_reciprocal_rank(ranks, 10),
        "au_far": metrics.auroc(scores["in"], scores["far"]),
        "au_near": metrics.auroc(scores["in"], scores["near"]),
        "cov95": metrics.coverage(first, 0.95, len(ranks)),
        "cov90": metrics.coverage(first, 0.90, len(ranks)),
    }
    return {name: _rounded(value) for name, value in found.items()}


def _share(meaning: Meaning | None, seconds: int, of: int) -> Figures:
    """Return the share of questions that used a second opinion, if there is one."""
    return {} if meaning is None else {"semantic_share": _rounded(seconds / max(1, of))}


def _with_second_opinion(
    retriever: Retriever,
    texts: Sequence[str],
    groups: Sequence[int],
    report: Report,
    meaning: Meaning,
) -> Retriever:
    vectors = meaning.vectors([meant_text(text) for text in texts], report)
    opinion = SecondOpinion(texts, groups, vectors, meaning.encoder, meaning.model, meaning.brought)
    return retriever.advised(opinion)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)


def _peak_mb() -> float:
    """Return the peak memory of this process in MiB; Linux counts it in KiB, macOS in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)
