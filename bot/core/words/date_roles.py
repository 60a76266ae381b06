"""Tell which of several dates is meant: the one at which something begins, or ends."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.core.model.spans import SaidDate

_ENDS = re.compile(r"到期|届满|期满|截止|过期|失效|有效期")
_BEGINS = re.compile(r"签发|发证|取得|拿到|开始|生效|起")


def meant(dates: Sequence[SaidDate], asked: str) -> Sequence[SaidDate]:
    """Return the one date that is the end, or the beginning, that was asked for; else all."""
    role = "end" if _ENDS.search(asked) else "start" if _BEGINS.search(asked) else ""
    fitting = [said for said in dates if role and said.role == role]
    return fitting if len(fitting) == 1 else dates
