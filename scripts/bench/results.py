"""Read and write docs/benchmarks/results.json: figures by section, with their day and machine.

A section is written as soon as it is measured, so that an interrupted run loses one section at
most; a section that is not measured again keeps its old figures with their old date.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scripts.bench.machine import machine, versions

Section = dict[str, Any]


class Results:
    """The file, read once and written after every section."""

    def __init__(self, path: Path, *, is_quick: bool) -> None:
        self._path = path
        self._is_quick = is_quick
        self.sections: dict[str, Section] = (
            json.loads(path.read_text("utf-8")) if path.exists() else {}
        )

    def keep(self, name: str, found: Section) -> None:
        """Replace a section; the machine it ran on and the day are recorded with it."""
        self.sections[name] = found | {
            "on": datetime.now(UTC).date().isoformat(),
            "is_quick": self._is_quick,
        }
        self.sections["machine"] = machine()
        self.sections["versions"] = versions()
        self._write()

    def keep_part(self, name: str, group: str, part: str, found: Section) -> None:
        """Replace one part of a section, such as one set of questions, and leave the others."""
        section = self.sections.get(name, {})
        parts = {**section.get(group, {}), part: found}
        self.keep(name, section | {group: parts})

    def _write(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(self.sections, ensure_ascii=False, indent=1, sort_keys=True)
        written = self._path.with_suffix(".new")
        written.write_text(text + "\n", "utf-8")
        written.replace(self._path)
