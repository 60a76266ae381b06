"""Save what is expensive to compute in a folder: arrays, tables and tries, never a pickle.

A folder holds `header.json` and a folder with the files that the header names.  The header is
written last and put in place by renaming, so it always names complete files, and readers keep what
they have mapped while a writer replaces it.  Arrays are .npy files that are mapped, so that
processes share them.  What a newcomer would get wrong: every byte is checked before it is used (0.1
s for 400 MB), since a damaged array that is mapped gives no error, only wrong answers.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, fields
from errno import ENOSYS
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from bot.errors import SavedIndexError
from bot.understanding.arrays.private import claim, require_ours

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    D = TypeVar("D", bound="DataclassInstance")

log = logging.getLogger(__name__)
T = TypeVar("T")
FORMAT = 2
"""Raise it when the header changes its form."""
HEADER = "header.json"
_FILES = "files-"
"""Prefix of the name of a folder of files."""
_TRIES = 10
"""How often a header is read again if its files have just been replaced."""
_WHAT = {
    "corpus": "语料",
    "pack": "知识包",
    "tokeniser": "分词器",
    "opencc": "OpenCC",
    "libraries": "程序库",
    "code": "程序",
}
"""Maps a name in an identity to its name in messages."""
Identity = Mapping[str, str]
"""Everything that determines the content; its names are those of `_WHAT`."""


_UNUSABLE = (SavedIndexError, OSError, ValueError, LookupError, TypeError, AttributeError)
"""What files raise that are whole and hold something else than they should."""


class Writer:
    """Fills a folder; made by `save`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def array(self, name: str, array: NDArray[Any]) -> None:
        np.save(self.file(f"{name}.npy"), array, allow_pickle=False)

    def arrays(self, name: str, tables: DataclassInstance) -> None:
        """Write every field of a dataclass of arrays."""
        for each in fields(tables):
            self.array(f"{name}.{each.name}", getattr(tables, each.name))

    def table(self, name: str, data: Any) -> None:
        """Write data as JSON; tuples come back as lists, keys as strings."""
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        self.file(f"{name}.json").write_text(text, "utf-8")

    def file(self, name: str) -> Path:
        """Return where a library with a format of its own may write."""
        return self._folder / name


class Saved:
    """Complete and checked files; made by `load`."""

    def __init__(self, folder: Path, checked: Collection[str]) -> None:
        self._folder, self._checked = folder, checked

    def array(self, name: str) -> NDArray[Any]:
        """Return the array, mapped and read-only; `asarray` because slices of a memmap are slow."""
        return np.asarray(np.load(self.file(f"{name}.npy"), mmap_mode="r", allow_pickle=False))

    def arrays(self, name: str, form: type[D]) -> D:
        """Return a dataclass of arrays."""
        return form(*(self.array(f"{name}.{each.name}") for each in fields(form)))

    def table(self, name: str) -> Any:
        return json.loads(self.file(f"{name}.json").read_bytes())

    def file(self, name: str) -> Path:
        """Return where a file is.

        Raises:
            SavedIndexError: the header does not name it, so nobody has checked it.
        """
        if name not in self._checked:
            raise SavedIndexError(self._folder / name, "文件头里没有它")
        return self._folder / name


class Saveable(Protocol):
    """An object that can be saved; a `restore` function makes it again from a `Saved`."""

    def save(self, writer: Writer) -> None: ...


S = TypeVar("S", bound=Saveable)


@dataclass(slots=True)
class TableCache:
    """The cache for one input and one program, with a folder for each part.

    Without a folder nothing is cached.  After the first trouble there is none: a full disk costs
    time and one line of the log, whatever else would be cached.
    """

    folder: Path | None = None
    identity: Identity = field(default_factory=dict)

    def kept(self, name: str, build: Callable[[], S], restore: Callable[[Saved], S]) -> S:
        """Return what is cached under a name; build and cache it if there is nothing.

        Only what this user has put there is loaded.  A folder that cannot be read or written, or
        that is not plainly ours, is no error.
        """
        found = self._found(name, restore)
        if found is not None:
            return found
        built = build()
        if self.folder is None:
            return built
        try:
            claim(self.folder)
            save(self.folder / name, self.identity, built)
            # Mapped, it takes less memory than built.
            return load(self.folder / name, self.identity, restore) or built
        except SavedIndexError as error:
            self._give_up(error)
            return built

    def _found(self, name: str, restore: Callable[[Saved], S]) -> S | None:
        if self.folder is None or not os.path.lexists(self.folder):
            return None
        try:
            claim(self.folder)
            require_ours(self.folder / name)
        except SavedIndexError as error:
            self._give_up(error)
            return None
        with suppress(SavedIndexError):  # it is built anew and replaced
            return load(self.folder / name, self.identity, restore)
        return None

    def _give_up(self, error: SavedIndexError) -> None:
        log.warning("nothing is cached, starting takes longer: %s", error)
        self.folder = None


NO_CACHE = TableCache()


def save(folder: Path, identity: Identity, thing: Saveable) -> None:
    """Save an object in a folder; it replaces what was saved there.

    Raises:
        SavedIndexError: the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _locked(folder):
            try:
                _write(folder, identity, thing)
            finally:
                _remove_unnamed(folder)
    except OSError as error:
        raise SavedIndexError(folder, f"写不进去：{error.strerror or error}") from error


def load(folder: Path, identity: Identity, restore: Callable[[Saved], T]) -> T | None:
    """Load what is saved in a folder, as `restore` makes it from its files; None if nothing is.

    Raises:
        SavedIndexError: it is damaged, or was made from other data or by another program.
    """
    for _ in range(_TRIES):
        header = _header(folder)
        if header is None:
            return None
        try:
            return restore(_checked_files(folder, header, identity))
        except _UNUSABLE as error:
            if _header(folder) == header:
                raise _as_ours(folder, error) from error
    raise SavedIndexError(folder, "一直有别的进程在改写")


def _as_ours(folder: Path, error: Exception) -> SavedIndexError:
    if isinstance(error, SavedIndexError):
        return error
    if isinstance(error, OSError):
        return SavedIndexError(Path(error.filename or folder), f"打不开：{error.strerror or error}")
    return SavedIndexError(folder, f"内容读不懂：{type(error).__name__}")


def _checked_files(folder: Path, header: Mapping[str, Any], identity: Identity) -> Saved:
    """Return the files of a valid header, after checking every byte of them."""
    if header.get("format") != FORMAT:
        raise SavedIndexError(folder, f"是第 {header.get('format')} 版格式，现在用第 {FORMAT} 版")
    found = header.get("identity")
    if not isinstance(found, dict) or found.keys() != identity.keys():
        raise SavedIndexError(folder, "没有写明是用什么建的")
    if changed := [name for name, value in identity.items() if found[name] != value]:
        raise SavedIndexError(folder, f"建好以后变了：{'、'.join(map(_WHAT.__getitem__, changed))}")
    try:
        inner, files = folder / _inside(header["folder"]), header["files"]
        for name, facts in files.items():
            _check(inner / _inside(name), facts["bytes"], facts["crc32"])
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise SavedIndexError(folder, "文件头不完整") from error
    return Saved(inner, files.keys())


def _inside(name: str) -> str:
    """Return the name of a file or folder; a path that leads elsewhere is a `ValueError`."""
    if Path(name).name != name:
        raise ValueError(name)
    return name


def _check(path: Path, size: int, crc: int) -> None:
    found = path.stat().st_size
    if found != size:
        raise SavedIndexError(path, f"应当有 {size} 字节，现在是 {found}")
    if _crc(path) != crc:
        raise SavedIndexError(path, "校验和不对，内容被改过")


def _write(folder: Path, identity: Identity, thing: Saveable) -> None:
    inner = folder / f"{_FILES}{os.urandom(8).hex()}"
    inner.mkdir()
    thing.save(Writer(inner))
    header = {
        "format": FORMAT,
        "identity": dict(identity),
        "folder": inner.name,
        "files": {path.name: _described(path) for path in sorted(inner.iterdir())},
    }
    draft = inner / HEADER
    draft.write_text(json.dumps(header, indent=1), encoding="utf-8")
    draft.replace(folder / HEADER)


def _described(path: Path) -> dict[str, int]:
    return {"bytes": path.stat().st_size, "crc32": _crc(path)}


def _crc(path: Path) -> int:
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        return crc32(content)


def _header(folder: Path) -> dict[str, Any] | None:
    try:
        found = json.loads((folder / HEADER).read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise SavedIndexError(folder / HEADER, "读不懂") from error
    if not isinstance(found, dict):
        raise SavedIndexError(folder / HEADER, "不是一个 JSON 对象")
    return found


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Lock the folder against other writing processes.

    Raises:
        OSError: folders cannot be locked here (Windows), so nothing must be written.
    """
    try:
        from fcntl import LOCK_EX, flock  # noqa: PLC0415  not everywhere
    except ImportError:
        raise OSError(ENOSYS, "folders cannot be locked here") from None
    handle = os.open(folder, os.O_RDONLY)
    try:
        flock(handle, LOCK_EX)
        yield
    finally:
        os.close(handle)


def _remove_unnamed(folder: Path) -> None:
    """Remove folders that the header does not name: replaced ones, those of killed processes."""
    named = None
    with suppress(SavedIndexError):
        named = (_header(folder) or {}).get("folder")
    for inner in folder.glob(f"{_FILES}*"):
        if inner.name != named:
            shutil.rmtree(inner, ignore_errors=True)
