"""Make the table of `bot.understanding.semantic.meaning_table` from a sentence encoder.

    python -m scripts.make_meaning [--to DIR] [--data DIR]

The encoder (extra `semantic`) is asked for vectors of sentences that nobody wrote: strings of words
from jieba's dictionary, patterns of everyday questions filled with such words, and the `ask` lines
of the pack with their halves put together anew.  Rows for characters and pairs of characters are
then fitted so that the mean of a sentence's rows lies where the encoder's vector does (ridge
regression to its principal axes), and the result is whitened a little.  With `--data` the questions
of every corpus.jsonl under DIR are learnt from too: such a table is better at questions of that
kind; the one in the package does without, so that no foreign text is in it.

Everything is seeded: the same libraries make the same table.  About eight minutes on two cores,
and 7 GiB of memory.  The background has to be made again afterwards: scripts/make_background.py.
"""

from __future__ import annotations

import argparse
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from multiprocessing import get_context
from pathlib import Path
from random import Random

import jieba
import numpy as np

# A product of a sparse matrix with a wide one takes numpy alone several times as long.
from scipy.sparse import csr_matrix, diags

from bot.core.model.spans import ZONE
from bot.evaluation.files import read_corpus
from bot.knowledge.loader import load_pack
from bot.understanding.semantic.closeness import meant_text
from bot.understanding.semantic.encoder import UniversalEncoder, Vectors
from bot.understanding.semantic.meaning_table import features_of, save

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "bot" / "understanding" / "data" / "meaning"
SEED = 13
STRINGS, QUESTIONS, OWN_QUESTIONS, HALVES = 150_000, 300_000, 60_000, 150_000
"""Sentences of each kind, before doubles are left out: words in a row, patterns filled with words
of the dictionary and with those of the pack, halves of the pack's lines put together.
"""
EVERYDAY, OWN, LINES, ANEW = 1.0, 0.5, 5.0, 0.3
"""What a sentence counts in the fit: of the dictionary, with words of the pack, a line of the pack,
halves of two.
"""
LINES_CHOOSE = 8
"""How often a line of the pack is counted when the features are chosen."""
RARER = 0.75
"""Words are drawn by frequency to this power, so that rare ones come too."""
PATTERNS = Path(__file__).with_name("meaning_patterns.txt")
OPENINGS = ("", "", "请问", "你好", "我想问一下", "那", "那么", "谁知道", "大家说", "麻烦问下")
ENDINGS = ("", "", "呢", "啊", "呀", "吗", "了", "谢谢", "求解", "急", "的")
FRAMED = 0.2
"""The share of filled patterns with something said before or behind."""
TAGS = {
    "N": ("n", "vn", "nz", "l", "j", "nt"),
    "V": ("v", "vn"),
    "A": ("a", "z", "b"),
    "S": ("ns", "s"),
    "H": ("nr",),
}
"""Which parts of speech of jieba's dictionary fill a letter of a pattern."""
LONG = 0.8
"""The share of words of two characters or more among those that fill patterns."""
AXES, FEATURES = 160, 32_000
RIDGE, STEPS = 0.1, 30
FLATTER, FLOOR = 0.4, 1e-4
"""Whitening: how much of the unevenness of the axes is taken out, 0 to 1.  It is that of the pack's
sentences: with that of everyday ones hit@1 of the pack's tests by the nearest line is 0.43 instead
of 0.47.
"""
BATCH, PART = 500, 20_000
VERSION = "words+patterns+pack {axes}x{thousands}k 1"


Known = Sequence[tuple[str, int, str]]
"""Words with how often they occur and their part of speech."""


def dictionary() -> Known:
    """The words of jieba's dictionary that are not of the very rarest."""
    lines = Path(jieba.__file__).with_name("dict.txt").read_text("utf-8").splitlines()
    known = [line.split(" ") for line in lines]
    return [(word, int(count), tag) for word, count, tag in known if int(count) > 2]


def said_in(lines: Iterable[str], known: Known) -> Known:
    """Those of the words that occur in some lines, with how often they do there."""
    counted = Counter(chain.from_iterable(map(jieba.lcut, lines)))
    return [(word, counted[word], tag) for word, _, tag in known if word in counted]


class Words:
    """Draws words by frequency."""

    def __init__(self, known: Known, chance: np.random.Generator) -> None:
        self._known, self._chance = known, chance

    def any(self) -> Iterator[str]:
        """Endlessly, of every kind."""
        return self._drawn([(word, count) for word, count, _ in self._known])

    def filling(self, letter: str) -> Iterator[str]:
        """Endlessly, those that fill a letter of a pattern."""
        fit = [(word, count) for word, count, tag in self._known if tag in TAGS[letter]]
        long = [found for found in fit if len(found[0]) > 1] or fit
        short = [found for found in fit if len(found[0]) == 1] or fit
        drawn = self._drawn(short), self._drawn(long)
        while True:
            yield next(drawn[self._chance.random() < LONG])

    def _drawn(self, words: Sequence[tuple[str, int]]) -> Iterator[str]:
        share = np.array([count for _, count in words], float) ** RARER
        while True:
            for place in self._chance.choice(len(words), 100_000, p=share / share.sum()).tolist():
                yield words[place][0]


def strings_of_words(words: Words, count: int, chance: Random) -> Iterator[str]:
    """Two to seven words in a row, without any sense."""
    drawn = words.any()
    for _ in range(count):
        yield "".join(next(drawn) for _ in range(chance.randint(2, 7)))


def patterns_in(path: Path) -> list[str]:
    lines = path.read_text("utf-8").splitlines()
    return [pattern for line in lines if not line.startswith("#") for pattern in line.split()]


def filled_patterns(words: Words, count: int, chance: Random) -> Iterator[str]:
    """Questions of everyday, about anything that the words name."""
    drawn = {letter: words.filling(letter) for letter in TAGS}
    patterns = patterns_in(PATTERNS)

    def filling(letter: str) -> str:
        if letter not in drawn:
            return letter
        one = next(drawn[letter])
        return next(drawn["N"]) + one if letter == "N" and chance.random() < 0.3 else one

    for _ in range(count):
        asked = "".join(map(filling, chance.choice(patterns)))
        if chance.random() < FRAMED:
            asked = chance.choice(OPENINGS) + asked + chance.choice(ENDINGS)
        yield asked


def pack_lines() -> list[str]:
    pack = load_pack(ROOT / "knowledge", today=datetime.now(ZONE).date())
    return [line for entry in pack.entries.values() for line in entry.ask]


def halves_anew(lines: Sequence[str], count: int, chance: Random) -> Iterator[str]:
    """The first half of one line and the second half of another."""
    for _ in range(count):
        one, other = chance.choice(lines), chance.choice(lines)
        yield one[: _near_middle(one, chance)] + other[_near_middle(other, chance) :]


def _near_middle(line: str, chance: Random) -> int:
    return chance.randint(len(line) // 3, -(-2 * len(line) // 3))


def questions_under(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("corpus.jsonl")):
        yield from read_corpus(path).texts


def encoded(texts: Sequence[str]) -> Vectors:
    """The encoder's vectors, by as many processes as there are cores."""
    parts = [texts[start : start + PART] for start in range(0, len(texts), PART)]
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn")) as pool:
        return np.concatenate(list(pool.map(_encoded_part, parts)))


_encoder: UniversalEncoder | None = None


def _encoded_part(texts: Sequence[str]) -> Vectors:
    global _encoder  # noqa: PLW0603  loading takes a second: once a process
    _encoder = _encoder or UniversalEncoder()
    parts = (texts[start : start + BATCH] for start in range(0, len(texts), BATCH))
    return np.concatenate([_encoder.encode(part) for part in parts])


def commonest(split: Iterable[Sequence[str]], count: int) -> list[str]:
    counted = Counter(chain.from_iterable(split))
    return sorted(counted, key=lambda feature: (-counted[feature], feature))[:count]


def means_of(split: Sequence[Sequence[str]], features: Sequence[str]) -> csr_matrix:
    """One row a sentence: times the table's rows it is the mean of the sentence's rows."""
    places = {feature: place for place, feature in enumerate(features)}
    known = [[places[f] for f in found if f in places] for found in split]
    lengths = np.array([len(found) for found in known])
    flat = np.fromiter(chain.from_iterable(known), np.int32, int(lengths.sum()))
    shares = np.repeat(1 / np.maximum(lengths, 1), lengths).astype(np.float32)
    ends = np.concatenate([[0], np.cumsum(lengths)])
    return csr_matrix((shares, flat, ends), (len(known), len(features)))


def principal(vectors: Vectors, weights: Vectors, axes: int) -> Vectors:
    """The vectors along their principal axes.

    Not from their middle: what all sentences have in common is little, and rows that have to add it
    up say less of anything else (AUROC on medical pairs 0.901 instead of 0.905).
    """
    _, directions = np.linalg.eigh((vectors * weights[:, None]).T @ vectors)
    found: Vectors = vectors @ directions[:, ::-1][:, :axes]
    return found


def ridge(means: csr_matrix, wanted: Vectors) -> Vectors:
    """The rows whose means come closest to what is wanted, by conjugate gradients, per axis."""
    transposed = means.T.tocsr()

    def times(rows: Vectors) -> Vectors:
        found: Vectors = transposed @ (means @ rows) + np.float32(RIDGE) * rows
        return found

    rest: Vectors = transposed @ wanted
    rows, way = np.zeros_like(rest), rest.copy()
    length = (rest**2).sum(axis=0)
    for _ in range(STEPS):
        ahead = times(way)
        step = length / np.maximum((way * ahead).sum(axis=0), 1e-20)
        rows += step * way
        rest -= step * ahead
        before, length = length, (rest**2).sum(axis=0)
        way = rest + length / np.maximum(before, 1e-20) * way
    return rows


def whitened(rows: Vectors, sentences: Vectors) -> Vectors:
    """The rows, turned so that sentences vary more evenly in all directions."""
    apart = sentences - sentences.mean(axis=0)
    apart /= np.maximum(np.linalg.norm(apart, axis=1, keepdims=True), 1e-9)
    spread, directions = np.linalg.eigh(apart.T @ apart / len(apart))
    power = (np.maximum(spread, 0) + FLOOR) ** (-FLATTER / 2)
    found: Vectors = (rows @ (directions * power)).astype(np.float32)
    return found


@dataclass(frozen=True)
class Sentences:
    """What is learnt from: no sentence twice, those of everyday first."""

    texts: list[str]
    weights: Vectors
    everyday: int
    """So many are of everyday; the rest is the pack's."""
    lines: list[str]


def sentences_of(data: Path | None) -> Sentences:
    chance, numbers = Random(SEED), np.random.default_rng(SEED)
    known, lines = dictionary(), pack_lines()
    words, own = Words(known, numbers), Words(said_in(lines, known), numbers)
    kinds = (
        (filled_patterns(words, QUESTIONS, chance), EVERYDAY),
        (questions_under(data) if data else (), EVERYDAY),
        (strings_of_words(words, STRINGS, chance), EVERYDAY),
        (filled_patterns(own, OWN_QUESTIONS, chance), OWN),
        (lines, LINES),
        (halves_anew(lines, HALVES, chance), ANEW),
    )
    weight_of: dict[str, float] = {}
    for texts, weight in kinds:
        for text in map(meant_text, texts):
            if text:
                weight_of.setdefault(text, weight)
    weights = np.array([*weight_of.values()], np.float32)
    everyday = int(np.count_nonzero(weights == EVERYDAY))
    return Sentences([*weight_of], weights, everyday, [*map(meant_text, lines)])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--to", type=Path, default=TARGET)
    parser.add_argument("--data", type=Path)
    args = parser.parse_args()
    learnt = sentences_of(args.data)
    print(f"{len(learnt.texts)} sentences, {learnt.everyday} of everyday", flush=True)
    vectors = encoded(learnt.texts)
    split = [features_of(text) for text in learnt.texts]
    own = [features_of(line) for line in learnt.lines]
    features = commonest([*split[: learnt.everyday], *own * LINES_CHOOSE], FEATURES)
    means, share = means_of(split, features), np.sqrt(learnt.weights)
    wanted = principal(vectors, learnt.weights, AXES) * share[:, None]
    rows = ridge((diags(share) @ means).tocsr(), wanted)
    rows = whitened(rows, means[learnt.everyday :] @ rows)
    about = VERSION.format(axes=AXES, thousands=len(features) // 1000)
    about += f" +{args.data.name}" if args.data else ""
    save(args.to, features, rows, about)
    print(json.dumps({"version": about, "to": str(args.to)}))


if __name__ == "__main__":
    main()
