"""Fit bot/understanding/data/rereading.json: when vectors may lift an entry that words left open.

    python -m scripts.fit_rereading [--data DIR ...] [--dry-run]

Rows are the questions of scripts/fit_model.py that its model leaves open; every phrasing is asked
of a pack and of vectors that do not hold it.  The extra `semantic` must be installed.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from random import Random

import numpy as np

from bot import app
from bot.core.model.pack import Pack
from bot.core.model.session import Context
from bot.understanding.engine import PackUnderstander
from bot.understanding.scoring import REREADING, Fallback, Logistic, shipped
from bot.understanding.semantic.encoder import UniversalEncoder
from bot.understanding.semantic.fallback import Second, SemanticUnderstander, phrasings_of
from scripts.fit_model import (
    FOLDS,
    NOW,
    Sample,
    from_expectations,
    from_foreign,
    from_tests,
    with_siblings,
)

TARGET = Path(__file__).resolve().parents[1] / "bot/understanding/data/rereading.json"
WEIGHTS = {"phrasing": 0.3, "question": 3.0, "foreign": 3.0}
"""A neighbour may answer a phrasing too, so its label says less; a foreign question that is
answered costs as much as three right answers, as in scripts/fit_model.py.
"""
RIDGE = 0.1
EACH = 6
"""Phrasings of each entry that are asked in a fold."""
LOST = 0.02
"""Share of right answers that may be lost in order to ask about fewer questions."""
ALL = 1_000_000
OPEN = Fallback(Logistic(0.0, {}), 0.0)


@dataclass(frozen=True)
class Row:
    kind: str
    first: float
    """The score of the first candidate by words."""
    second: Second
    is_right: bool


def rows_of(
    pack: Pack, reader: SemanticUnderstander, kind: str, samples: Iterator[Sample]
) -> Iterator[Row]:
    for found, right, is_foreign, _ in samples:
        if reader.is_open(found) and (second := reader.second(found)):
            is_right = second.candidate.entry in with_siblings(pack, found, right)
            which = "foreign" if is_foreign else kind
            yield Row(which, found.candidates[0].score, second, is_right and not is_foreign)


def held_out(pack: Pack, fold: int, encoder: UniversalEncoder) -> Iterator[Row]:
    """Yield phrasings put to the pack without them."""
    asks = {
        e.id: (
            tuple(a for i, a in enumerate(e.ask) if i % FOLDS != fold) or e.ask,
            [a for i, a in enumerate(e.ask) if i % FOLDS == fold],
        )
        for e in pack.entries.values()
    }
    entries = {id_: replace(pack.entries[id_], ask=kept) for id_, (kept, _) in asks.items()}
    less = replace(pack, entries=entries)
    understander = PackUnderstander(less)
    reader = reader_of(less, understander, encoder)
    for id_, (_, held) in asks.items():
        for ask in Random(fold).sample(held, min(EACH, len(held))):
            found = understander.understand(ask, Context(), NOW)
            yield from rows_of(less, reader, "phrasing", iter([(found, {id_}, False, 1.0)]))


def reader_of(
    pack: Pack, understander: PackUnderstander, encoder: UniversalEncoder
) -> SemanticUnderstander:
    entries = tuple(pack.entries.values())
    vectors = encoder.encode(phrasings_of(entries))
    return SemanticUnderstander(understander, entries, vectors, encoder, OPEN)


def collect(folders: Sequence[Path], encoder: UniversalEncoder) -> Iterator[Row]:
    brain = app.load_brain()
    pack, understander = brain.pack, PackUnderstander(brain.pack)
    reader = reader_of(pack, understander, encoder)
    yield from rows_of(pack, reader, "question", from_tests(pack, understander))
    for folder in folders:
        for path in sorted(folder.rglob("*.jsonl")) if folder.is_dir() else [folder]:
            head = json.loads(path.open(encoding="utf-8").readline())
            if "expect" in head:
                samples = from_expectations(path, pack, understander)
                yield from rows_of(pack, reader, "question", samples)
            elif "gold" in head and path.parent.name.endswith("-500"):
                samples = from_foreign(path, pack, understander, most=ALL)
                yield from rows_of(pack, reader, "foreign", samples)
    for fold in range(FOLDS):
        yield from held_out(pack, fold, encoder)


def fit(rows: Sequence[Row]) -> Fallback:
    """Fit a logistic regression by Newton's method."""
    signals = np.array([[row.second.signals[name] for name in REREADING] for row in rows])
    x = np.column_stack([np.ones(len(rows)), signals])
    y = np.array([float(row.is_right) for row in rows])
    weight = np.array([WEIGHTS[row.kind] for row in rows])
    beta = np.zeros(x.shape[1])
    for _ in range(40):
        p = 1 / (1 + np.exp(-x @ beta))
        hessian = (x * (weight * p * (1 - p))[:, None]).T @ x + RIDGE * np.eye(len(beta))
        beta = beta + np.linalg.solve(hessian, x.T @ (weight * (y - p)) - RIDGE * beta)
    intercept, *weights = (round(float(b), 3) for b in beta)
    return Fallback(Logistic(intercept, dict(zip(REREADING, weights, strict=True))), 0.0)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, action="append", default=[])
    parser.add_argument("--dry-run", action="store_true")
    args = parser.parse_args()
    rows = list(collect(args.data, UniversalEncoder()))
    model = fit(rows)
    answer = shipped().answer_from
    lifted = [row for row in rows if model.confidence.score(row.second.signals) >= answer]
    firsts = sorted(row.first for row in lifted if row.is_right)
    lowest = firsts[int(LOST * len(firsts))] if firsts else 0.0
    model = replace(model, doubt_from=float(np.floor(lowest * 100) / 100))
    print(json.dumps(asdict(model)))
    for kind in WEIGHTS:
        own = [row for row in rows if row.kind == kind]
        shown = [row for row in own if row in lifted]
        surest = max((model.confidence.score(row.second.signals) for row in own), default=0.0)
        right = sum(row.is_right for row in shown)
        print(f"{kind}: {len(own)} open, {len(shown)} lifted, {right} right, surest {surest:.3f}")
    if not args.dry_run:
        TARGET.write_text(json.dumps(asdict(model), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
