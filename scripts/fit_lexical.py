"""Fit bot/understanding/data/lexical.json, the model of the collection engine.

    python scripts/fit_lexical.py --data DIR [--dry-run] [--leave-out NAME ...]

DIR holds folders with corpus.jsonl and queries.jsonl, and a folder pairs; the files are described
in docs/reference/evaluation.md.  Each set has the same weight however large it is.  Pairs have an
intercept of their own for each file, which is not stored: half of them ask the same, because they
were chosen so.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from bot.evaluation import metrics
from bot.evaluation.files import read_corpus, read_pairs, read_queries
from bot.understanding.collection.retriever import Retriever
from bot.understanding.scoring import LEXICAL, Lexical, Logistic
from bot.understanding.text.tokeniser import full_cutter

TARGET = Path(__file__).parents[1] / "bot" / "understanding" / "data" / "lexical.json"
RIDGE = 1e-4
PRECISION = 0.95
PAIRS = "pairs/"


@dataclass(frozen=True)
class Rows:
    """The signals of one set, and whether each first answer, or pair, is right."""

    name: str
    signals: list[Mapping[str, float]]
    right: list[bool]
    kinds: list[str]

    def matrix(self, names: Sequence[str]) -> np.ndarray:
        return np.array([[found[name] for name in names] for found in self.signals])


def from_corpus(folder: Path) -> Rows:
    corpus = read_corpus(folder / "corpus.jsonl")
    retriever = Retriever(corpus.texts, corpus.groups, full_cutter())
    rows = Rows(folder.name, [], [], [])
    for query in read_queries(folder / "queries.jsonl", corpus.ids):
        hits, signals = retriever.examine(query.text)
        if hits:
            rows.signals.append(signals)
            rows.right.append(hits[0].group == query.gold)
            rows.kinds.append(query.kind)
    return rows


def from_pairs(path: Path) -> Rows:
    pairs = read_pairs(path)
    sentences = [text for pair in pairs for text in (pair.a, pair.b)]
    retriever = Retriever(sentences, range(len(sentences)), full_cutter())
    return Rows(
        PAIRS + path.stem,
        [retriever.likeness(pair.a, pair.b) for pair in pairs],
        [pair.is_same for pair in pairs],
        ["pair"] * len(pairs),
    )


def collect(folder: Path, sets: list[str]) -> Iterator[Rows]:
    for name in sets:
        yield from_corpus(folder / name)
    for path in sorted((folder / "pairs").glob("*.jsonl")):
        yield from_pairs(path)


def fit(sets: list[Rows], signals: Sequence[str]) -> tuple[float, dict[str, float]]:
    """Fit a logistic regression by Newton's method; each set has the same weight."""
    pairs = [rows.name for rows in sets if rows.name.startswith(PAIRS)]
    blocks = [
        np.column_stack(
            [
                np.full(len(rows.right), float(rows.name not in pairs)),
                rows.matrix(signals),
                *(np.full(len(rows.right), float(rows.name == name)) for name in pairs),
            ]
        )
        for rows in sets
    ]
    x = np.vstack(blocks)
    y = np.concatenate([np.array(rows.right, dtype=float) for rows in sets])
    weight = np.concatenate([np.full(len(rows.right), 1 / len(rows.right)) for rows in sets])
    beta = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ beta))
        gradient = x.T @ (weight * (y - p)) - RIDGE * beta
        hessian = (x * (weight * p * (1 - p))[:, None]).T @ x + RIDGE * np.eye(len(beta))
        beta += np.linalg.solve(hessian, gradient)
    names = zip(signals, beta[1:], strict=False)
    return round(float(beta[0]), 3), {name: round(float(value), 3) for name, value in names}


def threshold(scored: list[tuple[float, bool]]) -> float:
    """Return the loosest score from which answers are right often enough."""
    right = 0
    found = 1.0
    for shown, (score, is_right) in enumerate(sorted(scored, reverse=True), 1):
        right += is_right
        if right >= PRECISION * shown:
            found = score
    return round(found, 3)


def report(rows: Rows, model: Lexical) -> str:
    scored = [(model.sameness.score(s), ok) for s, ok in zip(rows.signals, rows.right, strict=True)]
    if rows.name.startswith(PAIRS):
        same, other = ([s for s, ok in scored if ok is is_same] for is_same in (True, False))
        return f"{rows.name:12} auroc {metrics.auroc(same, other):.4f}"
    by_kind = {
        kind: [s for (s, _), k in zip(scored, rows.kinds, strict=True) if k == kind]
        for kind in ("in", "near")
    }
    asked = len(by_kind["in"])
    near = metrics.auroc(by_kind["in"], by_kind["near"])
    shares = [metrics.coverage(scored, precision, asked) for precision in (0.95, 0.90)]
    return f"{rows.name:12} au_near {near:.4f}  cov95 {shares[0]:.4f}  cov90 {shares[1]:.4f}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument(
        "--sets", nargs="*", default=["lcqmc-500", "lcqmc-5k", "covid-500", "covid-max"]
    )
    parser.add_argument("--leave-out", nargs="*", default=[], help="sets that are only reported on")
    parser.add_argument("--dry-run", action="store_true")
    args = parser.parse_args()
    sets = list(collect(args.data, args.sets))
    fitted = [
        rows
        for rows in sets
        if not rows.name.removeprefix(PAIRS).startswith(tuple(args.leave_out or "-"))
    ]
    intercept, weights = fit(fitted, LEXICAL)
    model = Lexical(Logistic(intercept, weights), 0.0)
    asked = [
        (model.sameness.score(signals), is_right)
        for rows in fitted
        if not rows.name.startswith(PAIRS)
        for signals, is_right in zip(rows.signals, rows.right, strict=True)
    ]
    model = Lexical(Logistic(intercept, weights), threshold(asked))
    print(json.dumps(asdict(model)))
    for rows in sets:
        print(("" if rows in fitted else "* ") + report(rows, model))
    if not args.dry_run:
        TARGET.write_text(json.dumps(asdict(model), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
