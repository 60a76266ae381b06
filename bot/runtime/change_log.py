"""Keep who changed what of a pack, beside its good copies.

What a newcomer would get wrong: this is for people to look back, not to go back.  The files are in
`bot.runtime.good_copies`, or in git.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from bot.runtime.good_copies import GoodCopies

KEPT = 500
_NAME = "changes.jsonl"
Way = Literal["adopted", "committed", "undone"]


@dataclass(frozen=True, slots=True)
class Record:
    """One change: by whom, when, to which files, and what it was in words."""

    at: str
    """ISO 8601 with its zone."""
    who: str
    way: Way
    files: Sequence[str]
    told: Sequence[str]
    note: str = ""

    @property
    def time(self) -> datetime:
        return datetime.fromisoformat(self.at)


class ChangeLog:
    """The records of one pack; where there is no home folder they end with the process."""

    def __init__(self, pack: Path) -> None:
        place = GoodCopies.of(pack).place
        self._path = place / _NAME if place else None
        self._here: list[Record] = []

    def add(self, record: Record) -> None:
        """Add a record, and drop the oldest beyond `KEPT`."""
        self._here.append(record)
        if self._path is None:
            return
        lines = [*self._lines(), json.dumps(asdict(record), ensure_ascii=False)][-KEPT:]
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            half = self._path.with_suffix(f".{os.getpid()}")
            half.write_text("\n".join(lines) + "\n", encoding="utf-8")
            half.replace(self._path)

    def latest(self, most: int = 50) -> list[Record]:
        """Return the records, the latest first."""
        if self._path is None:
            return self._here[::-1][:most]
        return [Record(**json.loads(line)) for line in self._lines()[::-1][:most]]

    def last_of(self, file: str) -> Record | None:
        """Return the latest change of a file."""
        return next((record for record in self.latest(KEPT) if file in record.files), None)

    def _lines(self) -> list[str]:
        if self._path is None or not self._path.is_file():
            return []
        return [line for line in self._path.read_text("utf-8").splitlines() if line]
