"""Print where the work of one new question goes, stage by stage: CPU time and calls of Python.

    python -m scripts.profile_turn [QUESTIONS]

Questions of the pack's tests come once each to a process that is warm, as messages of Telegram, all
the way: read, understood, decided, stored in SQLite, rendered, and handed to a caller that sends
nothing.  Time is CPU time of the whole process and depends on the machine and its load, so it is
also given in cuts of jieba, which cuts each question after its answer; calls depend on neither.
What a newcomer would get wrong: a stage counts without the stages that it calls, and the clock
itself costs a microsecond a stage.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import inspect
import os
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bot.adapters.telegram.handler import Handler
from bot.adapters.telegram.incoming.json_view import seen
from bot.adapters.telegram.ports import BotIdentity, Options
from bot.app import load_brain
from bot.core.conversation import Conversation
from bot.runtime.clock import SystemClock
from bot.storage import open_store
from scripts.bench.cutting import words_of
from scripts.bench.questions import mixed

JIEBA = "a cut"
QUESTIONS = 1200
"""Half of them warm the process, the other half is measured."""
_U, _T = "bot.understanding.", "bot.adapters.telegram."
STAGES: Mapping[str, Sequence[str]] = {
    "normalise": (f"{_U}text.normalise:normalise",),
    "read": (f"{_U}lexicon.reader:LexiconReader.read", f"{_U}lexicon.reader:LexiconReader.guess"),
    "repair": (
        f"{_U}lexicon.spelling:SpellingRepairer.mend",
        f"{_U}lexicon.spelling:SpellingRepairer.guess",
        f"{_U}text.pinyin:Transliterator.rewrite",
    ),
    "slips": (f"{_U}lexicon.typos:TypoFinder.find",),
    "question types": (f"{_U}text.question_types:_read", f"{_U}text.question_types:is_turned"),
    "search": (f"{_U}ranking.matcher:EntryMatcher._found",),
    "meaning": (f"{_U}ranking.meanings:Meanings.closeness",),
    "signals": (f"{_U}ranking.signals:Evidence.query", f"{_U}ranking.signals:Evidence.signals"),
    "judge": (f"{_U}ranking.matcher:EntryMatcher.rank",),
    "understand, the rest": (f"{_U}engine:PackUnderstander.understand",),
    "decide": ("bot.core.dialogue.decide:take_turn",),
    "compose": ("bot.core.answering.entry_replies:entry_reply",),
    "store": ("bot.storage.sql_store:SqlStore.transact",),
    "render": (f"{_T}outgoing.message:Writer.write",),
    "send": (f"{_T}outgoing.sender:Sender.send",),
    "receive, the rest": (f"{_T}handler:Handler.handle",),
}
"""The functions at which each stage begins."""


class Clocked:
    """Charges CPU time to the innermost stage."""

    def __init__(self) -> None:
        self.spent: Counter[str] = Counter()
        self._stack: list[str] = [""]
        self._since = time.process_time_ns()

    def enter(self, stage: str) -> None:
        self._charge()
        self._stack.append(stage)

    def leave(self) -> None:
        self._charge()
        self._stack.pop()

    def _charge(self) -> None:
        now = time.process_time_ns()
        self.spent[self._stack[-1]] += now - self._since
        self._since = now


class Counted:
    """Counts calls of functions written in Python, by the innermost stage."""

    def __init__(self) -> None:
        self.spent: Counter[str] = Counter()
        self._stack: list[str] = [""]

    def enter(self, stage: str) -> None:
        self._stack.append(stage)

    def leave(self) -> None:
        self._stack.pop()

    def see(self, frame: Any, event: str, _: Any) -> None:
        if event == "call" and frame.f_code.co_filename != __file__:
            self.spent[self._stack[-1]] += 1


Meter = Clocked | Counted


def staged(function: Callable[..., Any], stage: str, meter: Meter) -> Callable[..., Any]:
    if inspect.iscoroutinefunction(function):

        async def waiting(*args: Any, **named: Any) -> Any:
            meter.enter(stage)
            try:
                return await function(*args, **named)
            finally:
                meter.leave()

        return functools.wraps(function)(waiting)

    def running(*args: Any, **named: Any) -> Any:
        meter.enter(stage)
        try:
            return function(*args, **named)
        finally:
            meter.leave()

    return functools.wraps(function)(running)


def watch(meter: Meter) -> None:
    """Put every function of `STAGES` under the meter, wherever it was imported to."""
    for stage, places in STAGES.items():
        for place in places:
            module, _, path = place.partition(":")
            owner: Any = import_module(module)
            *classes, name = path.split(".")
            for each in classes:
                owner = getattr(owner, each)
            plain = getattr(owner, name)
            for holder in [owner] if classes else _holders(plain, name):
                setattr(holder, name, staged(plain, stage, meter))


def _holders(function: Callable[..., Any], name: str) -> Iterator[Any]:
    return (m for m in [*sys.modules.values()] if getattr(m, name, None) is function)


class Nobody:
    """A `Caller` that sends nothing."""

    async def call(self, method: str, params: Mapping[str, Any]) -> Any:  # noqa: ARG002
        return {"message_id": 1}

    def has(self, method: str) -> bool:  # noqa: ARG002
        return False


def payload(number: int, text: str) -> dict[str, Any]:
    person = {"id": number + 1, "is_bot": False, "first_name": "x"}
    chat = {"id": number + 1, "type": "private", "first_name": "x"}
    message = {
        "message_id": 1,
        "date": int(time.time()),
        "from": person,
        "chat": chat,
        "text": text,
    }
    return {"update_id": number + 1, "message": message}


@contextlib.asynccontextmanager
async def telegram_bot() -> AsyncIterator[Handler]:
    """A bot with the shipped pack, on SQLite, in this process."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_store(f"sqlite:///{Path(folder) / 'bot.db'}") as store:
            clock = SystemClock()
            handler = Handler(
                conversation=Conversation(load_brain(), store, clock),
                caller=Nobody(),
                me=BotIdentity(1, "bench_bot"),
                clock=clock,
                options=Options(b"secret"),
            )
            yield handler
            await handler.close()


async def answered(texts: Sequence[str], meter: Meter) -> dict[str, float]:
    """Answer all texts, and return what each stage spent on one of the second half."""
    first = len(texts) // 2
    async with telegram_bot() as handler:
        watch(meter)
        for number, text in enumerate(texts):
            if number == first:
                meter.spent.clear()
            update = seen(payload(number, text))
            await handler.handle(update)
            meter.enter(JIEBA)
            words_of(text)
            meter.leave()
    return {stage: each / (len(texts) - first) for stage, each in meter.spent.items()}


def times(texts: Sequence[str]) -> dict[str, float]:
    """Return nanoseconds of CPU for each stage."""
    return asyncio.run(answered(texts, Clocked()))


def calls(texts: Sequence[str]) -> dict[str, float]:
    meter = Counted()
    threading.setprofile(meter.see)  # the store has a thread of its own
    sys.setprofile(meter.see)
    try:
        return asyncio.run(answered(texts, meter))
    finally:
        sys.setprofile(None)


def in_a_new_process(job: Callable[..., Any], texts: Sequence[str]) -> Any:
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(job, texts).result()


def main() -> None:
    found = mixed(int(sys.argv[1]) if len(sys.argv) > 1 else QUESTIONS)
    texts = [*found[0::2], *found[1::2]]
    spent, made = (in_a_new_process(job, texts) for job in (times, calls))
    one_cut = spent[JIEBA]
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"{len(found[1::2])} questions, a cut is {one_cut / 1e3:.0f} µs, load {load}\n")
    print("| stage | µs of CPU | cuts of jieba | calls of Python |\n| --- | ---: | ---: | ---: |")
    rows = {stage: (spent.get(stage, 0.0), made.get(stage, 0.0)) for stage in STAGES}
    sums = (sum(each) for each in zip(*rows.values(), strict=True))
    for stage, (ns, number) in (rows | {"in all": tuple(sums)}).items():
        print(f"| {stage} | {ns / 1e3:.0f} | {ns / one_cut:.1f} | {number:.0f} |")


if __name__ == "__main__":
    main()
