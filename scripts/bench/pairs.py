"""Measure how well a peer tells pairs that ask the same from pairs that do not.

    python -m scripts.bench.pairs PEER PAIRS

All sentences of the file are the corpus, each in a group of its own, so that idf is learnt from
them; the score is that of the second sentence with the first as the query.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.evaluation.files import Pair, read_pairs
from bot.evaluation.metrics import auroc
from scripts.bench.cutting import words_of
from scripts.bench.figures import every
from scripts.bench.peers import made
from scripts.bench.peers.port import Comparing
from scripts.bench.processes import pin_to_one_core

MOST = 4000


def judged(name: str, pairs: Sequence[Pair]) -> dict[str, Any]:
    """Return the AUROC; nothing if the peer cannot score a pair."""
    peer = made(name)
    if not isinstance(peer, Comparing):
        return {}
    texts = [text for pair in pairs for text in (pair.a, pair.b)]
    peer.index(texts, range(len(texts)), map(words_of, texts))
    scores = [(peer.compare(pair.a, 2 * n + 1), pair.is_same) for n, pair in enumerate(pairs)]
    same = [score for score, is_same in scores if is_same]
    other = [score for score, is_same in scores if not is_same]
    return {"auroc": auroc(same, other), "n": len(pairs)}


def main() -> None:
    name, path = sys.argv[1:]
    pin_to_one_core()
    pairs = read_pairs(Path(path))
    print(json.dumps(judged(name, [pairs[n] for n in every(MOST, len(pairs))])))


if __name__ == "__main__":
    main()
