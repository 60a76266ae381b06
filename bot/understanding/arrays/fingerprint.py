"""What decides, beside the data, what something came to: our own source and the libraries.

Whatever is kept has both in its identity (see `saved`), so that there is no number of a format that
somebody could forget to raise.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Collection, Iterable
from pathlib import Path

_PACKAGE = Path(__file__).parents[2]


def source(rooms: Iterable[str]) -> str:
    """A digest of the source and the data of some rooms of ours."""
    digest = hashlib.sha256()
    for path in sorted(path for room in rooms for path in (_PACKAGE / room).rglob("*.*")):
        if path.suffix != ".pyc":
            digest.update(f"{path.relative_to(_PACKAGE).as_posix()}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def versions(libraries: Collection[str]) -> str:
    """Name and version of those libraries that are installed, by their names in small letters.

    `importlib.metadata` would take 0.1 s to tell.
    """
    return " ".join(
        path.name
        for folder in map(Path, dict.fromkeys(sys.path))
        if folder.is_dir()
        for path in sorted(folder.iterdir())
        if path.name.endswith("-info") and path.name.partition("-")[0].lower() in libraries
    )
