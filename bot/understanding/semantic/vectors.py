"""Encode many texts once and store the vectors in a file.

`<name>.npy` holds the numbers and is mapped, not read; `<name>.json` says what they are vectors of
and is written last, so numbers without it are incomplete.  The name is a hash of the texts, the
encoder and the form of the file: a changed pack or encoder finds no file, never a wrong one. Files
that cannot be used are made again; if they cannot be written, the vectors stay in memory.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import tempfile
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from bot.errors import SavedIndexError
from bot.understanding.arrays.private import require_ours, require_unwritable
from bot.understanding.semantic.encoder import DIMENSIONS, Encoder, Vectors

log = logging.getLogger(__name__)

FORM = 1
"""Number of the form of these files; files of another form are ignored."""
FILES_KEPT = 4
"""Files kept in a folder, the newest: a pack before and after a change, and another one."""
_NAME = re.compile("[0-9a-f]{16}")
_AT_ONCE = 256
_BLOCK = 1 << 20

Report = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and the total."""


def vectors_of(
    texts: Sequence[str], encoder: Encoder, folder: Path | None, report: Report
) -> Vectors:
    """Return the vectors of some texts, shape (texts, `DIMENSIONS`), stored or encoded now.

    Without a folder nothing is stored, nor in one that others can fill.  Problems of the folder
    raise nothing.
    """
    if folder is None or not _is_ours(folder):
        return _encode_all(texts, encoder, report)
    header = _header(texts, encoder)
    path = folder / f"{_name(header)}.npy"
    found = _read(path, header)
    if found is not None:
        return found
    made = _encode_all(texts, encoder, report)
    try:
        _write(path, made, header)
    except OSError as error:
        log.warning("vectors are not kept", extra={"path": str(path), "error": str(error)})
        return made
    _drop_old_files(folder)
    found = _read(path, header)
    return made if found is None else found


def _is_ours(folder: Path) -> bool:
    try:
        require_unwritable(folder)
    except SavedIndexError as error:
        log.warning("vectors are not kept: %s", error)
        return False
    return True


def _encode_all(texts: Sequence[str], encoder: Encoder, report: Report) -> Vectors:
    made = np.empty((len(texts), DIMENSIONS), np.float32)
    for start in range(0, len(texts), _AT_ONCE):
        report("算向量", start, len(texts))
        made[start : start + _AT_ONCE] = encoder.encode(texts[start : start + _AT_ONCE])
    report("算向量", len(texts), len(texts))
    return made


def _header(texts: Sequence[str], encoder: Encoder) -> dict[str, Any]:
    digest = hashlib.sha256()
    for text in texts:
        encoded = text.encode()
        digest.update(len(encoded).to_bytes(4, "big") + encoded)
    return {
        "form": FORM,
        "encoder": encoder.version,
        "texts": digest.hexdigest(),
        "shape": [len(texts), DIMENSIONS],
    }


def _name(header: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(header, sort_keys=True).encode()).hexdigest()[:16]


def _read(path: Path, header: dict[str, Any]) -> Vectors | None:
    """Return the vectors of a file, mapped; `None` if it is missing, damaged or of other texts."""
    try:
        require_ours(path)
        require_ours(path.with_suffix(".json"))
        told = json.loads(path.with_suffix(".json").read_text("utf-8"))
        if told != header | {"crc32": _checksum(path)}:
            log.warning("vectors are made anew", extra={"path": str(path)})
            return None
        found = np.load(path, mmap_mode="r", allow_pickle=False)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, SavedIndexError) as error:
        log.warning("vectors are made anew", extra={"path": str(path), "error": str(error)})
        return None
    is_right = found.dtype == np.float32 and list(found.shape) == header["shape"]
    return found if is_right else None


def _checksum(path: Path) -> int:
    found = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            found = zlib.crc32(block, found)
    return found


def _write(path: Path, vectors: Vectors, header: dict[str, Any]) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            np.save(file, vectors, allow_pickle=False)
            file.flush()
            os.fsync(file.fileno())
        told = header | {"crc32": _checksum(part)}
        part.replace(path)
        part.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
        part.replace(path.with_suffix(".json"))
    finally:
        part.unlink(missing_ok=True)


def _drop_old_files(folder: Path) -> None:
    """Delete all but our newest files; a process that has an old one mapped keeps it."""
    with suppress(OSError):
        ours = (path for path in folder.glob("*.json") if _NAME.fullmatch(path.stem))
        headers = sorted(ours, key=lambda path: path.lstat().st_mtime)
        for header in headers[:-FILES_KEPT]:
            header.unlink()
            header.with_suffix(".npy").unlink(missing_ok=True)
