"""Ask one bot all questions, in a process of its own.

    python -m scripts.bench.bots.worker NAME EVERYDAY

prints a line as soon as the bot has answered its first question, then reads a line and prints the
figures.  EVERYDAY is a file of questions that are none of the pack's business, one a line.

    python -m scripts.bench.bots.worker NAME LEAST ask --batch FILE

answers a file as `zhuce ask --batch` does, for a checker; below the score LEAST it declines.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from bot.app import pack_folder
from bot.knowledge.cases import load_questions
from scripts.bench.bots import BOTS
from scripts.bench.bots.choosing import Bot, answers_as_ours, made_bot, said
from scripts.bench.figures import every, percentile, spread_ms
from scripts.bench.processes import memory_mib, pin_to_one_core

WARM = 50
QUIET = 0.01
"""Share of everyday questions that a bot may answer."""
FIRST = "这个怎么办"


def measured(bot: Bot, count: int, everyday: Sequence[str]) -> dict[str, float]:
    """Return the share of the pack's tests answered right, and what a question costs.

    The least score is the lowest at which so few everyday questions are answered as `QUIET` says,
    chosen on those very questions: the best case for a bot that has none of its own.  What is told
    to be somebody else's business is no answer.
    """
    tests = [
        (question.turns[0], question.entries)
        for question in load_questions(pack_folder(None), bot.pack.named)
        if question.entries and len(question.turns) == 1
    ]
    chosen = [tests[n] for n in every(count, len(tests))]
    for text, _ in tests[: min(WARM, count // 10)]:
        bot.choose(text)
    times, told = [], []
    for text, wanted in chosen:
        started = perf_counter()
        entry, score = bot.choose(text)
        times.append(perf_counter() - started)
        told.append((entry in wanted, score))
    foreign = [answers_as_ours(bot, text) for text in everyday[: 2 * count]]
    least = 0.0 if bot.has_threshold else percentile(foreign, 1 - QUIET)
    sure = [(is_right, score) for is_right, score in told if score > least]
    return spread_ms(times) | {
        "asked": len(chosen),
        "everyday": len(foreign),
        "least": least,
        "right": sum(is_right for is_right, _ in told) / len(told),
        "right_quiet": sum(is_right for is_right, _ in sure) / len(told),
        "wrong_quiet": sum(not is_right for is_right, _ in sure) / len(told),
        "foreign": sum(score > least for score in foreign) / len(foreign),
        "rss_mb": memory_mib("self", "VmHWM"),
    }


def answer_file(bot: Bot, least: float, path: Path) -> None:
    """Print a reply a line; of a conversation only the last turn is asked."""
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        text, status, reason = said(bot, row.get("turns", [row.get("q")])[-1], least)
        reply = {"text": text, "status": status, "reason": reason}
        print(json.dumps(reply, ensure_ascii=False))


def main() -> None:
    name, more, *rest = sys.argv[1:]
    if rest:
        answer_file(made_bot(name), float(more), Path(rest[-1]))
        return
    pin_to_one_core()
    bot = made_bot(name)
    bot.choose(FIRST)
    print(json.dumps({"is_ready": True}), flush=True)
    sys.stdin.readline()
    everyday = Path(more).read_text("utf-8").splitlines()
    print(json.dumps(measured(bot, BOTS[name].asked, everyday)), flush=True)


if __name__ == "__main__":
    main()
