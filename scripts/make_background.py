"""Make bot/understanding/data/meaning/background.npy: the centres of everyday questions.

    python -m scripts.make_background --data DIR [--centres 1024] [--leave-out WORD ...]

Reads every corpus.jsonl under DIR ({"id", "questions"} a line) and nothing else; questions with one
of the words are left out, because they may be meant for the pack.  Only directions are kept, no
sentence.  Has to be made again with every new table.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from bot.understanding.semantic.background import CENTRES, save_background
from bot.understanding.semantic.encoder import Vectors
from bot.understanding.semantic.meaning_table import shipped_table

TARGET = Path(__file__).parents[1] / "bot" / "understanding" / "data" / "meaning" / CENTRES
SET = 6_000
"""Questions taken from each folder, so that a large set does not outweigh the others."""
ROUNDS = 12


def questions_of(path: Path, left_out: list[str]) -> list[str]:
    lines = path.read_text("utf-8").splitlines()
    found = [question for line in lines for question in json.loads(line)["questions"]]
    return [question for question in found if not any(word in question for word in left_out)]


def centres_of(vectors: Vectors, count: int, seed: int = 0) -> Vectors:
    """Spherical k-means."""
    chance = np.random.default_rng(seed)
    centres = vectors[chance.choice(len(vectors), count, replace=False)].copy()
    for _ in range(ROUNDS):
        nearest = (vectors @ centres.T).argmax(axis=1)
        totals = np.zeros_like(centres)
        np.add.at(totals, nearest, vectors)
        lengths = np.linalg.norm(totals, axis=1, keepdims=True)
        centres = np.where(lengths > 0, totals / np.maximum(lengths, 1e-6), centres)
    return centres


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--centres", type=int, default=1024)
    parser.add_argument("--leave-out", nargs="*", default=[])
    args = parser.parse_args()
    chance, texts = np.random.default_rng(1), list[str]()
    for path in sorted(args.data.rglob("corpus.jsonl")):
        found = questions_of(path, args.leave_out)
        picked = chance.permutation(len(found))[:SET]
        texts += [found[place] for place in picked.tolist()]
    vectors = shipped_table().encode(texts)
    save_background(TARGET, centres_of(vectors, args.centres))
    print(f"{args.centres} centres of {len(texts)} questions")


if __name__ == "__main__":
    main()
