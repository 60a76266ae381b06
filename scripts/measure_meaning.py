"""Judge a table of `bot.understanding.semantic.meaning_table`, beside the encoder it learnt from.

    python -m scripts.measure_meaning --data DIR [--table DIR ...] [--encoder]

For every file of pairs under DIR/pairs: how likely the cosine of a pair that asks the same is
above that of one that does not (AUROC).  For the pack: the share of the questions in
knowledge/tests whose nearest `ask` line is one of the entry that its test wants.  Nothing is
fitted here.
"""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path

import numpy as np

from bot.core.model.spans import ZONE
from bot.evaluation import metrics
from bot.evaluation.files import read_pairs
from bot.knowledge.cases import load_questions
from bot.knowledge.loader import load_pack
from bot.understanding.semantic.closeness import meant_text
from bot.understanding.semantic.encoder import Encoder, UniversalEncoder
from bot.understanding.semantic.meaning_table import MeaningTable, shipped_table

PACK = Path(__file__).parents[1] / "knowledge"


def pairs_figure(path: Path, encoder: Encoder) -> float | None:
    pairs = read_pairs(path)
    ones = encoder.encode([meant_text(pair.a) for pair in pairs])
    others = encoder.encode([meant_text(pair.b) for pair in pairs])
    cosines = np.einsum("ij,ij->i", ones, others).tolist()
    same, other = (
        [c for c, pair in zip(cosines, pairs, strict=True) if pair.is_same is wanted]
        for wanted in (True, False)
    )
    return metrics.auroc(same, other)


def pack_figure(encoder: Encoder, folder: Path = PACK) -> tuple[float, int]:
    """Return hit@1 by the nearest `ask` line, and of how many questions."""
    pack = load_pack(folder, today=datetime.now(ZONE).date())
    asks = [(entry.id, line) for entry in pack.entries.values() for line in entry.ask]
    stored = encoder.encode([meant_text(line) for _, line in asks])
    questions = [q for q in load_questions(folder, pack.named) if q.entries and len(q.turns) == 1]
    asked = encoder.encode([meant_text(q.turns[0]) for q in questions])
    nearest = (asked @ stored.T).argmax(axis=1).tolist()
    right = [asks[n][0] in q.entries for n, q in zip(nearest, questions, strict=True)]
    return sum(right) / len(right), len(right)


def report(encoder: Encoder, data: Path) -> None:
    share, asked = pack_figure(encoder)
    print(f"{encoder.version}\n  pack hit1 {share:.4f} of {asked}")
    for path in sorted((data / "pairs").glob("*.jsonl")):
        print(f"  {path.stem} auroc {pairs_figure(path, encoder):.4f}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--table", type=Path, nargs="*", default=[], help="other tables")
    parser.add_argument("--encoder", action="store_true", help="the encoder too")
    args = parser.parse_args()
    for encoder in (shipped_table(), *map(MeaningTable, args.table)):
        report(encoder, args.data)
    if args.encoder:
        report(UniversalEncoder(), args.data)


if __name__ == "__main__":
    main()
