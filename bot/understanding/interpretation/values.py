"""The same question with another value: 那66呢 after 62岁还能办吗."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_NUMBER = r"(?:\d{1,4}|[一二两三四五六七八九十百]{1,5})"
_UNIT = (
    r"(?:周?岁|个?半?月|个|天|日|年|周|星期|次|门|项|家|份|本|张|人"
    r"|学时|课时|小时|分钟?|块|元|米|层)"
)
_OTHER = re.compile(
    rf"(那么?|要是|如果|假如|换成|改成|换做)?我?(?:是|到|有|要|满|都)?({_NUMBER})({_UNIT})?[了的]?"
    r"(?:的?话)?(呢|行吗|可以吗|能行吗|行不行|可以不|够吗|够不够)?"
)
_VALUE = re.compile(rf"({_NUMBER})({_UNIT})")
MOST = 8
"""Wordings that are tried."""


def value_of(utterance: str) -> tuple[str, str] | None:
    """The number that is all that was said, and its unit or nothing: 那66呢, 10天呢.

    A number alone is the number of a choice.
    """
    said = _OTHER.fullmatch(utterance)
    if said is None or not (said[1] or said[3] or said[4]):
        return None
    return said[2], said[3] or ""


def with_value(wordings: Iterable[str], number: str, unit: str) -> Iterator[str]:
    """Yield the wordings that have one value, with this one in its place, the shortest first.

    Where no unit was said the value keeps its own.
    """
    found = 0
    for wording in sorted(wordings, key=len):
        values = _VALUE.findall(wording)
        if len(values) != 1 or found >= MOST:
            continue
        found += 1
        yield _VALUE.sub(f"{number}{unit or values[0][1]}", wording)
