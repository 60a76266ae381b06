"""Keep copies of a pack's files as they were when its tests passed, so that an edit can be undone.

A copy is a folder of its own below the XDG state folder, named by a digest of the files; it can be
loaded like any pack.  What a newcomer would get wrong: an undo keeps what it replaces as well, so
nobody's work is lost by it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.knowledge.reading.contents import FOLDERS, MODEL, OPTIONAL, REQUIRED, WORDS, yaml_names

COPIES_KEPT = 5
_DIGITS = 12
_REPLACED = "replaced"
"""Prefix of the copies of what an undo replaced."""

Files = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class GoodCopies:
    """The copies of one pack folder; every method does nothing where there is no home folder."""

    pack: Path
    place: Path | None

    @classmethod
    def of(cls, pack: Path) -> GoodCopies:
        state = state_folder()
        name = hashlib.sha256(str(pack.resolve()).encode()).hexdigest()[:16]
        return cls(pack, state / name if state else None)

    def keep(self) -> None:
        """Keep the present files as a copy that passed, and drop the oldest copies."""
        self._keep(files_of(self.pack), "")

    def has_present(self) -> bool:
        """Return whether the present files are a copy that passed."""
        return digest_of(files_of(self.pack)) in {copy.name for copy in self.copies()}

    def copies(self) -> list[Path]:
        """Return the copies that passed, the latest first."""
        if self.place is None or not self.place.is_dir():
            return []
        kept = (p for p in self.place.iterdir() if len(p.name) == _DIGITS)
        return sorted(kept, key=lambda path: -path.stat().st_mtime_ns)

    def before(self) -> Path | None:
        """Return the latest copy that differs from the present files."""
        present = digest_of(files_of(self.pack))
        return next((copy for copy in self.copies() if copy.name != present), None)

    def undo(self, copy: Path) -> Path | None:
        """Put the files of a copy in place of the present ones; return where those are kept."""
        present, good = files_of(self.pack), files_of(copy)
        kept = self._keep(present, _REPLACED + "-")
        for name, content in good.items():
            if present.get(name) != content:
                write_file(self.pack / name, content)
        for name in present.keys() - good.keys():
            (self.pack / name).unlink()
        return kept

    def _keep(self, files: Files, prefix: str) -> Path | None:
        if self.place is None or not files:
            return None
        place = self.place / (prefix + digest_of(files))
        if not place.exists():
            self.place.mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.TemporaryDirectory(dir=self.place) as scratch:
                whole = Path(scratch) / "copy"
                for name, content in files.items():
                    write_file(whole / name, content)
                with contextlib.suppress(OSError):  # another process has just made it
                    whole.rename(place)
        os.utime(place)
        for old in [copy for copy in self.copies() if copy != place][COPIES_KEPT - 1 :]:
            shutil.rmtree(old, ignore_errors=True)
        return place


def state_folder() -> Path | None:
    """Return where copies are kept, by the XDG Base Directory Specification; `None` without a home.

    A relative path in `XDG_STATE_HOME` is ignored, as the specification demands.
    """
    chosen = Path(os.environ.get("XDG_STATE_HOME", ""))
    try:
        return (chosen if chosen.is_absolute() else Path.home() / ".local/state") / "zhuce"
    except RuntimeError:
        return None


def files_of(pack: Path) -> Files:
    """Return the files of a pack and of its tests by their names inside the folder."""
    return {name: (pack / name).read_bytes() for name in names_of(pack)}


def names_of(pack: Path) -> Iterator[str]:
    for name in (*REQUIRED, *OPTIONAL, WORDS, MODEL):
        if (pack / name).is_file():
            yield name
    for folder in (*FOLDERS, "tests"):
        yield from (name for name in yaml_names(pack, folder) if (pack / name).is_file())


def digest_of(files: Files) -> str:
    """Return hex digits that change with every name and every byte."""
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:_DIGITS]


def write_file(path: Path, content: bytes) -> None:
    """Write a file in one step, so that nobody reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.half")
    half.write_bytes(content)
    half.replace(path)
