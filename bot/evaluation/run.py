"""One run of an evaluation: build, ask everything, work out the figures.

The names of the figures are those of docs/reference/evaluation.md; a figure that the queries give
no ground for is None.
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
from bot.evaluation.ready import Report, built, counted, ready
from bot.understanding.retrieval import Found, Retriever
from bot.understanding.tokens import full_cutter

Figures = dict[str, float | int | None]
RANKS = 10
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query came to. `rank` is the place of the right group, from 1; 0 for not found."""

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
) -> Figures:
    """Put all queries to a corpus, one at a time; `folder` and `tell` as in `ready`."""
    started = perf_counter()
    corpus = ready(corpus_path, folder, report, tell)
    build_s = perf_counter() - started
    queries = read_queries(queries_path, corpus.ids)
    if noise is not None:
        queries = noisy(queries, NoiseMaker(noise, read_corpus(corpus_path).texts, seed))
    answers: list[Answer] = []
    times: list[float] = []
    for query in counted("提问", queries, report):
        started = perf_counter()
        found = corpus.retriever.search(query.text, RANKS)
        times.append((perf_counter() - started) * 1000)
        answers.append(answer_of(query, found))
    return figures(answers) | {
        "build_s": round(build_s, 2),
        "rss_mb": round(_peak_mb(), 1),
        "p50_ms": _rounded(metrics.quantile(times, 0.5)),
        "p95_ms": _rounded(metrics.quantile(times, 0.95)),
        "phrasings": corpus.phrasings,
        "n": len(queries),
    }


def evaluate_pairs(path: Path, report: Report) -> Figures:
    """Judge pairs of questions; what words are rare is learnt from all sentences of the file."""
    pairs = read_pairs(path)
    sentences = [text for pair in pairs for text in (pair.a, pair.b)]
    collection = built(sentences, range(len(sentences)), report)
    retriever = Retriever.over(collection, full_cutter())
    scores = [(retriever.compare(p.a, p.b), p.is_same) for p in counted("比较", pairs, report)]
    same = [score for score, is_same in scores if is_same]
    other = [score for score, is_same in scores if not is_same]
    return {"auroc": _rounded(metrics.auroc(same, other)), "n": len(pairs)}


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


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)


def _peak_mb() -> float:
    """The most memory this process has had; Linux counts it in KiB, macOS in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)
