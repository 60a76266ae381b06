"""Fit bot/understanding/data/question_types.json: how much each cue says about what is asked for.

    python scripts/fit_question_types.py [--dry-run] [FILE.jsonl ...]

Lines are {"q", "type", "also"}; without files those of tests/questions/types-learn.jsonl are taken.
Prints how many are right in ten folds, with every question judged by a model that has not seen it.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bot.core.model.question_type import QuestionType
from bot.understanding.text.question_types import QuestionModel, cue_features

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "bot" / "understanding" / "data" / "question_types.json"
OWN = ROOT / "tests" / "questions" / "types-learn.jsonl"
KINDS = (*(kind.value for kind in QuestionType), "none")
FOLDS = 10
RIDGE = 0.3
ROUNDS = 600
SEEN = 2
"""Times that two cues have to meet before their meeting counts."""


def rows_of(paths: Sequence[Path]) -> list[dict[str, Any]]:
    return [json.loads(line) for path in paths for line in path.read_text("utf-8").splitlines()]


def fit(rows: Sequence[dict[str, Any]]) -> QuestionModel:
    """Softmax regression by gradient descent; a few hundred rows take a second."""
    found = [cue_features(row["q"]) for row in rows]
    counts = Counter(name for features in found for name in features)
    names = [n for n, count in counts.items() if count >= SEEN or not n.startswith("both:")]
    places = {name: place for place, name in enumerate(names)}
    x = np.zeros((len(rows), len(names)))
    for row, features in enumerate(found):
        for name, value in features.items():
            if name in places:
                x[row, places[name]] = value
    y = np.eye(len(KINDS))[[KINDS.index(row["type"] or "none") for row in rows]]
    weights = np.zeros((len(names), len(KINDS)))
    step = 1 / (3 * np.sqrt(len(rows)))
    for _ in range(ROUNDS):
        chances = np.exp(x @ weights)
        chances /= chances.sum(axis=1, keepdims=True)
        weights -= step * (x.T @ (chances - y) + RIDGE * weights)
    return QuestionModel(
        {
            name: {kind: round(float(w), 3) for kind, w in zip(KINDS, row, strict=True)}
            for name, row in zip(names, weights, strict=True)
        }
    )


def right(model: QuestionModel, rows: Sequence[dict[str, Any]]) -> tuple[int, int]:
    """How many get the type they are labelled with, and how many that or another that fits."""
    exact = fair = 0
    for row in rows:
        kind = model.type_of(cue_features(row["q"]))
        exact += kind == row["type"]
        fair += kind == row["type"] or kind in (row.get("also") or ())
    return exact, fair


def confusions(model: QuestionModel, rows: Sequence[dict[str, Any]]) -> str:
    """The table: a line for each type that was meant, with what it was taken for."""
    taken: dict[str, Counter[str]] = {}
    for row in rows:
        kind = model.type_of(cue_features(row["q"]))
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
        model = QuestionModel(json.loads(TARGET.read_text("utf-8")))
        exact, fair = right(model, rows)
        print(f"{len(rows)} questions: {exact / len(rows):.3f} exact, {fair / len(rows):.3f} fair")
        print(confusions(model, rows))
        return
    order = np.random.default_rng(0).permutation(len(rows))
    exact = fair = 0
    for fold in range(FOLDS):
        held = set(order[fold::FOLDS].tolist())
        model = fit([row for n, row in enumerate(rows) if n not in held])
        found = right(model, [rows[n] for n in held])
        exact, fair = exact + found[0], fair + found[1]
    print(f"{len(rows)} in folds: {exact / len(rows):.3f} exact, {fair / len(rows):.3f} fair")
    TARGET.write_text(json.dumps(fit(rows).weights, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
