"""Draw docs/explanation/replies.svg: what the score of a reply says, and how often it was right.

    python -m scripts.plot_replies --data DIR [--judged FILE.jsonl ...]

Three kinds of questions.  People's: replies that were judged one by one, their scores told by
levels fitted on the other four fifths; with --judged instead those of other files, by the levels as
shipped.  Everyday questions of public sets in DIR (`queries.jsonl`): to say whose business they are
is right, and no guess is.  The pack's own questions with noise.  Prints for each how many, the mean
score, the share that was right, and the expected calibration error: the mean distance of the two
over tenths of the scale.
"""

from __future__ import annotations

import argparse
import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

from bot import app
from bot.core.model.reply import Reason
from bot.core.model.session import Context
from bot.runtime.replay import Replayer
from bot.understanding.engine import PackUnderstander
from scripts.fit_reliability import JUDGED, NOW, Row, judged, levelled
from scripts.plot_reliability import COLOURS, GAP, LEFT, SIDE, TOP, line, panel
from tests import noise
from tests.noisy import Asker, every_ask

TARGET = Path(__file__).parents[1] / "docs" / "explanation" / "replies.svg"
FOLDS, SAMPLE, FEWEST = 5, 1500, 10
"""Folds of judged replies, questions of each other kind, and replies that make a point."""
Rows = Sequence[Row]


def people(replayer: Replayer) -> Iterator[Row]:
    """Judged replies with the score that levels without their fold would tell."""
    rows = list(judged(replayer, JUDGED))
    Random(7).shuffle(rows)
    for fold in range(FOLDS):
        edges, shares = zip(
            *levelled([row for n, row in enumerate(rows) if n % FOLDS != fold]), strict=True
        )
        for row in rows[fold::FOLDS]:
            yield replace(row, score=shares[max(0, bisect_right(edges, row.score) - 1)])


def others(replayer: Replayer, files: Iterable[Path]) -> Iterator[Row]:
    """Judged replies of other files, with the score as it is told."""
    reliability = replayer.brain.understander.understand("", Context(), NOW).reliability
    for file in files:
        yield from (replace(r, score=reliability.of(r.score)) for r in judged(replayer, file))


def everyday(replayer: Replayer, data: Path) -> Iterator[Row]:
    lines = [line for path in data.rglob("queries.jsonl") for line in path.open(encoding="utf-8")]
    texts = sorted({json.loads(line)["q"] for line in lines})
    for text in Random(7).sample(texts, min(SAMPLE, len(texts))):
        reply = replayer.run((text,)).reply
        if reply.score is not None:
            yield Row(reply.score, reply.reason is Reason.BOUNDARY)


def noisy(replayer: Replayer) -> Iterator[Row]:
    pack = replayer.brain.pack
    asker = Asker(pack, PackUnderstander(pack))
    asks = Random(7).sample(list(every_ask(pack)), SAMPLE)
    for number, name in enumerate(noise.CLASSES):
        for found in asker.outcomes(name, asks[number :: len(noise.CLASSES)]):
            if found.reply.score is not None:
                yield Row(found.reply.score, found.is_found)


def points(rows: Rows) -> list[tuple[float, float, int]]:
    """The mean score, the share that is right and the number of each tenth of the scale."""
    found = []
    for at in range(10):
        within = [row for row in rows if at <= row.score * 10 < at + 1 or (row.score, at) == (1, 9)]
        if within:
            count = len(within)
            mean, right = sum(r.score for r in within), sum(r.is_right for r in within)
            found.append((mean / count, right / count, count))
    return found


def calibration_error(rows: Rows) -> float:
    return sum(count * abs(mean - right) for mean, right, count in points(rows)) / len(rows)


def drawing(found: Mapping[str, Rows]) -> str:
    lines = [line(LEFT, [(0, 0), (1, 1)], "#888", dashed=True)]
    names = []
    for n, ((name, rows), colour) in enumerate(zip(found.items(), COLOURS, strict=False)):
        shown = [(mean, right) for mean, right, count in points(rows) if count >= FEWEST]
        lines.append(line(LEFT, shown, colour))
        lines += [
            f'<circle cx="{LEFT + SIDE * x:.1f}" cy="{TOP + SIDE * (1 - y):.1f}" r="3" '
            f'fill="{colour}"/>'
            for x, y in shown
        ]
        names.append(f'<text x="{LEFT + 12}" y="{TOP + 20 + 16 * n}" fill="{colour}">{name}</text>')
    ticks = ("0", "0.25", "0.5", "0.75", "1")
    drawn = panel(LEFT, "replies", ("score told", "share right"), ticks, lines)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + SIDE + GAP} '
        f'{TOP + SIDE + 50}" font-family="sans-serif" font-size="12">\n'
        f'<rect width="100%" height="100%" fill="#fff"/>\n{drawn}\n{"".join(names)}\n</svg>\n'
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--judged", type=Path, nargs="*", help="judge by these, and draw nothing")
    args = parser.parse_args()
    replayer = Replayer(app.load_brain(), NOW)
    if args.judged:
        found = {"people": list(others(replayer, args.judged))}
    else:
        found = {
            "people": list(people(replayer)),
            "everyday questions": list(everyday(replayer, args.data)),
            "noise": list(noisy(replayer)),
        }
        found["all three"] = [row for rows in found.values() for row in rows]
        TARGET.write_text(drawing(found), "utf-8")
    for name, rows in found.items():
        told = sum(row.score for row in rows) / len(rows)
        right = sum(row.is_right for row in rows) / len(rows)
        error = calibration_error(rows)
        print(f"{name}: {len(rows)}, told {told:.3f}, right {right:.3f}, error {error:.3f}")


if __name__ == "__main__":
    main()
