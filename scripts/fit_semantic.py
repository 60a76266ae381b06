"""Fit the second opinion by vectors where words leave doubt: meaning.json, or semantic.json.

    python -m scripts.fit_semantic --data DIR [--encoder] [--vectors DIR] [--dry-run]
                                   [--leave-out NAME ...]

DIR is as for scripts/fit_lexical.py, which has to be run before, and so are the questions: made of
corpus.jsonl to fit, those of queries.jsonl and pairs to judge.  Vectors are those of the table in
the package, or with --encoder of the sentence encoder (extra `semantic`; kept in the folder of
--vectors, if one is given).  Three things are fitted, one after the other: the order of groups
(conditional logit), the probability that the first is right (logistic regression, pairs included),
and the range of lexical scores for which it is used at all.  Two questions that are compared are
always looked at again, because their scores do not go on from one model to the other; of theirs
one number is fitted:
how far their meaning moves the score by words.  More numbers learn from made pairs, which differ in
more than people's do, what is not so of people's: AUROC on LCQMC 0.866 and 0.906 on medical pairs
with a number for each signal, 0.871 and 0.911 with one.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from itertools import product
from pathlib import Path

import numpy as np

from bot.evaluation import metrics
from bot.evaluation.files import Corpus, Pair, Query
from bot.understanding.collection.retriever import Retriever
from bot.understanding.collection.second_opinion import BROUGHT, Rival, SecondOpinion
from bot.understanding.scoring import (
    REORDERING,
    SEMANTIC,
    Logistic,
    Semantic,
    shipped_lexical,
    weighted,
)
from bot.understanding.semantic.closeness import meant_text
from bot.understanding.semantic.encoder import Encoder, UniversalEncoder, Vectors
from bot.understanding.semantic.meaning_table import shipped_table
from bot.understanding.semantic.vectors import vectors_of
from bot.understanding.text.tokeniser import full_cutter
from scripts.fit_lexical import (
    ASKED,
    PAIRED,
    PAIRS,
    PRECISION,
    Rows,
    fit,
    judging_pairs,
    judging_questions,
    made_pairs,
    made_questions,
)

DATA = Path(__file__).parents[1] / "bot" / "understanding" / "data"
RIDGE = 0.01
"""On standardised signals; hit@1 of covid-500 is 0.956 to 0.960 from 0.003 to 0.1."""
NEARLY = 0.0005
"""How much of the gain of a second opinion on everything may be lost, averaged over all figures, in
order to use it less often.
"""
LOWS = (0.0, 0.005, 0.01, 0.02, 0.03, 0.04, 0.06, 0.08, 0.1, 0.15, 0.2)
HIGHS = (0.7, 0.75, 0.8, 0.85, 0.9, 0.92, 0.94, 0.96, 0.97, 0.98, 0.985, 0.99, 0.995, 1.0)
ALWAYS, NEVER = (0.0, 1.1), (2.0, 3.0)
NOTHING = Logistic(0.0, {})
OPEN = Semantic(dict.fromkeys(REORDERING, 0.0), NOTHING, NOTHING, ALWAYS, ALWAYS)
COMPARED_IN = ("covid-500", "lcqmc-500", "bank-500")
"""Corpora of which pairs are made: of each source the one with the fewest groups that ask the same
without saying so.
"""


@dataclass
class Asked:
    """One question: its result by words alone, and the groups that a second opinion would order."""

    kind: str
    gold: int | None
    score: float
    first: int
    rivals: list[Rival]


@dataclass
class Gathered:
    """One set: `asked` of a corpus, or `scores` and `rows` of pairs."""

    name: str
    retriever: Retriever
    asked: list[Asked] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    rows: Rows | None = None


@dataclass(frozen=True)
class Source:
    """Where vectors come from, and how many groups they bring."""

    encoder: Encoder
    brought: int
    folder: Path | None = None

    def vectors(self, meant: list[str]) -> Vectors:
        if self.folder is None:
            return self.encoder.encode(meant)
        return vectors_of(meant, self.encoder, self.folder, lambda *_: None)


def asked_of(name: str, corpus: Corpus, queries: list[Query], source: Source) -> Gathered:
    retriever = Retriever(corpus.texts, corpus.groups, full_cutter())
    vectors = source.vectors([meant_text(text) for text in corpus.texts])
    opinion = SecondOpinion(
        corpus.texts, corpus.groups, vectors, source.encoder, OPEN, source.brought
    )
    found = Gathered(name, retriever)
    for query in queries:
        hits, signals = retriever.examine(query.text)
        if hits:
            score = shipped_lexical().sameness.score(signals)
            rivals = retriever.rivals(query.text, hits, opinion)
            found.asked.append(Asked(query.kind, query.gold, score, hits[0].group, rivals))
    return found


def compared(name: str, pairs: list[Pair], source: Source) -> Gathered:
    texts = [text for pair in pairs for text in (pair.a, pair.b)]
    retriever = Retriever(texts, range(len(texts)), full_cutter())
    meant = [meant_text(text) for text in texts]
    made = source.vectors(meant)
    opinion = SecondOpinion(texts, range(len(texts)), made, Known(meant, made), OPEN)
    signals = [
        {
            **retriever.likeness(pair.a, pair.b),
            "meaning": opinion.meaning(pair.a, pair.b),
            "lead": 0.0,
        }
        for pair in pairs
    ]
    rows = Rows(PAIRS + name, signals, [pair.is_same for pair in pairs], ["pair"] * len(pairs))
    scores = [shipped_lexical().sameness.score(s) for s in signals]
    return Gathered(PAIRS + name, retriever, [], scores, rows)


class Known:
    """An encoder that has encoded every text already."""

    version = "known"

    def __init__(self, texts: list[str], vectors: np.ndarray) -> None:
        self._of = dict(zip(texts, vectors, strict=True))

    def encode(self, texts: list[str]) -> np.ndarray:
        return np.array([self._of[text] for text in texts])

    def encode_one(self, text: str) -> np.ndarray:
        return self._of[text]


def fit_rating(sets: list[Gathered], rounds: int = 40) -> dict[str, float]:
    """Fit a conditional logit over the groups of each question; sets have the same weight."""
    x, right, question, weight = [], [], [], []
    number = 0
    for found in sets:
        usable = [a for a in found.asked if a.gold in [r.hit.group for r in a.rivals]]
        for asked in usable:
            x += [[rival.signals[name] for name in REORDERING] for rival in asked.rivals]
            right += [rival.hit.group == asked.gold for rival in asked.rivals]
            question += [number] * len(asked.rivals)
            weight += [1 / len(usable)] * len(asked.rivals)
            number += 1
    signals, of, share = np.array(x), np.array(question), np.array(weight)
    spread = signals.std(axis=0)
    signals = (signals - signals.mean(axis=0)) / spread
    beta = np.zeros(len(REORDERING))
    for _ in range(rounds):
        chances = np.exp(signals @ beta)
        among = chances / np.bincount(of, chances)[of]
        means = np.column_stack([np.bincount(of, among * column)[of] for column in signals.T])
        gradient = signals.T @ (share * (np.array(right, float) - among)) - RIDGE * beta
        apart = signals - means
        curvature = (apart * (share * among)[:, None]).T @ apart + RIDGE * np.eye(len(beta))
        beta = beta + np.linalg.solve(curvature, gradient)
    return {n: round(float(b), 3) for n, b in zip(REORDERING, beta / spread, strict=True)}


def ordered(asked: Asked, model: Semantic) -> list[Rival]:
    return sorted(asked.rivals, key=lambda rival: -model.rate(rival.signals))


def rows_of(found: Gathered, model: Semantic) -> Rows:
    """Return the signals of the first group after sorting again."""
    if found.rows is not None:
        return found.rows
    rows = Rows(found.name, [], [], [])
    for asked in found.asked:
        rivals = ordered(asked, model)
        rows.signals.append(found.retriever.reconsidered(rivals, model))
        rows.right.append(rivals[0].hit.group == asked.gold)
        rows.kinds.append(asked.kind)
    return rows


@dataclass(frozen=True)
class Outcome:
    """One set with both opinions: scores, and whether the first group is right."""

    name: str
    kinds: list[str]
    words: list[tuple[float, bool]]
    both: list[tuple[float, bool]]

    def between(self, low: float, high: float) -> tuple[dict[str, float | None], float]:
        """Return the figures if only scores from low to high are reconsidered, and their share."""
        is_asked = [low <= score < high for score, _ in self.words]
        final = [b if w else a for w, a, b in zip(is_asked, self.words, self.both, strict=True)]
        paid = sum(is_asked) / len(is_asked)
        if self.name.startswith(PAIRS):
            same, other = ([s for s, ok in final if ok is is_same] for is_same in (True, False))
            return {"auroc": metrics.auroc(same, other)}, paid
        by = {
            wanted: [s for (s, _), kind in zip(final, self.kinds, strict=True) if kind == wanted]
            for wanted in ("in", "near")
        }
        right = [ok for (_, ok), kind in zip(final, self.kinds, strict=True) if kind == "in"]
        return {
            "hit1": sum(right) / len(right),
            "au_near": metrics.auroc(by["in"], by["near"]),
            "cov95": metrics.coverage(final, PRECISION, len(right)),
        }, paid


def outcome(found: Gathered, model: Semantic) -> Outcome:
    rows = rows_of(found, model)
    words = (
        list(zip(found.scores, rows.right, strict=True))
        if found.rows is not None
        else [(a.score, a.first == a.gold) for a in found.asked]
    )
    judge = model.sameness if found.rows is None else model.pairs
    both = [(judge.score(s), ok) for s, ok in zip(rows.signals, rows.right, strict=True)]
    return Outcome(found.name, rows.kinds, words, both)


def worth(outcomes: list[Outcome], low: float, high: float) -> tuple[float, float]:
    """Return the mean of all figures of all sets, and the mean share that was reconsidered."""
    found = [each.between(low, high) for each in outcomes]
    figures = [value or 0.0 for each, _ in found for value in each.values()]
    return float(np.mean(figures)), float(np.mean([paid for _, paid in found]))


def band(outcomes: list[Outcome]) -> tuple[float, float]:
    """Return the range with the fewest questions, of those that lose nearly nothing."""
    tried = {ends: worth(outcomes, *ends) for ends in (ALWAYS, *product(LOWS, HIGHS))}
    best = max(figure for figure, _ in tried.values())
    kept = {ends: paid for ends, (figure, paid) in tried.items() if figure >= best - NEARLY}
    return min(kept, key=kept.__getitem__)


def to_fit(folder: Path, source: Source, left_out: tuple[str, ...]) -> Iterator[Gathered]:
    for name in ASKED:
        if not name.startswith(left_out):
            yield asked_of(name, *made_questions(folder, name), source)
    for name in COMPARED_IN:
        if not name.startswith(left_out):
            yield compared(name, made_pairs(folder, name), source)


def to_judge(folder: Path, source: Source) -> Iterator[Gathered]:
    for name in ASKED:
        yield asked_of(name, *judging_questions(folder, name), source)
    for name, pairs in judging_pairs(folder):
        yield compared(name, pairs, source)


def as_data(model: Semantic) -> dict[str, object]:
    """The content of the file."""
    return {
        "rating": model.rating,
        "intercept": model.sameness.intercept,
        "weights": model.sameness.weights,
        "pairs": asdict(model.pairs),
        "doubt": model.doubt,
        "pair_doubt": model.pair_doubt,
    }


def moved_by_meaning(pairs: list[Gathered]) -> Logistic:
    """The score by words, moved up or down by a meaning closer or less close than usual."""
    words, everything = shipped_lexical().sameness, [found.rows for found in pairs]
    both = [
        Rows(
            rows.name,
            [{"words": weighted(words.weights, s), "meaning": s["meaning"]} for s in rows.signals],
            rows.right,
            rows.kinds,
        )
        for rows in everything
        if rows is not None
    ]
    _, found = fit(both, ("words", "meaning"))
    weight = found["meaning"] / found["words"]
    usual = float(np.mean([np.mean([s["meaning"] for s in rows.signals]) for rows in both]))
    return Logistic(
        round(words.intercept - weight * usual, 3), {**words.weights, "meaning": round(weight, 3)}
    )


def fitted(sets: list[Gathered]) -> Semantic:
    asked = [found for found in sets if found.rows is None]
    pairs = [found for found in sets if found.rows is not None]
    model = replace(OPEN, rating=fit_rating(asked))
    also = [found for found in pairs if found.name.removeprefix(PAIRS) in PAIRED]
    sameness = Logistic(*fit([rows_of(found, model) for found in (*asked, *also)], SEMANTIC))
    model = replace(model, sameness=sameness, pairs=moved_by_meaning(pairs))
    return replace(model, doubt=band([outcome(found, model) for found in asked]))


def told(figures: Mapping[str, float | None]) -> str:
    return "  ".join(f"{name} {value:.4f}" for name, value in figures.items())


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--encoder", action="store_true")
    parser.add_argument("--vectors", type=Path)
    parser.add_argument("--leave-out", nargs="*", default=[], help="sets that are only reported on")
    parser.add_argument("--dry-run", action="store_true")
    args = parser.parse_args()
    source = Source(shipped_table(), 0)
    if args.encoder:
        source = Source(UniversalEncoder(), BROUGHT, args.vectors)
    model = fitted(list(to_fit(args.data, source, tuple(args.leave_out))))
    print(json.dumps(as_data(model)))
    for found in to_judge(args.data, source):
        each = outcome(found, model)
        doubt = model.pair_doubt if found.rows is not None else model.doubt
        for label, ends in (("words", NEVER), ("both", doubt), ("always", ALWAYS)):
            figures, paid = each.between(*ends)
            print(f"{found.name:12} {label:6} {told(figures)}  paid {paid:.3f}")
    if not args.dry_run:
        target = DATA / ("semantic.json" if args.encoder else "meaning.json")
        target.write_text(json.dumps(as_data(model), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
