"""Identify what a result depends on beside its data: our own source and the libraries.

Whatever is cached has both in its identity (see `saved`), so there is no format number that
somebody could forget to raise.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

_COMPILED = (".pyc", ".so", ".pyd")
"""What is made from our source, and says nothing beyond it."""
_PACKAGE = Path(__file__).parents[2]


def source(rooms: Iterable[str], memo: Path | None = None) -> str:
    """Return a digest of the source and data files of some of our rooms.

    `memo` is where the digest is noted beside the state of the files that it was made of: size,
    place, and the times of the last change of content and of anything.  Their content is read only
    if that is another one, which saves 12 ms.  Whoever can write there decides what is believed.
    """
    files = sorted(file for room in rooms for file in _files(_PACKAGE / room))
    if memo is None:
        return _digest_of(files)
    state = hashlib.sha256("".join(map(_state, files)).encode()).hexdigest()
    noted = _noted(memo)
    if noted[:1] == [state]:
        return noted[-1]
    digest = _digest_of(files)
    with suppress(OSError):
        draft = memo.with_name(f"{memo.name}-{os.getpid()}")
        draft.write_text(f"{state} {digest}", "ascii")
        draft.replace(memo)
    return digest


def _files(room: Path) -> Iterator[str]:
    for folder, _, names in os.walk(room):
        yield from (f"{folder}/{name}" for name in names if not name.endswith(_COMPILED))


def _state(file: str) -> str:
    found = os.stat(file)  # noqa: PTH116  300 of them, and a third of the price
    return f"{file}\0{found.st_size} {found.st_ino} {found.st_mtime_ns} {found.st_ctime_ns}\0"


def _noted(memo: Path) -> list[str]:
    try:
        noted = memo.read_text("ascii").split()
    except (OSError, ValueError):
        return []
    return noted if len(noted) == 2 else []


def _digest_of(files: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for path in map(Path, files):
        digest.update(f"{path.relative_to(_PACKAGE).as_posix()}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def versions(libraries: Collection[str]) -> str:
    """Return name and version of those libraries that are installed; names are in lower case.

    `importlib.metadata` would take 0.1 s for this.
    """
    return " ".join(
        name
        for folder in dict.fromkeys(sys.path)
        for name in sorted(_names_in(folder))
        if name.endswith("-info") and name.partition("-")[0].lower() in libraries
    )


def _names_in(folder: str) -> list[str]:
    """The names in a folder of the path; an archive, or what is not there, has none."""
    try:
        return os.listdir(folder or ".")  # noqa: PTH208  a path for each of 500 names costs 8 ms
    except OSError:
        return []
