"""Make what is known of everyday questions: their centres and their characters.

Writes background.npy, everyday.marisa and everyday.npy in bot/understanding/data/meaning.

    python -m scripts.make_background --data DIR [--leave-out WORD ...] [--only-counts]

Reads every corpus.jsonl under DIR ({"id", "questions"} a line) and nothing else; questions with one
of the words are left out, because they may be meant for the pack.  Only directions and counts are
kept, no sentence.  The centres have to be made again with every new table.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from bot.understanding.semantic import everyday
from bot.understanding.semantic.background import CENTRES, save_background
from bot.understanding.semantic.encoder import Vectors
from bot.understanding.semantic.meaning_table import shipped_table
from bot.understanding.text.normalise import normalise
from bot.understanding.text.tokeniser import grams

TARGET = Path(__file__).parents[1] / "bot" / "understanding" / "data" / "meaning"
SET, COUNTED = 6_000, 25_000
"""Questions taken from each folder for centres and for counts, so that a large set does not
outweigh the others.
"""
ROUNDS = 12


def questions_of(path: Path, left_out: list[str]) -> list[str]:
    lines = path.read_text("utf-8").splitlines()
    found = [question for line in lines for question in json.loads(line)["questions"]]
    return [question for question in found if not any(word in question for word in left_out)]


def counted(texts: Iterable[str]) -> tuple[Counter[str], int]:
    """How many of some texts have each gram, doubles left out, and how many texts there are."""
    forms = {normalise(text) for text in texts}
    return Counter(gram for form in forms for gram in {*grams(form)}), len(forms)


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
    parser.add_argument("--only-counts", action="store_true", help="leave the centres as they are")
    args = parser.parse_args()
    chance, texts, more = np.random.default_rng(1), list[str](), list[str]()
    for path in sorted(args.data.rglob("corpus.jsonl")):
        found = questions_of(path, args.leave_out)
        picked = chance.permutation(len(found)).tolist()
        texts += [found[place] for place in picked[:SET]]
        more += [found[place] for place in picked[:COUNTED]]
    counts, total = counted(more)
    everyday.save(TARGET, counts, total)
    print(f"{len(counts)} characters and pairs in {total} questions")
    if not args.only_counts:
        vectors = shipped_table().encode(texts)
        save_background(TARGET / CENTRES, centres_of(vectors, args.centres))
        print(f"{args.centres} centres of {len(texts)} questions")


if __name__ == "__main__":
    main()
