"""Write what store and journal keep to a file, and put it back (`zhuce store backup`, `restore`).

The file is JSON lines, compressed: a head, a line for each record, and an end that counts them, by
which a file that was cut is noticed.  It holds people's words, so it is for its owner alone; it is
written under another name and renamed once it is whole.
"""

from __future__ import annotations

import gzip
import json
import os
import zlib
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from bot.core.ports import Journal, SessionStore
from bot.errors import StoreError
from bot.runtime.chores import open_journal
from bot.storage import open_store
from bot.storage.backups import Copied, Copier

if TYPE_CHECKING:
    from bot.settings import Settings

_FORM = 1
_HEAD, _END = "zhuce backup", "end"
STORE, JOURNAL = "BOT_STORE", "BOT_JOURNAL"


@dataclass(frozen=True, slots=True)
class Backup:
    """What is in a file: when it was made, and how many records each setting has there."""

    at: datetime
    counts: dict[str, int]


async def back_up(settings: Settings, file: Path, now: datetime) -> Backup:
    """Write the file; the bot may run meanwhile.

    Raises:
        SettingsError, StoreError: store or journal cannot be read, or the file not be written.
    """
    counts: dict[str, int] = {}
    beside = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        with _new_file(beside) as out:
            async with open_store(settings.store) as store, open_journal(settings.journal) as kept:
                parts = {STORE: _form_of(store), JOURNAL: _form_of(kept)}
                _write(out, {_HEAD: _FORM, "at": now.isoformat(), "parts": parts})
                for name, one in ((STORE, store), (JOURNAL, kept)):
                    counts[name] = await _dump(one, name, out)
            _write(out, {_END: counts})
        beside.replace(file)
    except OSError as error:
        raise StoreError(f"{file} 写不了：{error.strerror}") from error
    finally:
        beside.unlink(missing_ok=True)
    return Backup(now, counts)


async def restore(settings: Settings, file: Path) -> Backup:
    """Replace what store and journal keep by what the file holds.

    Raises:
        SettingsError, StoreError: store or journal cannot be written; or the file is none of ours,
            not whole, or of another kind of store, and nothing was changed.
    """
    head, counts = _look_through(file)
    async with open_store(settings.store) as store, open_journal(settings.journal) as kept:
        for name, one in ((STORE, store), (JOURNAL, kept)):
            here, there = _form_of(one), head["parts"].get(name)
            if counts.get(name) and here != there:
                raise StoreError(
                    f"{file} 里 {name} 的备份是 {there} 的，现在设置的是 {here or '没有'}；"
                    "要放回同一种存储、同一版的表里"
                )
        for name, one in ((STORE, store), (JOURNAL, kept)):
            copier = _copier(one)
            if copier is not None and head["parts"].get(name):
                await copier.replace(record for part, record in _records(file) if part == name)
    return Backup(datetime.fromisoformat(head["at"]), counts)


def _copier(kept: SessionStore | Journal | None) -> Copier | None:
    return kept.copier() if isinstance(kept, Copied) else None


def _form_of(kept: SessionStore | Journal | None) -> str:
    """Return what a copy must fit; empty where nothing can be kept."""
    copier = _copier(kept)
    return copier.form if copier else ""


async def _dump(kept: SessionStore | Journal | None, name: str, out: IO[str]) -> int:
    count = 0

    def write(record: object) -> None:
        nonlocal count
        _write(out, [name, record])
        count += 1

    if (copier := _copier(kept)) is not None:
        await copier.read(write)
    return count


@contextmanager
def _new_file(path: Path) -> Iterator[IO[str]]:
    """Open a file that only its owner may read, and have it on the disk at the end."""
    opened = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(opened, "wb") as raw:
        with gzip.open(raw, "wt", encoding="utf-8") as out:
            yield out
        raw.flush()
        os.fsync(raw.fileno())


def _write(out: IO[str], line: object) -> None:
    out.write(json.dumps(line, ensure_ascii=False) + "\n")


def _look_through(file: Path) -> tuple[dict[str, Any], dict[str, int]]:
    """Return the head and the counts of a file that is whole."""
    try:
        with closing(_lines(file)) as lines:
            head = next(lines, None)
            if not isinstance(head, dict) or head.get(_HEAD) != _FORM:
                raise StoreError(f"{file} 不是 zhuce store backup 写的文件，或者是更新的程序写的")
            found, end = _counted(lines)
    except (EOFError, ValueError, KeyError, zlib.error, gzip.BadGzipFile):
        raise StoreError(f"{file} 不完整或者坏了；什么都没有改") from None
    except OSError as error:
        raise StoreError(f"{file} 读不了：{error.strerror}") from error
    if end != found:
        raise StoreError(f"{file} 不完整；什么都没有改")
    return head, found


def _counted(lines: Iterator[Any]) -> tuple[dict[str, int], Any]:
    """Return how many records there are, and how many its end says."""
    found, end = {STORE: 0, JOURNAL: 0}, None
    for line in lines:
        if isinstance(line, dict):
            end = line.get(_END)
        else:
            found[line[0]] += 1
    return found, end


def _records(file: Path) -> Iterator[tuple[str, Any]]:
    for line in _lines(file):
        if isinstance(line, list):
            yield line[0], line[1]


def _lines(file: Path) -> Generator[Any]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
