"""Load a pack and its understander, from the cache if this very pack was prepared before.

The key of a cache is a digest of everything its content depends on: the bytes of the pack, the
source of the rooms that process them, Python and the libraries involved.  What a newcomer would get
wrong: only a pack that passed every check is cached, so a broken one never finds an entry.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import logging
import os
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.core.model.pack import Pack
from bot.core.ports import Brain
from bot.errors import SavedIndexError
from bot.knowledge.reading.contents import Contents, read_contents
from bot.runtime.scoring_model import model_of
from bot.understanding.arrays.fingerprint import source, versions
from bot.understanding.arrays.private import claim
from bot.understanding.arrays.saved import NO_CACHE, Saved, TableCache, Writer
from bot.understanding.engine import PackUnderstander

log = logging.getLogger(__name__)

CACHES_KEPT = 4
"""Number of caches that are kept, the most recently used ones."""
_KEY = re.compile("[0-9a-f]{32}")
_SOURCE = "source"
"""Name of the note of what our source is."""
_PACKAGE = Path(__file__).parents[1]
_ROOMS = ("core", "knowledge", "understanding")
_LIBRARIES = frozenset(
    ("jieba", "marisa_trie", "numpy", "opencc", "pydantic", "pydantic_core", "pyyaml", "rjieba")
)


def pack_folder(chosen: Path | None) -> Path:
    """Return the folder to load: the chosen one, the one in the wheel, or the checkout's."""
    if chosen is not None:
        return chosen
    carried = _PACKAGE / "_pack"
    return carried if carried.is_dir() else _PACKAGE.parent / "knowledge"


def load_brain(folder: Path | None = None) -> Brain:
    """Load, check and index a pack, or load the result from the cache.

    Raises:
        KnowledgeError: the pack has problems; nothing was loaded.
    """
    with _without_collector():
        return _loaded(read_contents(pack_folder(folder)))


@contextlib.contextmanager
def _without_collector() -> Iterator[None]:
    """Let nobody look for garbage: what is loaded stays, and to look through it took a tenth."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _loaded(contents: Contents) -> Brain:
    cache = _cache_for(contents)
    pack = cache.kept("pack", lambda: _CachedPack(_checked(contents)), _CachedPack.restored).pack
    if cache.folder:
        _drop_old_caches(cache.folder)
    return Brain(pack, PackUnderstander(pack, model_of(contents, pack), cache))


def prepared_in(folder: Path | None) -> Path | None:
    """Return the folder of this pack's cache for this program; `None` if nothing is cached."""
    return _cache_for(read_contents(pack_folder(folder))).folder


def mark_as_used(folder: Path | None) -> None:
    """Mark the cache of this pack as the latest used one, so that it is kept."""
    if place := prepared_in(folder):
        with contextlib.suppress(OSError):
            os.utime(place)


def _checked(contents: Contents) -> Pack:
    # Reading YAML and validating costs 0.2 s of imports that a cached pack does not need.
    from bot.knowledge.loader import pack_of

    return pack_of(contents)


@dataclass(frozen=True, slots=True)
class _CachedPack:
    pack: Pack

    def save(self, writer: Writer) -> None:
        from bot.knowledge.snapshot import as_plain

        writer.table("pack", as_plain(self.pack))

    @classmethod
    def restored(cls, saved: Saved) -> _CachedPack:
        from bot.knowledge.snapshot import from_plain

        return cls(from_plain(saved.table("pack")))


def _cache_for(contents: Contents) -> TableCache:
    """Return the cache for these files and this program; `NO_CACHE` if it cannot be used."""
    folder = cache_folder()
    if folder is None or not contents.is_readable:
        return NO_CACHE
    try:
        claim(folder)
    except SavedIndexError as error:
        log.warning("nothing is cached, starting takes longer: %s", error)
        return NO_CACHE
    identity = {
        "pack": contents.digest,
        "code": source(_ROOMS, folder / _SOURCE),
        "libraries": f"{sys.version} {sys.byteorder} {versions(_LIBRARIES)}",
    }
    key = hashlib.sha256("\0".join(identity.values()).encode()).hexdigest()[:32]
    return TableCache(folder / key, identity)


def _drop_old_caches(place: Path) -> None:
    """Mark this cache as used, and remove those that were not used for longest.

    Whatever else lies in the folder stays, and so does what a link leads to.
    """
    with contextlib.suppress(OSError):
        os.utime(place)
        caches = [path for path in place.parent.iterdir() if _is_cache(path)]
        for old in sorted(caches, key=lambda path: -path.lstat().st_mtime)[CACHES_KEPT:]:
            shutil.rmtree(old, ignore_errors=True)


def _is_cache(path: Path) -> bool:
    return bool(_KEY.fullmatch(path.name)) and path.is_dir() and not path.is_symlink()


def cache_folder() -> Path | None:
    """Return the folder of caches, by the XDG Base Directory Specification; `None` without a home.

    A relative path in `XDG_CACHE_HOME` is ignored, as the specification demands.
    """
    chosen = Path(os.environ.get("XDG_CACHE_HOME", ""))
    try:
        return (chosen if chosen.is_absolute() else Path.home() / ".cache") / "zhuce"
    except RuntimeError:
        return None
