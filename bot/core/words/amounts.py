"""Read amounts as people write them: 100,000 · 50.4 · 3万 · 三万元 · 30 000 · 3.5万 · 三点五.

What a newcomer would get wrong: a comma groups by three and is never a decimal point, so 50,4 is no
amount, and nobody guesses which one was meant.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from bot.core.words.numerals import CHARACTERS, DIGITS, read_number

_MULTIPLES = {"千": 1000, "k": 1000, "万": 10_000, "w": 10_000, "百万": 10**6, "亿": 10**8}
_GROUPED = re.compile(r"\d{1,3}(?:(?:,\d{3})+|(?: \d{3})+|(?:'\d{3})+)(?:\.\d+)?|\d+(?:\.\d+)?")
_MULTIPLE = re.compile(
    rf"(.+?)(?<!\s)\s*+({'|'.join(sorted(_MULTIPLES, key=len, reverse=True))})(\d{{3,4}})?"
)
_IN_WORDS = re.compile(rf"([{CHARACTERS}]+)(?:点([{''.join(DIGITS)}]+))?(亿)?")
_CURRENCY = re.compile(
    r"^(?:rmb|cny|人民币|¥|￥)\s*|(?<!\s)\s*+(?:元整?|圆整?|块钱?|人民币|rmb|cny)$"
)
_MOST_CHARACTERS = 24
MONEY = ("元", "块", "圆")


def read_amount(text: str, unit: str = "") -> Decimal | None:
    """Return the number that a text is, with or without its unit; `None` for other text.

    A unit of money may be said in any of its words.
    """
    said = unicodedata.normalize("NFKC", text).strip().casefold().replace("，", ",")
    if len(said) > _MOST_CHARACTERS:
        return None
    said = said.removesuffix(unit.casefold()) if unit else said
    if not unit or unit.endswith(MONEY):
        said = _CURRENCY.sub("", _CURRENCY.sub("", said))
    said = said.strip()
    sign = -1 if said[:1] in ("-", "负") else 1
    number = _unsigned(said[1:] if sign < 0 else said)
    return None if number is None else sign * number


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
