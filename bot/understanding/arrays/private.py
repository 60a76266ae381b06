"""Make sure that only this user can have put something into a folder of caches.

A checksum keeps out damage and nobody's intent: whoever can write a cache can write its checksum,
and decides what the bot says.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from bot.errors import SavedIndexError

_ONLY_US = 0o700
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def claim(folder: Path) -> None:
    """Create a folder for this user alone (mode 0700), or take one that nobody else could fill.

    Raises:
        SavedIndexError: it is a link, no folder, somebody else's or writable for others, or it
            cannot be created.
    """
    require_unwritable(folder)
    try:
        # On a file system that is read-only nothing can be changed, and need not be.
        if stat.S_IMODE(folder.stat().st_mode) != _ONLY_US:
            folder.chmod(_ONLY_US)
    except OSError as error:
        raise SavedIndexError(folder, f"用不了：{error.strerror}") from error


def require_unwritable(folder: Path) -> None:
    """As `claim`, but a folder that exists keeps its mode: others may read it."""
    try:
        folder.mkdir(mode=_ONLY_US, parents=True, exist_ok=True)
        facts = folder.lstat()
        _require_ours(folder, facts)
        if facts.st_mode & _OTHERS_WRITE:
            raise SavedIndexError(folder, "别人也能写；请删掉它")
    except OSError as error:
        raise SavedIndexError(folder, f"用不了：{error.strerror}") from error


def require_ours(place: Path) -> None:
    """Check a file, or everything in a folder, if there is one.

    Raises:
        SavedIndexError: something is a link, a device, or somebody else's.
    """
    try:
        for path in (place, *place.rglob("*")):
            _require_ours(path, path.lstat())
    except FileNotFoundError:
        return  # there is none, or another process is replacing it: loading will tell
    except OSError as error:
        raise SavedIndexError(place, f"用不了：{error.strerror}") from error


def _require_ours(path: Path, facts: os.stat_result) -> None:
    if not (stat.S_ISDIR(facts.st_mode) or stat.S_ISREG(facts.st_mode)):
        raise SavedIndexError(path, "是链接或特殊文件；请删掉它")
    if hasattr(os, "geteuid") and facts.st_uid != os.geteuid():
        raise SavedIndexError(path, "是别的用户的；请删掉它")
