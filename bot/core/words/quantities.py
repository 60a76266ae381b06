"""Find quantities in a sentence: 三本, 10天, 两个星期, 半个月.

What a newcomer would get wrong: a numeral that orders (第3天), is a year (2026年) or rough (10多天)
gives no quantity.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache

from bot.core.words.amounts import read_amount
from bot.core.words.numerals import CHARACTERS

_HALF = "半"
_NUMBER = rf"(?<![第月年.\d个{CHARACTERS}])(?!\d{{4}}年)(\d+(?:\.\d+)?|[{CHARACTERS}]+|{_HALF})"


def quantities(text: str, units: Mapping[str, int]) -> frozenset[Decimal]:
    """Return what is said in these units, each in the smallest of them; a number once."""
    found = _pattern(tuple(units)).findall(unicodedata.normalize("NFKC", text))
    read = ((_half_of(units[unit]) if n == _HALF else _read(n, units[unit])) for n, unit in found)
    return frozenset(number for number in read if number is not None)


def _half_of(factor: int) -> Decimal:
    """Return half of what a unit stands for, in whole ones: half a year is 182 days."""
    return Decimal(factor // 2) if factor > 1 else Decimal("0.5")


def _read(number: str, factor: int) -> Decimal | None:
    read = read_amount(number)
    return None if read is None else read * factor


@lru_cache(maxsize=64)
def _pattern(units: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(units, key=len, reverse=True)
    return re.compile(rf"{_NUMBER} ?个?({'|'.join(map(re.escape, longest_first))})")
