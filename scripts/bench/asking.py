"""Compare peers on one set: each in a process of its own, asked in turn.

All of them have indexed before the first is timed, and each round goes through all of them, so that
a change of the machine's load affects all alike; the median of the rounds counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from scripts.bench.figures import medians, rounded
from scripts.bench.peers import PEERS
from scripts.bench.processes import PeakMemory, Worker, memory_mib, reported
from scripts.bench.sets import Set

Say = Callable[[str], None]
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Effort:
    """How much time to spend on measuring."""

    rounds: int
    quality_s: float
    """Seconds for the quality of one peer on one set."""
    round_s: float
    """Seconds for one round of one peer."""
    is_pinned: bool = True
    """Whether indexing is kept on one core as well; searching always is."""


def side_by_side(
    one: Set, peers: Sequence[str], effort: Effort, say: Say, passes: Sequence[str] = ()
) -> dict[str, Row]:
    """Return a row of figures for each peer; `passes` are asked of each before the rounds."""
    with TemporaryDirectory() as folder:
        words = Path(folder) / "words"
        cut_s = reported("cutting", str(one.corpus), str(words))["cut_s"]
        with _started(one, peers, words, cut_s, effort, say) as (workers, rows):
            for name, worker in workers.items():
                for wanted in passes:
                    say(f"{one.name}: {name}: {wanted}")
                    rows[name] |= worker.told(wanted)
            rounds: dict[str, list[Mapping[str, float]]] = {name: [] for name in workers}
            for number in range(effort.rounds):
                say(f"{one.name}: round {number + 1} of {effort.rounds}")
                for name, worker in workers.items():
                    rounds[name].append(worker.told("round"))
    return {name: rounded(rows[name] | medians(rounds[name])) for name in rows}


@contextmanager
def _started(
    one: Set, peers: Sequence[str], words: Path, cut_s: float, effort: Effort, say: Say
) -> Iterator[tuple[dict[str, Worker], dict[str, Row]]]:
    workers: dict[str, Worker] = {}
    rows: dict[str, Row] = {}
    try:
        for name in peers:
            say(f"{one.name}: {name}: indexing")
            workers[name] = Worker("peers.worker", *_arguments(name, one, words, effort))
            with PeakMemory(workers[name].pid) as peak:
                rows[name] = workers[name].heard()
            rows[name]["build_s"] += cut_s if PEERS[name].cuts else 0.0
            rows[name]["build_mb"] = max(peak.mib, memory_mib(workers[name].pid, "VmHWM"))
        yield workers, rows
    finally:
        for worker in workers.values():
            worker.stop()


def _arguments(name: str, one: Set, words: Path, effort: Effort) -> list[str]:
    budgets = [str(effort.quality_s), str(effort.round_s)]
    found = [name, str(one.corpus), str(one.queries), str(words), *budgets]
    return found if effort.is_pinned else [*found, "--all-cores"]
