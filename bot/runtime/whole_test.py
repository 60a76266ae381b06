"""Ask a pack all its own questions, on every core, and remember that it passed (`zhuce kb test`).

What a newcomer would get wrong: the same files, program and day give the same replies, so what has
passed is not asked again until one of the three is another.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from itertools import chain
from pathlib import Path

from bot.core.model.spans import day_of
from bot.knowledge.cases import Question
from bot.knowledge.self_test import Failure, run_tests
from bot.runtime.brain import load_brain, prepared_in
from bot.runtime.good_copies import digest_of, files_of
from bot.runtime.replay import Replayer
from bot.understanding.arrays.fingerprint import source

ENTRIES_AT_ONCE, QUESTIONS_AT_ONCE = 10, 50
WORTH_A_PROCESS = 2000
"""Questions that take longer than starting a process: two or three seconds of one core."""
_MARK = "passed"

Part = tuple[tuple[str, ...], tuple[Question, ...]]
"""Names of entries, and questions of the pack's tests."""


def number_of_tests(replayer: Replayer, questions: Sequence[Question]) -> int:
    entries = replayer.brain.pack.entries.values()
    return sum(len(entry.ask) + len(entry.not_ask) for entry in entries) + len(questions)


def failures_of(
    folder: Path, replayer: Replayer, questions: Sequence[Question], processes: int | None = None
) -> list[Failure]:
    """Return all failures of the pack in a folder, in the order of the pack.

    A large pack is shared among as many processes as there are cores.
    """
    if processes is None:
        is_large = number_of_tests(replayer, questions) >= WORTH_A_PROCESS
        processes = _cores() if is_large else 1
    parts = list(_parts(replayer, questions))
    if processes == 1:
        return list(chain.from_iterable(_failures(part, replayer) for part in parts))
    with ProcessPoolExecutor(
        processes, initializer=_begin, initargs=(folder, replayer.now)
    ) as pool:
        return list(chain.from_iterable(pool.map(_failures, parts)))


def _parts(replayer: Replayer, questions: Sequence[Question]) -> Iterator[Part]:
    names = tuple(replayer.brain.pack.entries)
    for first in range(0, len(names), ENTRIES_AT_ONCE):
        yield names[first : first + ENTRIES_AT_ONCE], ()
    for first in range(0, len(questions), QUESTIONS_AT_ONCE):
        yield (), tuple(questions[first : first + QUESTIONS_AT_ONCE])


_here: list[Replayer] = []
"""What a process of the pool asks; loaded once, from the cache."""


def _begin(folder: Path, now: datetime) -> None:
    _here[:] = [Replayer(load_brain(folder), now)]


def _failures(part: Part, replayer: Replayer | None = None) -> list[Failure]:
    asked = replayer or _here[0]
    entries, questions = part
    return run_tests(
        asked.brain.pack, questions, asked.understand, lambda t: asked.run(t).reply, only=entries
    )


def _cores() -> int:
    of_this_process = getattr(os, "sched_getaffinity", None)
    return len(of_this_process(0)) if of_this_process else os.cpu_count() or 1


def has_passed(folder: Path, now: datetime) -> bool:
    """Return whether these files have passed today, asked by this very program."""
    mark = _mark(folder)
    with contextlib.suppress(OSError):
        return mark is not None and mark.read_text("utf-8") == _said(folder, now)
    return False


def remember(folder: Path, now: datetime) -> None:
    """Note that the files have passed; without a cache nothing is remembered."""
    if mark := _mark(folder):
        with contextlib.suppress(OSError):
            mark.write_text(_said(folder, now), "utf-8")


def _mark(folder: Path) -> Path | None:
    place = prepared_in(folder)
    return place / _MARK if place and place.is_dir() else None


def _said(folder: Path, now: datetime) -> str:
    """Return what else the replies depend on: the tests, the day, and who asks."""
    return f"{day_of(now)} {digest_of(files_of(folder))} {source(('runtime',))}"
