"""Read amounts as people write them: 100,000 · 50.4 · 3万 · 三万元 · 30 000 · 3.5万 · 三点五.

What a newcomer would get wrong: a comma groups by three and is never a decimal point, so 50,4 is no
amount, and nobody guesses which one was meant.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

from bot.core.words.numerals import CHARACTERS, DIGITS, read_number

_MULTIPLES = {"千": 1000, "k": 1000, "万": 10_000, "w": 10_000, "百万": 10**6, "亿": 10**8}
_GROUPED = re.compile(r"\d{1,3}(?:(?:,\d{3})+|(?: \d{3})+|(?:'\d{3})+)(?:\.\d+)?|\d+(?:\.\d+)?")
_MULTIPLE = re.compile(
    rf"(.+?)(?<!\s)\s*+({'|'.join(sorted(_MULTIPLES, key=len, reverse=True))})(\d{{3,4}})?"
)
_IN_WORDS = re.compile(rf"([{CHARACTERS}]+)(?:点([{''.join(DIGITS)}]+))?(亿)?")
_CURRENCIES = (
    r"rmb|cny|人民币|¥|元整?|圆整?|块钱?",
    r"gbp|英镑|镑|£",
    r"usd|us\$|美元|美金|\$",
    r"eur|欧元|€",
    r"hkd|hk\$|港元|港币",
)
"""The words of each, before or behind the amount."""
_MOST_CHARACTERS = 24


def read_amount(text: str, unit: str = "") -> Decimal | None:
    """Return the number that a text is, with or without its unit; `None` for other text.

    A unit of money may be said in any of its words.
    """
    said = unicodedata.normalize("NFKC", text).strip().casefold().replace("，", ",")
    if len(said) > _MOST_CHARACTERS:
        return None
    unit = unicodedata.normalize("NFKC", unit).casefold()
    plain = said.removesuffix(unit) if unit else said
    number = _signed(_currency(unit).sub("", plain).strip())
    return _signed(_currency(unit).sub("", said).strip()) if number is None else number


def _signed(said: str) -> Decimal | None:
    sign = -1 if said[:1] in ("-", "负") else 1
    number = _unsigned(said[1:] if sign < 0 else said)
    return None if number is None else sign * number


@lru_cache(maxsize=64)
def _currency(unit: str) -> re.Pattern[str]:
    """Match the words of the currency that a unit is, of any without a unit, of none for others."""
    words = "|".join(one for one in _CURRENCIES if not unit or re.search(rf"(?:{one})$", unit))
    return re.compile(rf"^(?:{words})\s*|(?<!\s)\s*+(?:{words})$" if words else r"(?!)")


def _unsigned(said: str) -> Decimal | None:
    if _GROUPED.fullmatch(said):
        return Decimal(re.sub("[, ']", "", said))
    if (found := _MULTIPLE.fullmatch(said)) and _GROUPED.fullmatch(found[1]):
        number = Decimal(re.sub("[, ']", "", found[1])) * _MULTIPLES[found[2]]
        return number + int(found[3] or 0)
    return _in_words(said)


def _in_words(said: str) -> Decimal | None:
    found = _IN_WORDS.fullmatch(said)
    whole = read_number(found[1]) if found else None
    if not found or whole is None or found[1][0] in "百千万":
        return None
    digits = "".join(str(DIGITS[digit]) for digit in found[2] or "")
    number = Decimal(f"{whole}.{digits}") if digits else Decimal(whole)
    return number * _MULTIPLES["亿"] if found[3] else number
