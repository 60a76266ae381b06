"""Fit bot/understanding/data/model.json: how entries are ranked, how sure the first one is, and
whether an utterance is the pack's business at all.

    python -m scripts.fit_model --data DIR [--data DIR ...] [--dry-run]

Rows come from the pack (every phrasing is asked of an index that does not hold it, in folds), from
knowledge/tests, as they are and mistyped, and from DIR: question files with expectations ({"q",
"expect"}), with the entries that answer ({"q", "ids"}; none if nothing does, "foreign" if it is
none of ours), questions of ours without any ({"q", "type"}), questions that are near and none of
ours ({"q", "near"}), and corpora of foreign questions ({"id", "questions"}), of which a sample is
taken.
Files named queries.jsonl and folders named pairs only judge and are not read.
"""

from __future__ import annotations

import argparse
import json
import random
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from bot import app
from bot.core.answering.entry_replies import entry_reply
from bot.core.model.entry import EntryKind
from bot.core.model.pack import Pack
from bot.core.model.scope import Scope
from bot.core.model.session import Context
from bot.core.model.understanding import Understanding
from bot.core.ports import Brain
from bot.evaluation.noise import KINDS, NoiseMaker
from bot.knowledge.cases import load_questions
from bot.runtime.replay import Replayer
from bot.understanding.engine import PackUnderstander
from bot.understanding.scoring import CONFIDENCE, OURS, RATING, Logistic, Model, ours_signals

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "bot" / "understanding" / "data" / "model.json"
FOLDS = 4
FOREIGN = 2_000
"""Questions taken from each corpus."""
NOISY = 0.12
"""Share of the tests that are asked once more with a mistake in them, of each kind."""
WRONG, INTRUDER = 1.5, 4.0
"""Cost of a wrong answer, and of an answer to a foreign question, relative to a right one."""
TAKEN = 0.0035
"""Share of foreign questions that may be taken for the pack's business."""
GUESSED = 0.12
"""Probability from which a candidate is worth offering."""
PHRASING_WEIGHT, TEST_WEIGHT, REAL_WEIGHT, FOREIGN_WEIGHT = 0.02, 1.0, 4.0, 0.3
"""Neighbouring entries often answer a held-out phrasing or a test as well, so those labels say less
than expectations do; foreign questions are many here and perhaps one in ten in a chat."""
EVERYDAY = ("foreign", "test", "noisy")
"""Kinds of samples of which those that are none of the pack's business teach what is foreign."""
FIRST = 90
"""Characters that a reply opens with, as expectations count them."""
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Sample:
    """One question as it was understood. `right` are the entries that answer it."""

    kind: str
    understanding: Understanding
    right: frozenset[str]
    is_ours: bool
    is_labelled: bool = True
    """Whether `right` is known."""

    @property
    def weight(self) -> float:
        weights = {
            "phrasing": PHRASING_WEIGHT,
            "test": TEST_WEIGHT,
            "noisy": TEST_WEIGHT,
            "real": REAL_WEIGHT,
        }
        return weights.get(self.kind, FOREIGN_WEIGHT)


def right_candidates(pack: Pack, sample: Sample) -> list[bool]:
    """Which candidates are right; one whose missing slot will be asked for, if a sibling is."""
    found = []
    for candidate in sample.understanding.candidates:
        is_right = candidate.entry in sample.right
        if not is_right and candidate.signals["missing"]:
            slots = pack.entries[candidate.entry].slots
            said = {k: v for k, v in slots.items() if sample.understanding.of(k)}
            siblings = [pack.entries[r] for r in sample.right if r in pack.entries]
            is_right = bool(said) and any(
                set(e.slots) == set(slots) and said.items() <= e.slots.items() for e in siblings
            )
        found.append(is_right)
    return found


def from_phrasings(pack: Pack) -> Iterator[Sample]:
    """Every phrasing, asked of an index without it."""
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
            is_ours = pack.entries[entry_id].kind is not EntryKind.SMALLTALK
            for ask in asks:
                found = understander.understand(ask, Context(), NOW)
                yield Sample("phrasing", found, frozenset((entry_id,)), is_ours)


def from_tests(pack: Pack, understander: PackUnderstander) -> Iterator[Sample]:
    questions = load_questions(app.pack_folder(None), pack.named)
    texts = [question.turns[-1] for question in questions]
    makers = [NoiseMaker(kind, texts, seed=5) for kind in KINDS]
    chance = random.Random(4)
    for question in questions:
        if not (question.entries or question.reason == "out_of_domain"):
            continue
        is_ours = bool(question.entries) and any(
            pack.entries[e].kind is not EntryKind.SMALLTALK
            for e in question.entries
            if e in pack.entries
        )
        right = frozenset(question.entries)
        replayer = Replayer(Brain(pack, understander), NOW)
        if found := replayer.run(question.turns).understanding:
            yield Sample("test", found, right, is_ours)
        if len(question.turns) > 1 or not is_ours:
            continue
        for maker in makers:
            if chance.random() < NOISY:
                text = maker.make(question.turns[-1])
                noisy = understander.understand(text, Context(), NOW)
                yield Sample("noisy", noisy, right, is_ours)


def from_file(path: Path, pack: Pack, understander: PackUnderstander) -> Iterator[Sample]:
    """The questions of one file of DIR."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    if "questions" in rows[0]:
        texts = [question for row in rows for question in row["questions"]]
        for text in random.Random(3).sample(texts, min(len(texts), FOREIGN)):
            if pack.subject and pack.subject in text:
                continue
            found = understander.understand(text, Context(), NOW)
            yield Sample("foreign", found, _boundaries(pack), is_ours=False)
        return
    for row in rows:
        if "ids" in row:
            found = understander.understand(row["q"], Context(), NOW)
            right = frozenset(row["ids"]).union(*row.get("parts", []))
            is_ours = not row.get("foreign")
            kind = "real" if is_ours else "near"
            yield Sample(kind, found, right if is_ours else right | _boundaries(pack), is_ours)
        elif "expect" in row:
            replayer = Replayer(Brain(pack, understander), NOW)
            found = replayer.run(row.get("turns", [row["q"]])).understanding
            if found is not None:
                right = frozenset(
                    c.entry for c in found.candidates if meets(pack, c.entry, found, row["expect"])
                )
                is_ours = row.get("kind") not in ("out_of_scope", "boundary", "person")
                yield Sample("real", found, right, is_ours)
        elif "type" in row:
            found = understander.understand(row["q"], Context(), NOW)
            yield Sample("ours", found, frozenset(), is_ours=True, is_labelled=False)
        elif "near" in row or "about" in row:
            found = understander.understand(row["q"], Context(), NOW)
            yield Sample("near", found, _boundaries(pack), is_ours=False)


def _boundaries(pack: Pack) -> frozenset[str]:
    """To say which other thing a foreign question is about is right too."""
    return frozenset(e.id for e in pack.entries.values() if e.kind is EntryKind.BOUNDARY)


def meets(
    pack: Pack, entry_id: str, understanding: Understanding, expect: Mapping[str, Any]
) -> bool:
    """Whether the reply of an entry has what is expected of the reply to a question."""
    entry = pack.entries[entry_id]
    scope = Scope(
        pack,
        NOW.date(),
        understanding.plain_slots,
        asked=understanding.asked,
        is_turned=understanding.is_turned,
    )
    reply = entry_reply(scope, entry, None, "fit")
    text = _plain(reply.as_text())
    first = text[:FIRST]
    if "status" in expect and reply.status.value not in expect["status"]:
        return False
    if expect.get("abstain") and entry.kind in (EntryKind.FACT, EntryKind.SMALLTALK):
        return False
    return (
        all(_plain(s) in text for s in expect.get("all", []))
        and all(any(_plain(s) in text for s in group) for group in expect.get("any", []))
        and all(any(_plain(s) in first for s in group) for group in expect.get("first", []))
        and not any(_plain(s) in text for s in expect.get("none", []))
        and not any(_plain(s) in first for s in expect.get("first_none", []))
    )


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def collect(folders: Iterable[Path]) -> list[Sample]:
    brain = app.load_brain()
    pack, understander = brain.pack, brain.understander
    assert isinstance(understander, PackUnderstander)
    samples = [*from_phrasings(pack), *from_tests(pack, understander)]
    for folder in folders:
        for path in sorted(folder.rglob("*.jsonl")) if folder.is_dir() else [folder]:
            if path.name != "queries.jsonl" and path.parent.name != "pairs":
                samples += from_file(path, pack, understander)
    return [sample for sample in samples if sample.understanding.candidates]


def fit_rating(pack: Pack, samples: Sequence[Sample], ridge: float = 20.0) -> np.ndarray:
    """A conditional logit: of the candidates of one question the right ones rate highest."""
    rows, right, weights, numbers = [], [], [], []
    for number, sample in enumerate(samples):
        labels = right_candidates(pack, sample)
        if not (sample.is_labelled and sample.is_ours and any(labels)):
            continue
        for candidate, is_right in zip(sample.understanding.candidates, labels, strict=True):
            if not candidate.signals["elsewhere"]:
                rows.append([candidate.signals[name] for name in RATING])
                right.append(float(is_right))
                weights.append(sample.weight)
                numbers.append(number)
    x, hit, weight = np.array(rows), np.array(right), np.array(weights)
    _, question = np.unique(numbers, return_inverse=True)
    beta = np.zeros(x.shape[1])
    for _ in range(200):
        chances = np.exp(x @ beta)
        among = chances / np.bincount(question, chances)[question]
        hits = chances * hit
        wanted = hits / np.maximum(np.bincount(question, hits), 1e-12)[question]
        gradient = x.T @ (weight * (wanted - among)) - ridge * beta
        curvature = (x * (weight * among)[:, None]).T @ x + ridge * np.eye(len(beta))
        beta = beta + 0.5 * np.linalg.solve(curvature, gradient)
    return np.asarray(beta)


@dataclass(frozen=True)
class Top:
    """The candidate of a question that is rated first."""

    sample: Sample
    signals: Mapping[str, float]
    is_right: bool


def tops_of(pack: Pack, samples: Sequence[Sample], rating: Mapping[str, float]) -> list[Top]:
    """The first candidate of each labelled question, with its rate and margin under a rating."""
    model = Model(rating, Logistic(0.0, {}), 0.0, 0.0)
    tops = []
    for sample in samples:
        if not sample.is_labelled:
            continue
        candidates = sample.understanding.candidates
        rates = [model.rate(candidate.signals) for candidate in candidates]
        best = int(np.argmax(rates))
        first = candidates[best]
        margin = _margin(pack, sample, rates, best)
        signals = {**first.signals, "rate": rates[best], "margin": margin}
        tops.append(Top(sample, signals, right_candidates(pack, sample)[best]))
    return tops


def _margin(pack: Pack, sample: Sample, rates: Sequence[float], best: int) -> float:
    """How far the first is ahead of the next that is about something else."""
    first = pack.entries[sample.understanding.candidates[best].entry]
    topic = first.slots.get("aspect", first.id)
    others = [
        rate
        for rate, candidate in zip(rates, sample.understanding.candidates, strict=True)
        if pack.entries[candidate.entry].slots.get("aspect", candidate.entry) != topic
    ]
    return min(3.0, rates[best] - max(others)) if others else 3.0


def logistic(
    x: np.ndarray, y: np.ndarray, weight: np.ndarray, ridge: float = 1.0
) -> tuple[float, np.ndarray]:
    """Logistic regression by Newton's method."""
    x = np.column_stack([np.ones(len(x)), x])
    beta = np.zeros(x.shape[1])
    penalty = ridge * np.eye(len(beta))
    penalty[0, 0] = 0.0
    for _ in range(60):
        p = 1 / (1 + np.exp(-np.clip(x @ beta, -30, 30)))
        gradient = x.T @ (weight * (y - p)) - penalty @ beta
        hessian = (x * (weight * p * (1 - p))[:, None]).T @ x + penalty
        beta = beta + np.linalg.solve(hessian, gradient)
    return float(beta[0]), beta[1:]


def fit_confidence(tops: Sequence[Top]) -> Logistic:
    """How probable it is that the first candidate is right; phrasings have an intercept of their
    own, which is not stored.
    """
    own = np.array([[top.sample.kind == "phrasing"] for top in tops], dtype=float)
    signals = np.array([[top.signals[name] for name in CONFIDENCE] for top in tops])
    y = np.array([top.is_right for top in tops], dtype=float)
    weight = np.array([top.sample.weight for top in tops]) * np.where(own[:, 0], 0.3, 1.0)
    intercept, beta = logistic(np.column_stack([signals, own]), y, weight)
    return Logistic(round(intercept, 4), named(CONFIDENCE, beta[:-1]))


def fit_ours(samples: Sequence[Sample]) -> tuple[Logistic, float]:
    """How probable it is that an utterance is the pack's business, and the threshold of that.

    Negatives are everyday questions alone.  What is near and none of the pack's business (二建报名)
    has its entries that say so; to call it foreign would turn away more of our own questions.
    """
    used = [s for s in samples if s.is_ours or s.kind in EVERYDAY]
    rows = [ours_signals([c.signals for c in s.understanding.candidates]) for s in used]
    x = np.array([[row[name] for name in OURS] for row in rows])
    y = np.array([s.is_ours for s in used], dtype=float)
    count = {k: sum(s.kind == k for s in used) for k in {s.kind for s in used}}
    share = {"phrasing": 0.3, "foreign": 3.0}
    weight = np.array([share.get(s.kind, 1.0) * 1000 / count[s.kind] for s in used])
    intercept, beta = logistic(x, y, weight, ridge=0.3)
    model = Logistic(round(intercept, 4), named(OURS, beta))
    foreign = sorted(model.score(r) for r, s in zip(rows, used, strict=True) if s.kind == "foreign")
    return model, round(foreign[int((1 - TAKEN) * len(foreign))], 4)


def answer_threshold(scored: Sequence[tuple[float, Top]]) -> float:
    """The threshold of answers with most utility."""
    use, best, found = 0.0, 0.0, 0.95
    for score, top in sorted(
        (pair for pair in scored if pair[1].sample.kind != "phrasing"), key=lambda pair: -pair[0]
    ):
        cost = WRONG if top.sample.is_ours else INTRUDER
        use += top.sample.weight * (1.0 if top.is_right else -cost)
        if use > best:
            best, found = use, score
    return round(found, 3)


def named(names: Sequence[str], values: Iterable[float]) -> dict[str, float]:
    return {name: round(float(value), 4) for name, value in zip(names, values, strict=True)}


def report(model: Model, scored: Sequence[tuple[float, Top]], samples: Sequence[Sample]) -> None:
    for kind in ("phrasing", "test", "noisy", "real", "near", "foreign"):
        chosen = [pair for pair in scored if pair[1].sample.kind == kind]
        if chosen:
            answered = [pair for pair in chosen if pair[0] >= model.answer_from]
            first = sum(top.is_right for _, top in chosen) / len(chosen)
            right = sum(top.is_right for _, top in answered) / max(1, len(answered))
            share = len(answered) / len(chosen)
            print(f"{kind:9} {len(chosen):6}  first right {first:.3f}  ", end="")
            print(f"answered {share:.3f}  right of these {right:.3f}")
    for kind in ("phrasing", "test", "noisy", "real", "ours", "near", "foreign"):
        found = [
            model.ours_score(s.understanding.candidates) >= model.ours_from
            for s in samples
            if s.kind == kind and (s.is_ours or kind in ("near", "foreign"))
        ]
        if found:
            print(f"{kind:9} taken for ours {sum(found) / len(found):.4f}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, action="append", default=[])
    parser.add_argument("--dry-run", action="store_true")
    args = parser.parse_args()
    pack = app.load_brain().pack
    samples = collect(args.data)
    rating = named(RATING, fit_rating(pack, samples))
    tops = tops_of(pack, samples, rating)
    confidence = fit_confidence(tops)
    ours, ours_from = fit_ours(samples)
    scored = [(confidence.score(top.signals), top) for top in tops]
    answer = answer_threshold(scored)
    model = Model(rating, confidence, answer, round(min(GUESSED, answer), 3), ours, ours_from)
    report(model, scored, samples)
    print(f"answer from {model.answer_from}, ask from {model.ask_from}, ours from {ours_from}")
    if not args.dry_run:
        shown = {
            "fitted_on": pack.id,
            "rating": rating,
            "intercept": confidence.intercept,
            "confidence": dict(confidence.weights),
            "answer_from": model.answer_from,
            "ask_from": model.ask_from,
            "ours": {"intercept": ours.intercept, "weights": dict(ours.weights)},
            "ours_from": ours_from,
            "reliability": [],
        }
        TARGET.write_text(json.dumps(shown, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
