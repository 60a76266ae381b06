"""Measure hassil on free questions: it matches sentences that it was given, word for word.

    python -m scripts.bench.literal CORPUS QUERIES

It is no row among the peers, because it neither ranks nor scores; what it recognises is counted.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hassil import Intents, recognize_best

from bot.evaluation.files import Corpus, read_corpus, read_queries
from scripts.bench.figures import every
from scripts.bench.processes import pin_to_one_core

ASKED = 200
_MARKUP = re.compile(r"[\[\](){}<>|:;\\]")


def intents(corpus: Corpus) -> Intents:
    """Return every group as an intent with its phrasings as sentences."""
    sentences: dict[str, list[str]] = {}
    for text, group in zip(corpus.texts, corpus.groups, strict=True):
        sentences.setdefault(str(group), []).append(text)
    return intents_of(sentences)


def intents_of(sentences: Mapping[str, Sequence[str]]) -> Intents:
    """Return an intent for each name, with its sentences."""
    data = {
        name: {"data": [{"sentences": [plain(text) for text in some]}]}
        for name, some in sentences.items()
    }
    return Intents.from_dict({"language": "zh", "intents": data})


def plain(text: str) -> str:
    """Strip what hassil reads as markup from a text."""
    return _MARKUP.sub("", text)


def recognised(known: Intents, texts: Sequence[str]) -> dict[str, Any]:
    chosen = [texts[n] for n in every(ASKED, len(texts))]
    found = [recognize_best(plain(text), known) for text in chosen]
    return {"recognised": sum(one is not None for one in found), "n": len(chosen)}


def main() -> None:
    pin_to_one_core()
    corpus = read_corpus(Path(sys.argv[1]))
    queries = [q.text for q in read_queries(Path(sys.argv[2]), corpus.ids) if q.kind == "in"]
    known = intents(corpus)
    told = {"held_out": recognised(known, queries), "known": recognised(known, corpus.texts)}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
