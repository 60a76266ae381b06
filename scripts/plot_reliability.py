"""Draw docs/explanation/reliability.svg: calibration, and risk against coverage.

    python scripts/plot_reliability.py --data DIR

DIR holds folders with corpus.jsonl and queries.jsonl; see docs/reference/evaluation.md.  Left: of
the answers with some score, the share that is right.  Right: answering the surest questions first,
the share of wrong answers among those shown, against the share of questions answered.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from bot.evaluation.files import read_corpus, read_queries
from bot.understanding.collection.retriever import Retriever
from bot.understanding.text.tokeniser import full_cutter

TARGET = Path(__file__).parents[1] / "docs" / "explanation" / "reliability.svg"
COLOURS = ("#1b6ca8", "#c8553d", "#588157", "#6d597a")
SIDE, LEFT, TOP, GAP = 260, 60, 30, 90
BINS, POINTS = 10, 100
RISK = 0.2
"""The largest share of wrong answers on the plot."""
Point = tuple[float, float]
Answer = tuple[float, bool, bool]
"""A score, whether the first answer is right, whether there is a right one at all."""


def answers(folder: Path) -> list[Answer]:
    corpus = read_corpus(folder / "corpus.jsonl")
    retriever = Retriever(corpus.texts, corpus.groups, full_cutter())
    found = []
    for query in read_queries(folder / "queries.jsonl", corpus.ids):
        result = retriever.search(query.text)
        is_right = bool(result.hits) and result.hits[0].group == query.gold
        found.append((result.score, is_right, query.gold is not None))
    return found


def reliability(found: Sequence[Answer]) -> Iterator[Point]:
    """Yield for each tenth of the scale with twenty answers: mean score, share that is right."""
    for at in range(BINS):
        within = [a for a in found if at <= a[0] * BINS < at + 1 or (a[0] == 1 and at == BINS - 1)]
        if len(within) >= 20:
            yield (
                sum(score for score, _, _ in within) / len(within),
                sum(is_right for _, is_right, _ in within) / len(within),
            )


def risk(found: Sequence[Answer]) -> Iterator[Point]:
    """Yield the share of answerable questions answered right, and of shown answers being wrong."""
    answerable = sum(has_answer for _, _, has_answer in found)
    right, step = 0, max(1, len(found) // POINTS)
    for shown, (_, is_right, _) in enumerate(sorted(found, reverse=True), 1):
        right += is_right
        if shown >= 20 and shown % step == 0 and 1 - right / shown <= RISK:
            yield right / answerable, (1 - right / shown) / RISK


def panel(
    x0: int, title: str, axes: tuple[str, str], ticks: Sequence[str], lines: Iterable[str]
) -> str:
    """Draw one square plot; the points of its lines lie in 0..1."""
    bottom = TOP + SIDE
    marks = "".join(
        f'<text x="{x0 + SIDE * n / 4:.0f}" y="{bottom + 16}" text-anchor="middle">{n / 4:g}</text>'
        f'<text x="{x0 - 6}" y="{bottom - SIDE * n / 4 + 4:.0f}" text-anchor="end">{tick}</text>'
        for n, tick in enumerate(ticks)
    )
    return (
        f'<text x="{x0 + SIDE / 2:.0f}" y="{TOP - 12}" text-anchor="middle">{title}</text>'
        f'<rect x="{x0}" y="{TOP}" width="{SIDE}" height="{SIDE}" fill="none" stroke="#888"/>'
        f"{marks}"
        f'<text x="{x0 + SIDE / 2:.0f}" y="{bottom + 34}" text-anchor="middle">{axes[0]}</text>'
        f'<text transform="translate({x0 - 42},{TOP + SIDE / 2:.0f}) rotate(-90)" '
        f'text-anchor="middle">{axes[1]}</text>' + "".join(lines)
    )


def line(x0: int, points: Iterable[Point], colour: str, *, dashed: bool = False) -> str:
    path = " ".join(f"{x0 + SIDE * x:.1f},{TOP + SIDE * (1 - y):.1f}" for x, y in points)
    dashes = ' stroke-dasharray="4"' if dashed else ""
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"{dashes}/>'


def drawing(found: dict[str, list[Answer]]) -> str:
    second = LEFT + SIDE + GAP
    coloured = list(zip(found, COLOURS, strict=False))
    diagonal = line(LEFT, [(0, 0), (1, 1)], "#888", dashed=True)
    right = [line(LEFT, reliability(found[name]), colour) for name, colour in coloured]
    wrong = [line(second, risk(found[name]), colour) for name, colour in coloured]
    names = "".join(
        f'<text x="{LEFT + 12}" y="{TOP + 20 + 16 * n}" fill="{colour}">{name}</text>'
        for n, (name, colour) in enumerate(coloured)
    )
    first = panel(
        LEFT, "reliability", ("score", "share right"), ("0", "0.25", "0.5", "0.75", "1"),
        [diagonal, *right],
    )  # fmt: skip
    other = panel(
        second, "risk and coverage", ("answered right", "share wrong"),
        [f"{RISK * n / 4:.2f}" for n in range(5)], wrong,
    )  # fmt: skip
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {second + SIDE + 30} '
        f'{TOP + SIDE + 50}" font-family="sans-serif" font-size="12">\n'
        f'<rect width="100%" height="100%" fill="#fff"/>\n{first}\n{other}\n{names}\n</svg>\n'
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sets", nargs="*", default=["lcqmc-500", "lcqmc-5k", "covid-500"])
    args = parser.parse_args()
    TARGET.write_text(drawing({name: answers(args.data / name) for name in args.sets}), "utf-8")


if __name__ == "__main__":
    main()
