"""Remove from people's words what could identify them, before anything is stored.

When in doubt it removes too much: the rest only has to show what was asked.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

NUMBER, ADDRESS, NAME, ACCOUNT = "〔号码〕", "〔邮箱〕", "〔姓名〕", "〔账号〕"
FEWEST_DIGITS = 7
"""Fewer digits are a price, a year or an article; phone and ID numbers have at least as many."""
MAX_CHARACTERS = 200

_DIGIT = "0-9〇零一二三四五六七八九幺"
_VALUES = str.maketrans("〇零一二三四五六七八九幺", "001234567891")
_GAP = r"[\s\-–—_.,，、。·:/()]{0,3}"
_NUMBERS = re.compile(f"[{_DIGIT}](?:{_GAP}[{_DIGIT}])+(?:{_GAP}[xX](?![a-zA-Z]))?")
_ADDRESSES = re.compile(r"[\w.+-]+\s*@\s*[\w-]+(?:\s*\.\s*[\w-]+)*")
_ACCOUNTS = re.compile(r"(?i)((?:微信|qq|vx|v信|wechat)号?\s*[是为:]?\s*)[a-z0-9_-]{5,}")
_NAMES = re.compile(
    r"(我(?:的名字|名)?叫(?:做)?|我的名字是|(?:我的)?姓名[是为:]|本人姓名)[\s:,]*"
    r"(?:[\u4e00-\u9fff·]{2}"  # a surname and one more, then characters that rarely begin a word
    r"[^\W\d_在想要是的从来去今现已有能可怎请和跟住给把被]{0,2}"
    r"|[A-Za-z][A-Za-z .'-]+)"
)


def scrub(text: str) -> str:
    """Replace numbers, e-mail addresses, accounts and stated names by marks."""
    plain = "".join(
        c for c in unicodedata.normalize("NFKC", text[: 5 * MAX_CHARACTERS]) if not _is_hidden(c)
    )
    plain = _ADDRESSES.sub(ADDRESS, plain)
    plain = _NAMES.sub(rf"\g<1>{NAME}", plain)
    plain = _ACCOUNTS.sub(rf"\g<1>{ACCOUNT}", plain)
    return _NUMBERS.sub(_hide_number, plain)[:MAX_CHARACTERS]


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character) == "Cf"


def _hide_number(found: re.Match[str]) -> str:
    digits = re.sub(r"[^0-9]", "", found[0].translate(_VALUES))
    return found[0] if len(digits) < FEWEST_DIGITS or _is_date(digits) else NUMBER


def _is_date(digits: str) -> bool:
    """Return whether the digits are a date such as 20230601, the date of a certificate."""
    try:
        found = date.fromisoformat(f"{digits[:4]}-{digits[4:6]}-{digits[6:]}")
    except ValueError:
        return False
    return len(digits) == 8 and 1950 <= found.year <= 2099
