"""Read questions from the tests of the knowledge: single questions of every kind."""

from __future__ import annotations

from pathlib import Path

import yaml

from scripts.bench.figures import every
from scripts.bench.processes import ROOT

FOLDER = ROOT / "knowledge" / "tests"


def asked(folder: Path = FOLDER) -> list[str]:
    """Return all single questions, in the order of the files; conversations are left out."""
    files = [yaml.safe_load(path.read_text("utf-8")) for path in sorted(folder.glob("*.yaml"))]
    rows = [row for file in files for row in file["questions"]]
    return list(dict.fromkeys(row["q"] for row in rows if "q" in row))


def mixed(count: int) -> list[str]:
    """Return `count` questions evenly from all kinds: plain, pinyin, typing errors, nonsense."""
    found = asked()
    return [found[n] for n in every(count, len(found))]
