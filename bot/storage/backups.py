"""Declare how a store or a journal is read whole for a backup, and replaced by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol, runtime_checkable


class Copier(Protocol):
    """Copies records out and in; a record is a list for JSON.

    Raises (`read` and `replace`):
        StoreUnavailable, StoreError: as `SessionStore`.
    """

    @property
    def form(self) -> str:
        """Return the kind of database and its layout; a copy goes where both are the same."""
        ...

    async def read(self, write: Callable[[Any], object]) -> None:
        """Hand over every record; others may write to the database meanwhile."""
        ...

    async def replace(self, records: Iterable[Any]) -> None:
        """Delete everything, and write these records."""
        ...


@runtime_checkable
class Copied(Protocol):
    """A store or journal that can be backed up; one in memory cannot."""

    def copier(self) -> Copier: ...
