"""Fit `reliability` in bot/understanding/data/model.json: what the score of a reply is worth.

    python -m scripts.fit_reliability [--data DIR] [--dry-run]

Run it after scripts/fit_model.py, which empties it.  What an answer is worth is learnt from
tests/questions/judged-replies.jsonl: {"q" or "turns", "entry", "right"}, questions as people put
them, with the entry that answered and whether it did answer; one that another entry answers today,
or none, says nothing.  What a best guess below the threshold is worth is learnt from the pack's own
tests.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from bot import app
from bot.core.model.reply import Reason, Status
from bot.knowledge.cases import load_questions
from bot.runtime.replay import Exchange, Replayer
from scripts.fit_model import TARGET
from scripts.make_background import questions_of

ROOT = Path(__file__).resolve().parents[1]
JUDGED = ROOT / "tests" / "questions" / "judged-replies.jsonl"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
DECLINED_EDGES = (0.0, 0.1, 0.5, 0.8)
"""The same for texts that were declined, on the probability that they are ours."""
EVERYDAY = 1500
"""Everyday questions asked, of the same number of the pack's tests."""
EDGES = (0.0, 0.5, 0.75, 0.9, 0.9501)
"""Where levels may begin: at the answering threshold, below which fewer than half are right, and
just above `VERBATIM_SCORE`, which is a rule and no fit; between them where the share that is right
was seen to rise.  Few, because people's questions are few: 100 to 160 a level.
"""


@dataclass(frozen=True)
class Row:
    """One reply, or the best guess where none was given."""

    score: float
    is_right: bool


def tested(replayer: Replayer) -> Iterator[Row]:
    """Replies to the pack's tests; below the answering threshold the best guess."""
    for question in load_questions(app.pack_folder(None), replayer.brain.pack.named):
        found = replayer.run(question.turns)
        told = entry_of(found)
        if not (question.entries and told):
            continue
        yield Row(told[1], told[0] in question.entries)


def judged(replayer: Replayer, file: Path = JUDGED) -> Iterator[Row]:
    for line in file.read_text("utf-8").splitlines():
        row = json.loads(line)
        told = entry_of(replayer.run(tuple(row.get("turns") or [row["q"]])))
        if told and told[0] == row["entry"]:
            yield Row(told[1], row["right"])


def declined(replayer: Replayer, data: Path) -> Iterator[Row]:
    """Texts that were declined, with the probability that they are ours as their score."""
    pack, chance = replayer.brain.pack, Random(5)
    tests = [q for q in load_questions(app.pack_folder(None), pack.named) if q.entries]
    left_out = [pack.subject] if pack.subject else []
    paths = sorted(data.rglob("corpus.jsonl"))
    everyday = sorted({q for path in paths for q in questions_of(path, left_out)})
    asked = [(q.turns, q.entries) for q in chance.sample(tests, EVERYDAY)]
    asked += [((text,), ()) for text in chance.sample(everyday, EVERYDAY)]
    for turns, entries in asked:
        found = replayer.run(turns)
        if found.understanding and found.reply.reason is Reason.OUT_OF_DOMAIN:
            guesses = found.understanding.candidates
            is_right = bool(guesses) and guesses[0].entry in entries
            yield Row(found.understanding.ours, is_right)


def entry_of(found: Exchange) -> tuple[str, float] | None:
    """The entry that answered, or the best guess where nothing did, with its score."""
    understanding, reply = found.understanding, found.reply
    if understanding is None or not understanding.candidates or len(reply.answers) > 1:
        return None
    first = understanding.candidates[0]
    if first.score < understanding.thresholds.answer:
        return first.entry, first.score
    if reply.status is not Status.ANSWERED or not reply.answers:
        return None
    scores = {candidate.entry: candidate.score for candidate in understanding.candidates}
    told = reply.answers[0].entry
    return (told, scores[told]) if told in scores else None


def levelled(rows: Sequence[Row], edges: Sequence[float] = EDGES) -> list[tuple[float, float]]:
    """Isotonic regression on intervals: neighbours are put together until the shares rise."""
    blocks: list[list[float]] = []
    for start, end in zip(edges, (*edges[1:], 2.0), strict=True):
        within = [row for row in rows if start <= row.score < end]
        if not within:
            continue
        blocks.append([start, sum(row.is_right for row in within), len(within)])
        while len(blocks) > 1 and share(blocks[-2]) >= share(blocks[-1]):
            _, hits, count = blocks.pop()
            blocks[-1][1] += hits
            blocks[-1][2] += count
    return [(block[0], round(share(block), 3)) for block in blocks]


def share(block: Sequence[float]) -> float:
    """What is expected of the next one: Laplace's rule, which claims less where few were judged."""
    return (block[1] + 1) / (block[2] + 2)


def _right(rows: Sequence[Row]) -> float:
    return sum(row.is_right for row in rows) / len(rows)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="corpora of everyday questions")
    parser.add_argument("--dry-run", action="store_true", help="print, and write nothing")
    args = parser.parse_args()
    replayer = Replayer(app.load_brain(), NOW)
    answer_from = json.loads(TARGET.read_text("utf-8"))["answer_from"]
    people = [row for row in judged(replayer) if row.score >= answer_from]
    guesses = [row for row in tested(replayer) if row.score < answer_from]
    levels = levelled([*guesses, *people])
    print(f"best guesses below {answer_from}: {len(guesses)}, {_right(guesses):.3f} right")
    print(f"{len(people)} judged answers, {_right(people):.3f} right; levels {levels}")
    fitted = {"reliability": levels}
    if args.data:
        fitted["declined"] = levelled([*declined(replayer, args.data)], DECLINED_EDGES)
        print(f"declined {fitted['declined']}")
    if not args.dry_run:
        model = json.loads(TARGET.read_text("utf-8")) | fitted
        TARGET.write_text(json.dumps(model, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
