"""Measure section `answer`: one answer on the real pack beside one jieba cut of the same text.

    python -m scripts.bench.answering HALF QUESTIONS [--without-rjieba]

is one round, in a process of its own.  Half of the questions warm it up and the other half are
measured, each once: for a question that is asked again its words may be cached.
"""

from __future__ import annotations

import json
import logging
import sys
import warnings
from collections.abc import Sequence
from datetime import UTC, datetime
from statistics import mean, median
from time import perf_counter

from scripts.bench.asking import Say
from scripts.bench.figures import medians, percentile, rounded
from scripts.bench.processes import pin_to_one_core, reported
from scripts.bench.questions import mixed
from scripts.bench.results import Results

NOT_FAST = "--without-rjieba"


def hide_rjieba() -> None:
    """Make this process behave as if the extra `fast` were not installed."""
    sys.modules["rjieba"] = None  # type: ignore[assignment]  # what import checks first


def measured(warm: Sequence[str], new: Sequence[str]) -> dict[str, float]:
    """Return times in µs and their ratio, over questions that are new to the process."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # jieba 0.42.1 asks for pkg_resources
        import jieba  # noqa: PLC0415  after rjieba is hidden, or not
    from bot.app import load_brain  # noqa: PLC0415  the same
    from bot.runtime.replay import Replayer  # noqa: PLC0415  the same

    jieba.setLogLevel(logging.WARNING)
    brain = load_brain()
    replayer = Replayer(brain, datetime.now(UTC))
    for text in warm:
        replayer.run((text,))
        jieba.lcut(text)
    answers, cuts = [], []
    for text in new:
        started = perf_counter()
        replayer.run((text,))
        answered = perf_counter()
        jieba.lcut(text)
        cuts.append(perf_counter() - answered)
        answers.append(answered - started)
    ratios = [answer / cut for answer, cut in zip(answers, cuts, strict=True)]
    return {
        "answer_us": median(answers) * 1e6,
        "answer_mean_us": mean(answers) * 1e6,
        "answer_p99_us": percentile(answers, 0.99) * 1e6,
        "cut_us": median(cuts) * 1e6,
        "ratio": median(ratios),
    }


def answer(rounds: int, count: int, results: Results, say: Say) -> None:
    kept: dict[str, list[dict[str, float]]] = {"rjieba": [], "jieba": []}
    for number in range(rounds):
        for engine, found in kept.items():
            say(f"answer: {engine}, round {number + 1} of {rounds}")
            found.append(_round(number % 2, count, engine))
    rows = {engine: rounded(medians(found), 2) for engine, found in kept.items()}
    results.keep("answer", {"rows": rows, "questions": count})


def _round(half: int, count: int, engine: str) -> dict[str, float]:
    more = [] if engine == "rjieba" else [NOT_FAST]
    return reported("answering", str(half), str(count), *more)


def main() -> None:
    half, count, *more = sys.argv[1:]
    if NOT_FAST in more:
        hide_rjieba()
    pin_to_one_core()
    questions = mixed(int(count))
    halves = [questions[0::2], questions[1::2]]
    print(json.dumps(measured(halves[1 - int(half)], halves[int(half)])))


if __name__ == "__main__":
    main()
