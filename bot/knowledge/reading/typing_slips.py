"""Name what people type by a Chinese keyboard or a word processor where YAML wants something else.

They are looked for near the line where reading stopped: elsewhere the same characters may be text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

BEFORE, AFTER = 2, 1
"""Lines around the one where reading stopped that may hold the cause."""

_KEY = r"^\s*(?:- *)?[a-z_]{2,}"
_SLIPS = (
    (re.compile(rf"{_KEY}："), "键后面写的是中文冒号“：”；请换成英文冒号加空格“: ”"),
    (re.compile(r"^\s*[－—–·•]"), "列表的横线不对；请换成英文减号加空格“- ”"),
    (re.compile(r"^ *\t"), "行首有制表符（Tab）；缩进只能用空格"),
    (re.compile("^[ \t]*\u3000"), "行首有中文空格；缩进只能用英文空格"),
    (re.compile(rf"{_KEY}:[^\s]"), "冒号后面要空一格，写成“键: 值”"),
    (re.compile(r"[\[{][^\]}\[{]* #\S"), "“ #”后面的字都不算数；是正文就把这段文字加引号"),
    (re.compile(rf"{_KEY}: +[^ \"'\[{{|>#][^\"']*: "), "文字里有冒号加空格；请把整段文字加引号"),
    (
        re.compile(r"[\[{][^\]}\[{]*[】｝]|[【｛][^】｝【｛]*[\]}]"),
        "括号一半中文一半英文；请都用英文的",
    ),
)


def slips_near(text: str, line: int) -> Iterator[tuple[int, str]]:
    """Yield line and message of every slip on the lines around `line`, counted from 1."""
    lines = text.split("\n")
    for number in range(max(1, line - BEFORE), min(len(lines), line + AFTER) + 1):
        for pattern, message in _SLIPS:
            if pattern.search(lines[number - 1]):
                yield number, message
                break


def cut_by(rest: str) -> str:
    """Return what a `#` cuts off after a text, if it seems to be text; `rest` is the line's end.

    A remark has a blank after its `#`.
    """
    found = re.match(r"\s+(#[^\s#].*)", rest)
    return found[1] if found else ""
