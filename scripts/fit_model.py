"""Fit bot/understanding/data/model.json, the model that ranks entries and scores the first one.

    python scripts/fit_model.py [--data DIR ...]

Rows come from the pack (every phrasing is asked of an index that does not hold it, in five folds),
from knowledge/tests, and from DIR: files of questions with expectations ({"q", "expect"}), and
files of foreign questions ({"q", "gold"}) that must all be refused.  Missing files are skipped.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from bot import app
from bot.core.answering.entries import entry_reply
from bot.core.model.pack import EntryKind, Pack
from bot.core.model.scope import Scope
from bot.core.model.session import Context
from bot.core.model.understanding import Understanding
from bot.core.ports import Brain
from bot.knowledge.cases import load_questions
from bot.runtime.replay import Replayer
from bot.understanding.engine import PackUnderstander
from bot.understanding.scoring import CONFIDENCE, RATING, Logistic, Model

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "bot" / "understanding" / "data" / "model.json"
FOLDS = 5
FOREIGN = 1500
WRONG, INTRUDER = 1.0, 3.0
"""Cost of a wrong answer, and of an answer to a foreign question, relative to a right one."""
REFUSED = 0.97
"""Share of foreign questions that should not even get a guess."""
FOREIGN_WEIGHT = 0.08
"""Foreign questions are many in the data and perhaps one in ten in a chat."""
NEARLY = 0.995
"""Of thresholds with this share of the best utility, the one that answers most is taken."""
PHRASING_WEIGHT = 0.1
"""Neighbouring entries often answer a held-out phrasing as well, so its label says less."""
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Row:
    """One candidate of one question; `is_first` if it was ranked first."""

    question: int
    signals: Mapping[str, float]
    is_right: bool
    is_foreign: bool
    weight: float


PHRASING_DISCOUNT = 0.3
"""A further factor to that weight where the score is fitted and not the order."""


def with_siblings(pack: Pack, understanding: Understanding, right: set[str]) -> set[str]:
    """Add candidates whose missing slot will be asked for, if one of their siblings is right."""
    found = set(right)
    for candidate in understanding.candidates:
        if candidate.signals["missing"]:
            slots = pack.entries[candidate.entry].slots
            said = {k: v for k, v in slots.items() if understanding.of(k)}
            siblings = [pack.entries[r] for r in right if r in pack.entries]
            if said and any(
                set(e.slots) == set(slots) and said.items() <= e.slots.items() for e in siblings
            ):
                found.add(candidate.entry)
    return found


def rows_of(number: int, sample: Sample) -> Iterator[Row]:
    understanding, right, is_foreign, weight = sample
    for candidate in understanding.candidates:
        if not candidate.signals["elsewhere"]:
            yield Row(number, candidate.signals, candidate.entry in right, is_foreign, weight)


Sample = tuple[Understanding, set[str], bool, float]
"""What was understood, the entries that would be right, whether it is foreign, its weight."""


def from_phrasings(pack: Pack) -> Iterator[Sample]:
    """Yield every phrasing, asked of an index without it; all entries of its family are right."""
    for fold in range(FOLDS):
        held = {
            e.id: [a for i, a in enumerate(e.ask) if i % FOLDS == fold]
            for e in pack.entries.values()
        }
        kept = {
            e.id: replace(e, ask=tuple(a for a in e.ask if a not in held[e.id]) or e.ask)
            for e in pack.entries.values()
        }
        understander = PackUnderstander(replace(pack, entries=kept))
        for entry_id, asks in held.items():
            for ask in asks:
                yield (
                    understander.understand(ask, Context(), NOW),
                    {entry_id},
                    False,
                    PHRASING_WEIGHT,
                )


def from_tests(pack: Pack, understander: PackUnderstander) -> Iterator[Sample]:
    for question in load_questions(app.pack_folder(None), pack.named):
        understanding = Replayer(Brain(pack, understander), NOW).run(question.turns).understanding
        if understanding is None:
            continue
        if question.entries or question.reason == "out_of_domain":
            yield understanding, set(question.entries), not question.entries, 1.0
        elif question.contains:
            expect = {"all": question.contains, "none": question.lacks}
            yield understanding, meeting(pack, understanding, expect), False, 1.0


def from_expectations(path: Path, pack: Pack, understander: PackUnderstander) -> Iterator[Sample]:
    """Yield questions with expected strings; a candidate is right if its whole answer has them."""
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        exchange = Replayer(Brain(pack, understander), NOW).run(row.get("turns", [row["q"]]))
        understanding = exchange.understanding
        if understanding is None:
            continue
        right = meeting(pack, understanding, row["expect"])
        yield understanding, right, row.get("kind") == "out_of_scope", 1.0


def meeting(pack: Pack, understanding: Understanding, expect: Mapping[str, Any]) -> set[str]:
    """Return the candidates whose whole answers meet an expectation."""
    return {
        c.entry for c in understanding.candidates if meets(pack, c.entry, understanding, expect)
    }


def meets(
    pack: Pack, entry_id: str, understanding: Understanding, expect: Mapping[str, Any]
) -> bool:
    scope = Scope(pack, NOW.date(), understanding.plain_slots)
    entry = pack.entries[entry_id]
    text = entry_reply(scope, entry, None, "fit").as_text()
    if expect.get("abstain"):
        return entry.kind not in (EntryKind.FACT, EntryKind.SMALLTALK)
    return (
        all(s in text for s in expect.get("all", []))
        and all(any(s in text for s in group) for group in expect.get("any", []))
        and not any(s in text for s in expect.get("none", []))
    )


def from_foreign(
    path: Path, pack: Pack, understander: PackUnderstander, most: int = FOREIGN // 4
) -> Iterator[Sample]:
    """Yield questions about other subjects: no entry is right."""
    right = {e.id for e in pack.entries.values() if e.kind is EntryKind.BOUNDARY}
    questions = [json.loads(line)["q"] for line in path.read_text("utf-8").splitlines()]
    for question in random.Random(3).sample(questions, min(len(questions), most)):
        yield understander.understand(question, Context(), NOW), right, True, FOREIGN_WEIGHT


def collect(folders: list[Path]) -> list[Row]:
    brain = app.load_brain()
    pack, understander = brain.pack, brain.understander
    samples = [*from_phrasings(pack), *from_tests(pack, understander)]
    for folder in folders:
        for path in sorted(folder.rglob("*.jsonl")) if folder.is_dir() else [folder]:
            head = json.loads(path.open(encoding="utf-8").readline())
            if "expect" in head:
                samples += list(from_expectations(path, pack, understander))
            elif "gold" in head and path.parent.name.endswith("-500"):
                samples += list(from_foreign(path, pack, understander))
    return [
        row
        for number, (understanding, right, is_foreign, weight) in enumerate(samples)
        for row in rows_of(
            number, (understanding, with_siblings(pack, understanding, right), is_foreign, weight)
        )
    ]


def fit_rating(rows: list[Row], ridge: float = 1.0, rounds: int = 300) -> np.ndarray:
    """Fit a conditional logit: of the candidates of one question the right ones rate highest."""
    usable = {row.question for row in rows if row.is_right}
    rows = [row for row in rows if row.question in usable]
    x = np.array([[row.signals[name] for name in RATING] for row in rows])
    right = np.array([row.is_right for row in rows], dtype=float)
    weight = np.array([row.weight for row in rows])
    _, question = np.unique([row.question for row in rows], return_inverse=True)
    beta = np.zeros(x.shape[1])
    step = 0.5
    for _ in range(rounds):
        chances = np.exp(x @ beta)
        among = chances / np.bincount(question, chances)[question]
        hits = chances * right
        wanted = hits / np.bincount(question, hits)[question]
        gradient = x.T @ (weight * (wanted - among)) - ridge * beta
        curvature = (x * (weight * among)[:, None]).T @ x + ridge * np.eye(len(beta))
        beta = beta + step * np.linalg.solve(curvature, gradient)
    return np.asarray(beta)


def rated(rows: list[Row], rating: Mapping[str, float]) -> list[Row]:
    """Return the first row of each question, with its rate and its margin under a rating."""
    model = Model(rating, Logistic(0.0, {}), 0.0, 0.0)
    by_question: dict[int, list[Row]] = {}
    for row in rows:
        by_question.setdefault(row.question, []).append(row)
    tops = []
    for several in by_question.values():
        rates = [model.rate(row.signals) for row in several]
        first = several[int(np.argmax(rates))]
        shift = max(rates) - first.signals["rate"]
        margin = first.signals["margin"] + shift if first.signals["margin"] < 3 else 3.0
        tops.append(replace(first, signals={**first.signals, "rate": max(rates), "margin": margin}))
    return tops


def fit_confidence(tops: list[Row], ridge: float = 1.0, rounds: int = 50) -> np.ndarray:
    """Fit a logistic regression by Newton's method; the intercept comes first.

    Phrasings have an intercept of their own, which is not stored: neighbouring entries often answer
    them as well, so they are right more often than their labels say.
    """
    own = np.array([row.weight == PHRASING_WEIGHT for row in tops], dtype=float)
    signals = np.array([[row.signals[name] for name in CONFIDENCE] for row in tops])
    x = np.column_stack([np.ones(len(tops)), signals, own])
    y = np.array([row.is_right for row in tops], dtype=float)
    weight = np.array([row.weight for row in tops]) * np.where(own, PHRASING_DISCOUNT, 1.0)
    beta = np.zeros(x.shape[1])
    penalty = ridge * np.eye(len(beta))
    penalty[0, 0] = 0.0
    for _ in range(rounds):
        p = 1 / (1 + np.exp(-x @ beta))
        gradient = x.T @ (weight * (y - p)) - penalty @ beta
        hessian = (x * (weight * p * (1 - p))[:, None]).T @ x + penalty
        beta = beta + np.linalg.solve(hessian, gradient)
    return np.asarray(beta[:-1])


def thresholds(tops: list[tuple[float, Row]]) -> tuple[float, float]:
    """Return the threshold of answers with most utility, and the one of guesses."""
    use = 0.0
    uses: list[tuple[float, float]] = []
    real = [top for top in tops if top[1].weight != PHRASING_WEIGHT]
    for score, row in sorted(real, key=lambda top: -top[0]):
        use += row.weight * (1.0 if row.is_right else -INTRUDER if row.is_foreign else -WRONG)
        uses.append((use, score))
    best = max(use for use, _ in uses)
    answer = min(score for use, score in uses if use >= NEARLY * best)
    foreign = sorted(score for score, row in tops if row.is_foreign)
    ask = foreign[int(REFUSED * len(foreign))] if foreign else answer / 3
    return round(answer, 3), round(min(ask, answer), 3)


def named(names: Sequence[str], values: Iterable[float]) -> dict[str, float]:
    return {name: round(float(value), 4) for name, value in zip(names, values, strict=True)}


def share(tops: list[tuple[float, Row]]) -> float:
    return sum(row.is_right for _, row in tops) / max(1, len(tops))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, action="append", default=[])
    parser.add_argument("--dry-run", action="store_true")
    args = parser.parse_args()
    rows = collect(args.data)
    rating = named(RATING, fit_rating(rows))
    firsts = rated(rows, rating)
    intercept, *weights = fit_confidence(firsts)
    confidence = named(CONFIDENCE, weights)
    model = Model(rating, Logistic(round(float(intercept), 4), confidence), 0.0, 0.0)
    tops = [(model.confidence.score(row.signals), row) for row in firsts]
    answer, ask = thresholds(tops)
    model = replace(model, answer_from=answer, ask_from=ask)
    print(f"{len(rows)} candidates of {len(tops)} questions")
    for name, chosen in (
        ("phrasings", [t for t in tops if t[1].weight == PHRASING_WEIGHT]),
        ("questions", [t for t in tops if t[1].weight == 1.0 and not t[1].is_foreign]),
        ("foreign", [t for t in tops if t[1].is_foreign]),
    ):
        shown = [t for t in chosen if t[0] >= answer]
        print(
            f"{name}: {len(chosen)}, first right {share(chosen):.3f}, "
            f"answered {len(shown) / max(1, len(chosen)):.3f}, right of these {share(shown):.3f}"
        )
    if not args.dry_run:
        TARGET.write_text(json.dumps(asdict(model), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
