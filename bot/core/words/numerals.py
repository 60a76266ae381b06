"""Read small whole numbers as they are written in Chinese: 3, ３, 三, 两, 十二, 二十."""

from __future__ import annotations

DIGITS = {character: n for n, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000}
_WRITTEN = "零一二三四五六七八九"
CHARACTERS = "".join(DIGITS) + "".join(_UNITS)
"""The characters of a numeral in words, for use in a regular expression."""
FULL_WIDTH_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")
_MOST_DIGITS = 9


def read_number(text: str) -> int | None:
    """Return the number that the text is; `None` for other text and more than nine characters."""
    text = text.strip().translate(FULL_WIDTH_DIGITS)
    if not text or len(text) > _MOST_DIGITS:
        return None
    if text.isascii():
        return int(text) if text.isdigit() else None
    if all(character in DIGITS for character in text):
        return int("".join(str(DIGITS[character]) for character in text))
    return _in_words(text)


def write_number(number: int) -> str:
    """Write a whole number below a hundred in words, any other in digits: 23 is 二十三."""
    if not 0 <= number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    ten = ("" if tens == 1 else _WRITTEN[tens]) + "十" if tens else ""
    return ten + (_WRITTEN[ones] if ones or not tens else "")


def _in_words(text: str) -> int | None:
    """Read units; a last digit right behind 百, 千 or 万 counts tenths of it (一百二 is 120)."""
    total = section = digit = 0
    for character in text:
        if character in DIGITS:
            digit = DIGITS[character]
        elif character == "万":
            total, section, digit = (total + section + digit) * _UNITS["万"], 0, 0
        elif character in _UNITS:
            section, digit = section + (digit or 1) * _UNITS[character], 0
        else:
            return None
    behind = _UNITS.get(text[-2:-1], 0)
    if digit and behind > _UNITS["十"]:
        digit *= behind // 10
    return total + section + digit
