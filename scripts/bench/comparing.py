"""Measure sections `peers` and `growth`: the collection engine beside comparable libraries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.evaluation.files import read_corpus
from scripts.bench.asking import Effort, Say, side_by_side
from scripts.bench.figures import rounded
from scripts.bench.peers import PEERS, missing
from scripts.bench.processes import reported
from scripts.bench.results import Results
from scripts.bench.sets import Grown, Set, pairs_in, sets_in

GROWING = ("zhuce-rjieba", "bm25s", "tantivy")
NOISY = ("lcqmc-500", "lcqmc-5k", "covid-500")
"""Sets that are also measured with homophone errors: the main ones, where hit1 is meaningful."""
LITERAL = "lcqmc-500"
MADE = "synthetic"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What to compare."""

    data: Path
    effort: Effort
    peers: Sequence[str]
    sets: Sequence[str]
    """Names of sets; all that exist if empty."""
    sizes: Sequence[int]
    """Sizes to which a corpus is grown; the largest one is a set of the peers as well."""
    largest: int
    """In phrasings; larger sets are left out."""

    def wants(self, name: str) -> bool:
        return not self.sets or name in self.sets


def compare(chosen: Chosen, results: Results, say: Say) -> None:
    """Measure every peer on every set, then on pairs, then on the largest synthetic corpus."""
    present = [name for name in chosen.peers if not missing(name)]
    absent = {name: list(missing(name)) for name in chosen.peers if name not in present}
    results.keep("peers", results.sections.get("peers", {}) | {"missing": absent})
    found = sets_in(chosen.data)
    for one in found:
        if chosen.wants(one.name):
            passes = ("quality", "noise") if one.name in NOISY else ("quality",)
            _compare_on(one, present, passes, chosen, results, say)
        if chosen.wants(LITERAL) and one.name == LITERAL and find_spec("hassil"):
            literal = reported("literal", str(one.corpus), str(one.queries))
            results.keep_part("peers", "literal", "hassil", literal)
    for name, path in pairs_in(chosen.data).items():
        if chosen.wants(f"pairs/{name}"):
            say(f"pairs/{name}")
            rows = {peer: reported("pairs", peer, str(path)) for peer in present}
            judged = {peer: rounded(row) for peer, row in rows.items() if row}
            results.keep_part("peers", "pairs", name, judged)
    if chosen.wants(MADE):
        with TemporaryDirectory() as folder:
            [largest] = Grown(found[-1]).write([max(chosen.sizes)], Path(folder))
            made = replace(largest, name=MADE)
            _compare_on(made, present, (), chosen, results, say)


def _compare_on(
    one: Set,
    peers: Sequence[str],
    passes: Sequence[str],
    chosen: Chosen,
    results: Results,
    say: Say,
) -> None:
    phrasings = len(read_corpus(one.corpus).texts)
    if phrasings > chosen.largest:
        say(f"{one.name}: left out, it has {phrasings:,} phrasings")
        return
    able = [name for name in peers if phrasings <= PEERS[name].largest]
    rows = side_by_side(one, able, chosen.effort, say, passes)
    results.keep_part("peers", "sets", one.name, {"rows": rows})


def grow(chosen: Chosen, results: Results, say: Say) -> None:
    """Measure the engine and two peers on corpora of growing size, indexed with all cores."""
    present = [name for name in GROWING if not missing(name)]
    effort = replace(chosen.effort, is_pinned=False)
    with TemporaryDirectory() as folder:
        for one in Grown(sets_in(chosen.data)[-1]).write(chosen.sizes, Path(folder)):
            rows = side_by_side(one, present, effort, say)
            results.keep_part("growth", "sizes", one.name, {"rows": rows})
