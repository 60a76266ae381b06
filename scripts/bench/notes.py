"""Read docs/benchmarks/notes.json: people's remarks on figures, which code never writes.

Its keys are the ids of bars (why one is missed, what was tried) and the names of sections (the
reasons for what a plot shows).
"""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

SECTIONS = ("bots", "peers", "growth", "answer", "start", "telegram", "http", "doors")


def read_notes(path: Path, bars: Collection[str]) -> dict[str, str]:
    """Return the notes, none if there is no file.

    Raises:
        ValueError: a note is about something that does not exist.
    """
    if not path.exists():
        return {}
    notes: dict[str, str] = json.loads(path.read_text("utf-8"))
    if unknown := sorted(notes.keys() - set(bars) - set(SECTIONS)):
        known = ", ".join([*SECTIONS, *bars])
        raise ValueError(f"{path.name}: nothing is called {', '.join(unknown)}; there are {known}")
    return notes
