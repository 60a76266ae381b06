"""What took long to work out, kept in a folder: arrays, tables and tries, never a pickle.

A folder appears whole or not at all, however many processes write it at once, and is not changed
afterwards.  Arrays are .npy files that are mapped, so that processes share them.  What a newcomer
would get wrong: a folder says nothing about what it was made from, so its name must.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

D = TypeVar("D", bound="DataclassInstance")

_HEADER = "header.json"
"""Lists every other file with its size and digest; written last."""


class DamagedError(Exception):
    """The folder is not there, or not what was written; what it held has to be made again."""


class Writer:
    """Fills a folder; made by `writing`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def array(self, name: str, array: NDArray[Any]) -> None:
        np.save(self.file(f"{name}.npy"), array, allow_pickle=False)

    def table(self, name: str, data: Any) -> None:
        """Anything that JSON has words for; tuples come back as lists, keys as strings."""
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        self.file(f"{name}.json").write_text(text, "utf-8")

    def arrays(self, name: str, tables: DataclassInstance) -> None:
        """Every field of a dataclass of arrays."""
        for field in fields(tables):
            self.array(f"{name}-{field.name}", getattr(tables, field.name))

    def file(self, name: str) -> Path:
        """Where a library that has a format of its own may write."""
        return self._folder / name


class Saved:
    """A folder that is whole; made by `opened`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def array(self, name: str) -> NDArray[Any]:
        """The array, mapped and not to be written to."""
        mapped = np.load(self.file(f"{name}.npy"), mmap_mode="r", allow_pickle=False)
        return mapped.view(np.ndarray)  # type: ignore[no-any-return]  # a memmap is slow to cut

    def arrays(self, name: str, form: type[D]) -> D:
        """A dataclass of arrays."""
        return form(*(self.array(f"{name}-{field.name}") for field in fields(form)))

    def table(self, name: str) -> Any:
        return json.loads(self.file(f"{name}.json").read_bytes())

    def file(self, name: str) -> Path:
        return self._folder / name


@dataclass(frozen=True, slots=True)
class Ragged:
    """Rows of whole numbers, of any length each."""

    _flat: NDArray[np.int32]
    _ends: NDArray[np.int32]
    """Where each row ends in `_flat`."""

    @classmethod
    def of(cls, rows: Sequence[Sequence[int]]) -> Ragged:
        flat = np.array([number for row in rows for number in row], np.int32)
        return cls(flat, np.cumsum([len(row) for row in rows], dtype=np.int32))

    def __getitem__(self, row: int) -> list[int]:
        start = self._ends[row - 1] if row else 0
        found: list[int] = self._flat[start : self._ends[row]].tolist()
        return found

    def save(self, writer: Writer, name: str) -> None:
        writer.array(f"{name}-flat", self._flat)
        writer.array(f"{name}-ends", self._ends)

    @classmethod
    def restored(cls, saved: Saved, name: str) -> Ragged:
        return cls(saved.array(f"{name}-flat"), saved.array(f"{name}-ends"))


class Saveable(Protocol):
    """What can be kept; the counterpart of `save` makes the same again from a `Saved`."""

    def save(self, writer: Writer) -> None: ...


T = TypeVar("T", bound=Saveable)


class Shelf:
    """The folder for what was made from one pack by one program, one folder in it for each part."""

    def __init__(self, folder: Path | None) -> None:
        """Without a folder nothing is kept."""
        self._folder = folder

    def kept(self, name: str, build: Callable[[], T], restore: Callable[[Saved], T]) -> T:
        """What is kept under a name, or what is built now and kept from now on.

        A folder that cannot be read or written costs time and is no error.
        """
        if self._folder is None:
            return build()
        with contextlib.suppress(DamagedError, OSError):
            return restore(opened(self._folder / name))
        built = build()
        with contextlib.suppress(DamagedError, OSError):
            with writing(self._folder / name) as writer:
                built.save(writer)
            # Mapped, it takes less memory than as it was built.
            return restore(opened(self._folder / name))
        return built


NOWHERE = Shelf(None)


@contextlib.contextmanager
def writing(folder: Path) -> Iterator[Writer]:
    """A writer for a folder, which is there when the block is left; what was there is replaced.

    Raises:
        OSError: it cannot be written.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        yield Writer(draft)
        files = {path.name: _described(path) for path in draft.iterdir()}
        Writer(draft).table(_HEADER.removesuffix(".json"), files)
        _put(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _put(draft: Path, folder: Path) -> None:
    """Give a draft its name; the twin of another process is as good."""
    try:
        draft.rename(folder)
    except OSError:
        with contextlib.suppress(DamagedError):
            opened(folder)
            return
        old = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        folder.rename(old / folder.name)
        shutil.rmtree(old, ignore_errors=True)
        draft.rename(folder)


def opened(folder: Path) -> Saved:
    """A folder as it was written.

    Raises:
        DamagedError: it is not.
    """
    try:
        files = json.loads((folder / _HEADER).read_bytes())
        is_whole = all(_described(folder / name) == was for name, was in files.items())
    except (OSError, ValueError, AttributeError) as error:
        raise DamagedError(folder) from error
    if not is_whole:
        raise DamagedError(folder)
    return Saved(folder)


def _described(path: Path) -> list[str | int]:
    """Size and digest of a file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return [path.stat().st_size, digest]
