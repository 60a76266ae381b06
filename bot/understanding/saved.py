"""An index on disk: plain arrays that are mapped, and a header that says what they are.

A folder holds `index.json` and, in a folder of its own, one `.npy` file for each array; never a
pickle.  The header is written last and put in place by renaming, so it always names whole arrays,
and readers keep what they have mapped while a writer replaces it.  What a newcomer would get
wrong: every byte is checked before it is believed (0.1 s for 400 MB), since a mapped array that is
wrong gives no error, only wrong answers.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from contextlib import suppress
from hashlib import file_digest, sha256
from importlib.metadata import version
from importlib.resources import files
from mmap import ACCESS_READ, mmap
from pathlib import Path
from secrets import token_hex
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from bot.errors import SavedIndexError
from bot.understanding.tokens import Engine

FORMAT = 1
"""Raised when the arrays or the header change their form."""
HEADER = "index.json"
_MADE_BY = (
    "features.py",
    "index.py",
    "learning.py",
    "pinyin.py",
    "strings.py",
    "tables.py",
    "text.py",
    "tokens.py",
    "weighing.py",
    "wording.py",
    "data/pinyin.txt",
)
"""The sources that decide what an index holds: with any of them changed it is built anew."""
_TRIES = 10
"""Times a header is read again when what it names has just been replaced."""
Arrays = Mapping[str, NDArray[Any]]


def identity(corpus: Path, engine: Engine) -> dict[str, str]:
    """Everything that an index depends on: the corpus, the tokeniser, the code and OpenCC."""
    made_by = sha256()
    for name in _MADE_BY:
        made_by.update(files("bot.understanding").joinpath(name).read_bytes())
    with corpus.open("rb") as file:
        content = file_digest(file, "sha256").hexdigest()
    return {
        "corpus": content,
        "tokeniser": f"{engine} {version(engine)}",
        "opencc": version("opencc"),
        "code": made_by.hexdigest(),
    }


def save(folder: Path, identity: Mapping[str, str], arrays: Arrays) -> None:
    """Write an index into a folder, in place of the one that is there.

    Raises:
        SavedIndexError: the folder cannot be written.
    """
    name = token_hex(8)
    try:
        before = _generation(folder)
        (folder / name).mkdir(parents=True)
        try:
            written = {key: _write(folder / name / f"{key}.npy", a) for key, a in arrays.items()}
            header = {
                "format": FORMAT,
                "identity": dict(identity),
                "generation": name,
                "arrays": written,
            }
            temporary = folder / name / HEADER
            temporary.write_text(json.dumps(header, indent=1), encoding="utf-8")
            temporary.replace(folder / HEADER)
        except BaseException:
            shutil.rmtree(folder / name, ignore_errors=True)
            raise
    except OSError as error:
        raise SavedIndexError(folder, f"写不进去：{error.strerror}") from error
    if before:
        shutil.rmtree(folder / before, ignore_errors=True)


def load(folder: Path, identity: Mapping[str, str]) -> dict[str, NDArray[Any]] | None:
    """Map the arrays of an index; None if the folder has none.

    Raises:
        SavedIndexError: it is damaged, or made of something else or by something else.
    """
    for _ in range(_TRIES):
        header = _header(folder)
        if header is None:
            return None
        try:
            return _mapped(folder, header, identity)
        except SavedIndexError:
            if _header(folder) == header:
                raise
    raise SavedIndexError(folder, "一直有别的进程在改写")


def _mapped(
    folder: Path, header: Mapping[str, Any], identity: Mapping[str, str]
) -> dict[str, NDArray[Any]]:
    if header.get("format") != FORMAT:
        raise SavedIndexError(folder, f"是第 {header.get('format')} 版格式，现在用第 {FORMAT} 版")
    found = header.get("identity")
    if not isinstance(found, dict) or found.keys() != identity.keys():
        raise SavedIndexError(folder, "没有写明是用什么建的")
    if changed := [name for name, value in identity.items() if found[name] != value]:
        raise SavedIndexError(folder, f"建好以后变了：{'、'.join(map(_WHAT.__getitem__, changed))}")
    try:
        inner = folder / header["generation"]
        return {key: _read(inner / f"{key}.npy", facts) for key, facts in header["arrays"].items()}
    except (KeyError, TypeError, AttributeError) as error:
        raise SavedIndexError(folder, "文件头不完整") from error


_WHAT = {"corpus": "语料", "tokeniser": "分词器", "opencc": "OpenCC", "code": "程序"}


def _write(path: Path, array: NDArray[Any]) -> dict[str, Any]:
    np.save(path, array, allow_pickle=False)
    return {"bytes": path.stat().st_size, "crc32": _crc(path)}


def _read(path: Path, facts: Mapping[str, Any]) -> NDArray[Any]:
    """Map an array whose file is what the header says; the subclass that maps it is slow to cut."""
    try:
        if path.stat().st_size != facts["bytes"]:
            raise SavedIndexError(
                path, f"应当有 {facts['bytes']} 字节，现在是 {path.stat().st_size}"
            )
        if _crc(path) != facts["crc32"]:
            raise SavedIndexError(path, "校验和不对，内容被改过")
        return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
    except OSError as error:
        raise SavedIndexError(path, f"打不开：{error.strerror}") from error


def _crc(path: Path) -> int:
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        return crc32(content)


def _header(folder: Path) -> dict[str, Any] | None:
    try:
        found = json.loads((folder / HEADER).read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise SavedIndexError(folder / HEADER, "读不懂") from error
    if not isinstance(found, dict):
        raise SavedIndexError(folder / HEADER, "不是一个 JSON 对象")
    return found


def _generation(folder: Path) -> str | None:
    """The folder of arrays that the header names: to be removed, so it must be one of ours."""
    with suppress(SavedIndexError):
        name = (_header(folder) or {}).get("generation")
        if isinstance(name, str) and len(name) == 16 and name.isalnum():
            return name
    return None
