"""Read the text of one file, or say in a sentence why it cannot be used.

The size of a file is checked before it is read, so a huge file costs neither time nor memory.
"""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass
from pathlib import Path

from bot.errors import Problem

MAX_BYTES = 4 * 1024 * 1024
MAX_PROBLEMS = 100
"""Limit per file and kind of check; with more, an operator starts again anyway."""

# Control characters, the line breaks that editors do not count (U+0085, U+2028, U+2029), bidi
# controls, which make a line look different from its content, and a BOM inside the text.
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)


@dataclass(frozen=True, slots=True)
class Content:
    """What was read; `text` is empty if there are problems."""

    raw: bytes = b""
    text: str = ""
    problems: tuple[Problem, ...] = ()


def read_raw(path: Path, name: str) -> Content:
    """Read the bytes of a file; `name` is its name in problems."""
    try:
        if refusal := _refusal(path):
            return Content(problems=(Problem(name, 0, "", refusal),))
        with path.open("rb") as file:
            return Content(file.read(MAX_BYTES + 1))
    except OSError as error:
        reason = f"文件读不出来：{error.strerror or error}"
        return Content(problems=(Problem(name, 0, "", reason),))


def read_text(path: Path, name: str) -> Content:
    """Read a file as text without its BOM."""
    return decode(read_raw(path, name), name)


def decode(content: Content, name: str) -> Content:
    """Decode what was read, without its BOM."""
    return content if content.problems else _decode(content.raw, name)


def _refusal(path: Path) -> str | None:
    """Return why a file must not be opened at all, else `None`."""
    about = path.stat()
    if not stat.S_ISREG(about.st_mode):
        return "不是普通文件；知识包里只放文本文件"
    if about.st_size > MAX_BYTES:
        size = about.st_size / 1024 / 1024
        return f"文件有 {size:.1f} MiB，最大 {MAX_BYTES // 1024 // 1024} MiB；请拆成几个文件"
    return None


def _decode(raw: bytes, name: str) -> Content:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        found = f"第 {error.start + 1} 个字节 0x{raw[error.start]:02X} 不是 UTF-8"
        return Content(raw, problems=(Problem(name, line, "", f"{found}；请把文件另存为 UTF-8"),))
    problems = _control_characters(text, name)
    return Content(raw, "" if problems else text, problems)


def _control_characters(text: str, name: str) -> tuple[Problem, ...]:
    found = [match for match, _ in zip(FORBIDDEN.finditer(text), range(MAX_PROBLEMS), strict=False)]
    return tuple(
        Problem(
            name,
            text.count("\n", 0, match.start()) + 1,
            "",
            f"有不可见的控制字符 U+{ord(match[0]):04X}；请删掉",
        )
        for match in found
    )
