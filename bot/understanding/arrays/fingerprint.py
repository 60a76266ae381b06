"""Identify what a result depends on beside its data: our own source and the libraries.

Whatever is cached has both in its identity (see `saved`), so there is no format number that
somebody could forget to raise.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Collection, Iterable
from pathlib import Path

_COMPILED = (".pyc", ".so", ".pyd")
"""What is made from our source, and says nothing beyond it."""
_PACKAGE = Path(__file__).parents[2]


def source(rooms: Iterable[str]) -> str:
    """Return a digest of the source and data files of some of our rooms."""
    digest = hashlib.sha256()
    for path in sorted(path for room in rooms for path in (_PACKAGE / room).rglob("*.*")):
        if path.suffix not in _COMPILED:
            digest.update(f"{path.relative_to(_PACKAGE).as_posix()}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def versions(libraries: Collection[str]) -> str:
    """Return name and version of those libraries that are installed; names are in lower case.

    `importlib.metadata` would take 0.1 s for this.
    """
    return " ".join(
        path.name
        for folder in map(Path, dict.fromkeys(sys.path))
        if folder.is_dir()
        for path in sorted(folder.iterdir())
        if path.name.endswith("-info") and path.name.partition("-")[0].lower() in libraries
    )
