"""Cut the words that every peer gets: jieba's full dictionary, lower case, no punctuation.

    python -m scripts.bench.cutting CORPUS WORDS

writes the words of each phrasing on a line, separated by spaces, and prints the seconds it took,
loading the dictionary included.  This is done once for a corpus and added to every peer's time.
"""

from __future__ import annotations

import json
import logging
import sys
import warnings
from pathlib import Path
from time import perf_counter

from bot.evaluation.files import read_corpus
from scripts.bench.processes import pin_to_one_core

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # jieba 0.42.1 asks for pkg_resources
    import jieba

jieba.setLogLevel(logging.WARNING)


def words_of(text: str) -> list[str]:
    return [word for word in jieba.lcut(text.lower()) if word.isalnum()]


def main() -> None:
    pin_to_one_core()
    source, target = map(Path, sys.argv[1:])
    texts = read_corpus(source).texts
    started = perf_counter()
    with target.open("w", encoding="utf-8") as file:
        for text in texts:
            file.write(" ".join(words_of(text)) + "\n")
    print(json.dumps({"cut_s": perf_counter() - started}))


if __name__ == "__main__":
    main()
