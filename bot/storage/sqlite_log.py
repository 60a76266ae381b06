"""Copy the write-ahead log of an SQLite file into the file while others go on writing to it.

What a newcomer would get wrong: on the connection of the units of work this is as safe, but whoever
writes meanwhile has to wait for the disk: under load every fourth turn did (ADR 42).
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from urllib.parse import quote

MOST_PAGES = 2_000
"""Pages, 8 MB, from which the log is long: it begins anew only if nobody wrote meanwhile."""


def copy_log(driver: sqlite3.Connection) -> int:
    """Copy the log; return how many pages it has.

    What cannot be copied yet, because somebody reads, is copied the next time.
    """
    _, pages, _ = driver.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    return int(pages)


class LogCopier:
    """Has a connection of its own, from the first copy on; for one thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._driver: sqlite3.Connection | None = None

    def copy(self) -> bool:
        """Copy the log; return whether it is long, so that it should be copied in a pause.

        Raises:
            sqlite3.Error: it cannot be copied now.
        """
        if self._driver is None:
            name = f"file:{quote(str(self._path.absolute()))}?mode=rw"
            self._driver = sqlite3.connect(name, uri=True, isolation_level=None)
            self._driver.execute("PRAGMA synchronous = NORMAL")
        return copy_log(self._driver) > MOST_PAGES

    def close(self) -> None:
        if self._driver is not None:
            self._driver.close()
            self._driver = None
