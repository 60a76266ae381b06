"""A pack and the understander for it, from the cache where this very pack was worked out before.

The key of a cache is a digest of all that its content depends on: the bytes of the pack, the source
of the rooms that turn them into it, Python and the libraries that have a say.  What a newcomer
would get wrong: only a pack that passed every check is kept, so a broken one never finds anything.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from bot.core.model.pack import Pack
from bot.core.ports import Brain
from bot.knowledge.reading.contents import Contents, read_contents
from bot.runtime.model import model_of
from bot.understanding.arrays.fingerprint import source, versions
from bot.understanding.arrays.saved import NO_CACHE, Saved, TableCache, Writer
from bot.understanding.engine import PackUnderstander

KEPT = 4
"""Caches that stay: those of the packs and programs that were started last."""
_PACKAGE = Path(__file__).parents[1]
_ROOMS = ("core", "knowledge", "understanding")
_LIBRARIES = frozenset(
    ("jieba", "marisa_trie", "numpy", "opencc", "pydantic", "pydantic_core", "pyyaml", "rjieba")
)


def pack_folder(chosen: Path | None) -> Path:
    """The folder to load: the chosen one, the one in the wheel, or the checkout's."""
    if chosen is not None:
        return chosen
    carried = _PACKAGE / "_pack"
    return carried if carried.is_dir() else _PACKAGE.parent / "knowledge"


def load_brain(folder: Path | None = None) -> Brain:
    """Load and check a pack and index it, or take what came of that the last time.

    Raises:
        KnowledgeError: the pack has problems; nothing was loaded.
    """
    contents = read_contents(pack_folder(folder))
    shelf = _shelf_for(contents)
    pack = shelf.kept("pack", lambda: _KeptPack(_checked(contents)), _KeptPack.restored).pack
    if shelf.folder:
        _clear_beside(shelf.folder)
    return Brain(pack, PackUnderstander(pack, model_of(contents, pack), shelf))


def _checked(contents: Contents) -> Pack:
    # Reading YAML and checking forms costs 0.2 s of imports that a kept pack does not need.
    from bot.knowledge.loader import pack_of

    return pack_of(contents)


@dataclass(frozen=True, slots=True)
class _KeptPack:
    pack: Pack

    def save(self, writer: Writer) -> None:
        from bot.knowledge.snapshot import as_plain

        writer.table("pack", as_plain(self.pack))

    @classmethod
    def restored(cls, saved: Saved) -> _KeptPack:
        from bot.knowledge.snapshot import from_plain

        return cls(from_plain(saved.table("pack")))


def _shelf_for(contents: Contents) -> TableCache:
    """Where what comes of these files under this program is kept, or is to be."""
    folder = cache_folder()
    if folder is None or not contents.is_readable:
        return NO_CACHE
    identity = {
        "pack": contents.digest,
        "code": source(_ROOMS),
        "libraries": f"{sys.version} {sys.byteorder} {versions(_LIBRARIES)}",
    }
    key = hashlib.sha256("\0".join(identity.values()).encode()).hexdigest()[:32]
    return TableCache(folder / key, identity)


def _clear_beside(place: Path) -> None:
    """This cache is the latest that was used; those that were not used for longest go."""
    with contextlib.suppress(OSError):
        os.utime(place)
        by_age = sorted(place.parent.iterdir(), key=lambda path: -path.stat().st_mtime)
        for old in by_age[KEPT:]:
            shutil.rmtree(old, ignore_errors=True)


def cache_folder() -> Path | None:
    """Where caches are kept, by the XDG Base Directory Specification; `None` without a home.

    It says that a relative path counts for nothing.
    """
    chosen = Path(os.environ.get("XDG_CACHE_HOME", ""))
    try:
        return (chosen if chosen.is_absolute() else Path.home() / ".cache") / "zhuce"
    except RuntimeError:
        return None
