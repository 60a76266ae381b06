"""Run the tests of every promise and write docs/reliability.md after each.

`make soak` runs them at full length within 55 minutes, `make soak-short` in short.  What measures
times runs alone and first, then outages, then the others two at a time, the latter two beside what
goes on computing until its time is over.  Each phase is ended beyond its own time, with what it
started and nothing else.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Lock

from scripts.soak import page
from scripts.soak.phases import end_all, tried
from scripts.soak.promises import PROMISES, Beside, Phase, Promise

FULL_MINUTES, SHORT_MINUTES = 55.0, 10.0
SHORT_SHARE_S = 90.0
"""What a phase may take in the short form: some tests start several processes."""
LANES = 2
LEAST_S = 20.0
"""Time that is left below which nothing more is begun."""
Step = tuple[Promise, Phase]


def main() -> int:
    arguments = _arguments()
    chosen = [one for one in PROMISES if not arguments.only or one.number in arguments.only]
    steps = [
        (promise, phase)
        for promise in chosen
        for phase in promise.phases
        if not arguments.phase or phase.name in arguments.phase
    ]
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupted)
    minutes = arguments.minutes or (SHORT_MINUTES if arguments.short else FULL_MINUTES)
    with tempfile.TemporaryDirectory(prefix="zhuce-soak-") as cache:
        run = Run(
            ends=time.monotonic() + 60 * minutes,
            is_short=arguments.short,
            is_dry=arguments.dry,
            environment=os.environ | {"XDG_CACHE_HOME": cache, "XDG_STATE_HOME": f"{cache}/state"},
        )
        run.all(steps)
    outcomes = {one.number: page.outcome(one, page.found_of(one, run.results)) for one in chosen}
    for number, outcome in outcomes.items():
        run.say(f"promise {number}: {outcome}")
    rest = [str(number) for number, outcome in outcomes.items() if outcome != "kept"]
    if rest:
        run.say(f"ends with 1: of promises {', '.join(rest)} not every phase is kept")
    return int(bool(rest))


def _interrupted(number: int, _: object) -> None:
    """End what runs; what was found by then stands on the page."""
    end_all()
    os._exit(128 + number)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m scripts.soak", description=__doc__)
    parser.add_argument("--short", action="store_true", help="ten minutes instead of 55")
    parser.add_argument("--minutes", type=float, help="end after so many, whatever is not tried")
    parser.add_argument("--dry", action="store_true", help="do not write the page")
    parser.add_argument("--only", type=int, nargs="*", help="numbers of promises")
    parser.add_argument("--phase", nargs="*", help="names of phases")
    return parser.parse_args()


@dataclass
class Run:
    """One run of all that was chosen; phases that run at the same time share it."""

    ends: float
    is_short: bool
    is_dry: bool
    environment: dict[str, str]
    results: page.Results = field(default_factory=page.read)
    began: float = field(default_factory=time.monotonic)
    _one: Lock = field(default_factory=Lock)

    def all(self, steps: Sequence[Step]) -> None:
        """First what has to be alone, then what waits, then the others, two at a time.

        What takes the rest of the time goes on beside all but the first.
        """
        self._lane(1, _of(Beside.NOTHING, steps))
        waiting: SimpleQueue[Step] = SimpleQueue()
        for step in sorted(_of(Beside.ANOTHER, steps), key=lambda step: -step[1].minutes):
            waiting.put(step)
        rest = list(_of(Beside.EVERYTHING, steps))
        with ThreadPoolExecutor(LANES + len(rest)) as pool:
            lanes = [
                pool.submit(self._lane, LANES + 1 + number, [step])
                for number, step in enumerate(rest)
            ]
            self._lane(1, _of(Beside.THE_REST, steps))
            lanes += [pool.submit(self._queue, number + 1, waiting) for number in range(LANES)]
        for lane in lanes:
            lane.result()

    def _queue(self, lane: int, waiting: SimpleQueue[Step]) -> None:
        while True:
            try:
                step = waiting.get_nowait()
            except Empty:
                return
            self._lane(lane, [step])

    def _lane(self, lane: int, steps: Iterable[Step]) -> None:
        for promise, phase in steps:
            left_s = self.ends - time.monotonic()
            if left_s < LEAST_S:
                self.say(f"{promise.number} {phase.name}: no time left")
                continue
            self._step(lane, promise, phase, min(self._share_s(phase), left_s))

    def _share_s(self, phase: Phase) -> float:
        return SHORT_SHARE_S if self.is_short else 60 * phase.minutes

    def _step(self, lane: int, promise: Promise, phase: Phase, limit_s: float) -> None:
        self.say(f"{promise.number} {phase.name}: begins, at most {limit_s / 60:.1f} minutes")
        given = self.environment | {"BOT_TEST_LANE": str(lane)}
        found = tried(phase, given, limit_s, is_short=self.is_short)
        with self._one:
            self.results.setdefault(str(promise.number), {})[phase.name] = found
            if not self.is_dry:
                page.write(self.results)
        self.say(
            f"{promise.number} {phase.name}: {found['outcome']}, {found['took_s']} s: "
            f"{page.told(found)}"
        )

    def say(self, words: str) -> None:
        """Print it with the time of day and the minutes since the beginning."""
        minutes = (time.monotonic() - self.began) / 60
        print(f"{time.strftime('%H:%M:%S')} {minutes:5.1f}  {words}", flush=True)


def _of(beside: Beside, steps: Iterable[Step]) -> Iterable[Step]:
    return (step for step in steps if step[1].beside is beside)


if __name__ == "__main__":
    sys.exit(main())
