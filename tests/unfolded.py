"""The shipped pack with every step on a card of its own.

Steps on which a person only waits share a card, so the seed's chart of eight steps has four.  Tests
of the stores walk up and down it by the dozen in no order, and need the longer one.
"""

from __future__ import annotations

import shutil
from pathlib import Path

KNOWLEDGE = Path(__file__).resolve().parents[1] / "knowledge"
_WAIT = "    wait: true\n"


def unfolded_pack(folder: Path) -> Path:
    """Write the pack into a folder that does not exist yet, and return the folder."""
    shutil.copytree(KNOWLEDGE, folder)
    for path in (folder / "procedures").glob("*.yaml"):
        text = path.read_text("utf-8")
        path.write_text(text.replace(_WAIT, ""), "utf-8")
    return folder
