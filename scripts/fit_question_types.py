"""Fit bot/understanding/data/question_types/: how much each feature says about what is asked for.

    python -m scripts.fit_question_types [--dry-run] [FILE.jsonl ...]

Lines are {"q", "type", "also"}; without files those of tests/questions/types-learn.jsonl are taken.
Questions from a grammar (scripts/question_grammar.py) are learnt beside them and judge nothing.
Prints how many are right in folds, with every question judged by a model that has not seen it; with
--dry-run judges the shipped model instead, and prints the confusion table.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from bot.understanding.text.question_types import (
    KINDS,
    QuestionModel,
    question_features,
    save,
    shipped_questions,
)
from scripts.question_grammar import questions

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "bot" / "understanding" / "data" / "question_types"
OWN = ROOT / "tests" / "questions" / "types-learn.jsonl"
FOLDS = 3
RIDGE = 0.35
ROUNDS = 120
FROM_GRAMMAR = 500
"""Questions of each type from the grammar; with 800 the folds are no better."""
SEEN = 3
"""Questions that a feature has to be found in before it counts."""


def rows_of(paths: Sequence[Path]) -> list[dict[str, Any]]:
    return [json.loads(line) for path in paths for line in path.read_text("utf-8").splitlines()]


def fit(rows: Sequence[dict[str, Any]]) -> tuple[list[str], NDArray[np.float64]]:
    """Softmax regression; ten thousand rows take a quarter of a minute."""
    found = [question_features(row["q"]) for row in rows]
    counts = Counter(name for features in found for name in features)
    names = [name for name, count in counts.items() if count >= SEEN]
    places = {name: place for place, name in enumerate(names)}
    cells = [
        (row, places[name], value)
        for row, features in enumerate(found)
        for name, value in features.items()
        if name in places
    ]
    at, column, value = zip(*cells, strict=True)
    x = csr_matrix((value, (at, column)), shape=(len(rows), len(names)))
    y = np.eye(len(KINDS))[[KINDS.index(row["type"] or "none") for row in rows]]

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = flat.reshape(len(names), len(KINDS))
        totals = x @ weights
        totals -= totals.max(axis=1, keepdims=True)
        logs = totals - np.log(np.exp(totals).sum(axis=1, keepdims=True))
        gradient = x.T @ (np.exp(logs) - y) + RIDGE * weights
        return float(-(y * logs).sum() + RIDGE / 2 * (weights**2).sum()), gradient.ravel()

    start = np.zeros(len(names) * len(KINDS))
    best = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS})
    return names, best.x.reshape(len(names), len(KINDS))


def model_of(rows: Sequence[dict[str, Any]]) -> QuestionModel:
    """The model that is fitted on these rows, as it would be read from its files."""
    with tempfile.TemporaryDirectory() as folder:
        save(Path(folder), *fit(rows))
        return QuestionModel(Path(folder))


def right(model: QuestionModel, rows: Sequence[dict[str, Any]]) -> tuple[int, int]:
    """How many get the type they are labelled with, and how many that or another that fits."""
    exact = fair = 0
    for row in rows:
        kind = model.type_of(question_features(row["q"]))
        exact += kind == row["type"]
        fair += kind == row["type"] or kind in (row.get("also") or ())
    return exact, fair


def confusions(model: QuestionModel, rows: Sequence[dict[str, Any]]) -> str:
    """The table: a line for each type that was meant, with what it was taken for."""
    taken: dict[str, Counter[str]] = {}
    for row in rows:
        kind = model.type_of(question_features(row["q"]))
        taken.setdefault(row["type"] or "none", Counter())[kind.value if kind else "none"] += 1
    return "\n".join(
        f"{kind:12} " + "  ".join(f"{name} {n}" for name, n in taken[kind].most_common())
        for kind in KINDS
        if kind in taken
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", type=Path, nargs="*")
    parser.add_argument("--dry-run", action="store_true", help="judge the shipped model instead")
    args = parser.parse_args()
    rows = rows_of(args.files or [OWN])
    if args.dry_run:
        model = shipped_questions()
        exact, fair = right(model, rows)
        print(f"{len(rows)} questions: {exact / len(rows):.3f} exact, {fair / len(rows):.3f} fair")
        print(confusions(model, rows))
        return
    grammar = list(questions(FROM_GRAMMAR))
    order = np.random.default_rng(0).permutation(len(rows))
    exact = fair = 0
    for fold in range(FOLDS):
        held = set(order[fold::FOLDS].tolist())
        model = model_of([row for n, row in enumerate(rows) if n not in held] + grammar)
        found = right(model, [rows[n] for n in held])
        exact, fair = exact + found[0], fair + found[1]
    print(f"{len(rows)} in folds: {exact / len(rows):.3f} exact, {fair / len(rows):.3f} fair")
    save(TARGET, *fit(rows + grammar))


if __name__ == "__main__":
    main()
