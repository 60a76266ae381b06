"""Expand lines that stand for several wordings: 头(回|次)(来|去|)办证 stands for six of them.

Alternatives cannot be nested and nothing is repeated, so every line stands for a known, finite
number of wordings: this is shorthand and no pattern language.
"""

from __future__ import annotations

import re
from itertools import product

MOST = 500
"""Maximum number of wordings of one line."""
_GROUP = re.compile(r"\(([^()]*)\)")


def expand(line: str) -> tuple[str, ...]:
    """Return every wording of a line, in order; the line itself if it has no alternatives.

    Raises:
        ValueError: the brackets do not match, or there are more than `MOST` wordings; the message
            is in Chinese and says which.
    """
    parts = _GROUP.split(line)
    if any(mark in text for text in parts[::2] for mark in "()|"):
        raise ValueError("括号没有配好：写成 (甲|乙)，不能套着写，| 只能写在括号里")
    options = [[p] if n % 2 == 0 else p.split("|") for n, p in enumerate(parts)]
    count = 1
    for option in options:
        count *= len(option)
    if count > MOST:
        raise ValueError(f"这一行代表 {count} 种说法，最多 {MOST} 种，请拆成几行")
    return tuple(dict.fromkeys("".join(way) for way in product(*options)))
