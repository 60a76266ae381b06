"""Measure one peer on one set of questions, in a process of its own.

    python -m scripts.bench.peers.worker PEER CORPUS QUERIES WORDS QUALITY_S ROUND_S [--all-cores]

Indexes and prints what that took; then answers each line of its input with one line: `quality` with
the quality of its results, `noise` with the same under homophone errors, anything else with the
times of one more round.  A peer that would need more seconds than it is given gets a sample.
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from bot.evaluation.files import Corpus, Query, read_corpus, read_queries
from bot.evaluation.noise import NoiseMaker
from bot.evaluation.run import noisy
from scripts.bench.figures import spread_ms
from scripts.bench.peers import made
from scripts.bench.peers.port import Peer, Telling
from scripts.bench.processes import memory_mib, pin_to_one_core
from scripts.bench.quality import answer_of, figures, risk, sample

TRIED, FEWEST, MOST_TIMED = 8, 60, 1000
SEED = 3


class Asking:
    """A peer that has indexed a corpus, and the questions that it is asked."""

    def __init__(
        self, peer: Peer, corpus: Corpus, queries: Sequence[Query], timed: Sequence[Query]
    ) -> None:
        self._peer = peer
        self._corpus = corpus
        self._queries = queries
        self._timed = timed

    def answered(self, word: str) -> dict[str, Any]:
        match word:
            case "quality":
                answers = [answer_of(q, self._peer.search(q.text)) for q in self._queries]
                own = self._peer.told() if isinstance(self._peer, Telling) else {}
                return figures(answers) | own | {"risk": risk(answers)}
            case "noise":
                maker = NoiseMaker("homophone", self._corpus.texts, SEED)
                slips = noisy((q for q in self._queries if q.kind == "in"), maker)
                answers = [answer_of(query, self._peer.search(query.text)) for query in slips]
                return {"hit1_homophone": figures(answers)["hit1"]}
            case _:
                return spread_ms([self._time(query) for query in self._timed])

    def _time(self, query: Query) -> float:
        started = perf_counter()
        self._peer.search(query.text)
        return perf_counter() - started


def seconds_each(peer: Peer, queries: Sequence[Query]) -> float:
    """Return roughly what one query costs; it also warms the peer up."""
    tried = sample(queries, TRIED)
    for query in tried:
        peer.search(query.text)
    started = perf_counter()
    for query in tried:
        peer.search(query.text)
    return (perf_counter() - started) / len(tried)


def read_words(path: Path) -> Iterator[list[str]]:
    """Yield the words of each phrasing, as `scripts.bench.cutting` wrote them."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield line.split()


def main() -> None:
    name, corpus_path, queries_path, words_path, quality_s, round_s, *more = sys.argv[1:]
    if "--all-cores" not in more:
        pin_to_one_core()
    corpus = read_corpus(Path(corpus_path))
    queries = read_queries(Path(queries_path), corpus.ids)
    peer = made(name)
    started = perf_counter()
    peer.index(corpus.texts, corpus.groups, read_words(Path(words_path)))
    build_s = perf_counter() - started
    pin_to_one_core()
    gc.collect()
    gc.freeze()
    each_s = seconds_each(peer, queries)
    chosen = sample(queries, max(FEWEST, int(float(quality_s) / each_s)))
    timed = sample(queries, max(FEWEST, min(MOST_TIMED, int(float(round_s) / each_s))))
    told = {"build_s": build_s, "n": len(chosen), "of": len(queries), "timed": len(timed)}
    print(json.dumps(told | {"phrasings": len(corpus.texts)}), flush=True)
    asking = Asking(peer, corpus, chosen, timed)
    for line in sys.stdin:
        found = asking.answered(line.strip()) | {"rss_mb": memory_mib("self", "VmHWM")}
        print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
