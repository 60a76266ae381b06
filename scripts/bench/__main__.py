"""Measure, and write docs/benchmarks.md.

    python -m scripts.bench [--data DIR] [--only peers,growth,…] [--sets …] [--quick] | --draw

`--sets` names sets, `pairs/NAME` and `synthetic`.  Sections that need foreign questions are skipped
without `--data`.  Every section is saved as soon as it is measured.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.bench.answering import answer
from scripts.bench.asking import Effort, Say
from scripts.bench.bars import bars
from scripts.bench.bots.comparing import compare_bots
from scripts.bench.checking import check
from scripts.bench.comparing import Chosen, compare, grow
from scripts.bench.http_door import http
from scripts.bench.notes import read_notes
from scripts.bench.page import page
from scripts.bench.peers import PEERS
from scripts.bench.plots import plots
from scripts.bench.processes import ROOT
from scripts.bench.results import Results
from scripts.bench.starting import start
from scripts.bench.telegram import Load, telegram

SIZES = (500, 2_000, 5_000, 17_000, 50_000, 104_000, 300_000, 1_000_000)
FOREIGN = ("bots", "peers", "growth")
MEASURED = ("questions", *FOREIGN, "answer", "start", "telegram", "http")


@dataclass(frozen=True, slots=True)
class Scale:
    """How thoroughly to measure."""

    rounds: int
    quality_s: float
    round_s: float
    questions: int
    starts: int
    updates: int
    load_s: int
    largest: int
    """In phrasings."""


THOROUGH = Scale(3, 60, 10, 600, 15, 500, 8, 1_000_000)
QUICK = Scale(1, 1, 0.5, 60, 2, 60, 1, 3_000)


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    folder: Path = options.out / "benchmarks"
    results = Results(folder / "results.json", is_quick=options.quick)
    if not options.draw:
        measure(options, results, _say)
    draw(results, options.out)
    return 0


def measure(options: argparse.Namespace, results: Results, say: Say) -> None:
    scale = QUICK if options.quick else THOROUGH
    sections = _sections(options, scale, results, say)
    for name in options.only:
        if name in FOREIGN and options.data is None:
            say(f"{name}: skipped, it needs foreign questions: --data DIR (make bench DATA=DIR)")
        elif name == "questions" and not (options.questions and options.checker):
            say("questions: skipped, it needs --questions FILE and --checker PROGRAM")
        else:
            sections[name]()


def _sections(
    options: argparse.Namespace, scale: Scale, results: Results, say: Say
) -> dict[str, Callable[[], None]]:
    effort = Effort(scale.rounds, scale.quality_s, scale.round_s)
    sizes = [size for size in options.sizes if size <= scale.largest]
    chosen = Chosen(options.data, effort, options.peers, options.sets, sizes, scale.largest)
    load = Load(scale.rounds, scale.updates)
    return {
        "questions": lambda: check(options.questions, options.checker, results, say),
        "bots": lambda: compare_bots(
            options.data, options.questions, options.checker, results, say
        ),
        "peers": lambda: compare(chosen, results, say),
        "growth": lambda: grow(chosen, results, say),
        "answer": lambda: answer(2 * scale.rounds, scale.questions, results, say),
        "start": lambda: start(scale.starts, results, say),
        "telegram": lambda: telegram(load, results, say),
        "http": lambda: http(scale.rounds, scale.load_s, results, say),
    }


def draw(results: Results, out: Path) -> None:
    """Write the page and its plots from the stored results."""
    drawn = plots(results.sections)
    folder = out / "benchmarks"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in drawn.items():
        (folder / name).write_text(text, "utf-8")
    ids = [bar.id for bar in bars(results.sections)]
    text = page(results.sections, read_notes(folder / "notes.json", ids), drawn.keys())
    (out / "benchmarks.md").write_text(text, "utf-8")


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


def _listed(known: Sequence[str]) -> Callable[[str], tuple[str, ...]]:
    def split(text: str) -> tuple[str, ...]:
        names = tuple(text.split(","))
        if unknown := [name for name in names if name not in known]:
            raise argparse.ArgumentTypeError(f"{unknown[0]!r} is none of {', '.join(known)}")
        return names

    return split


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, help="a folder of sets (docs/reference/evaluation.md)")
    parser.add_argument("--questions", type=Path, help="a file of questions for the checker")
    parser.add_argument("--checker", type=Path, help="a program that puts them to `zhuce`")
    parser.add_argument("--only", type=_listed(MEASURED), default=MEASURED, help="sections")
    parser.add_argument("--peers", type=_listed(tuple(PEERS)), default=tuple(PEERS))
    parser.add_argument("--sets", type=lambda text: tuple(text.split(",")), default=())
    parser.add_argument(
        "--sizes", type=lambda text: tuple(map(int, text.split(","))), default=SIZES
    )
    parser.add_argument("--quick", action="store_true", help="a fast look, not to be trusted")
    parser.add_argument("--draw", action="store_true", help="write page and plots, measure nothing")
    parser.add_argument("--out", type=Path, default=ROOT / "docs", help="where the page goes")
    return parser


if __name__ == "__main__":
    sys.exit(main())
