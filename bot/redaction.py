"""Keep secrets out of what is shown: log lines, tracebacks, the report of `zhuce doctor`.

It works on finished text.  A filter on the arguments of a log call would miss the address inside an
exception, and HTTP libraries put the bot's token into every address.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, unquote

HIDDEN = "（已隐藏）"
MIN_CHARACTERS = 6
"""What is shorter is no secret, and hiding it would hide half of every line."""
_SHAPE_OF_TOKENS = r"[0-9](?<![0-9]{2})[0-9]{5,}+(?::|%3A)[A-Za-z0-9_-]{30,}"
"""Hidden even when nobody has named it: the token of a foreign application, or an old one.

It begins with what it looks for: `re` skips to the next digit by itself, which takes a tenth.
"""
_TOKEN = re.compile(_SHAPE_OF_TOKENS)

_BEFORE_A_PASSWORD = re.compile(r"://[^:/@]*:")
_OPTION = re.compile(r"(?i)([?&]\w*password=)[^&]*")


def hide_password(address: str) -> str:
    """Return an address without its password, which ends at the last `@` even if malformed."""
    start, end = _place_of_password(address)
    if start < end:
        address = f"{address[:start]}（不显示）{address[end:]}"
    return _OPTION.sub(r"\1（不显示）", address)


def password_in(address: str) -> str | None:
    start, end = _place_of_password(address)
    return address[start:end] if start < end else None


def _place_of_password(address: str) -> tuple[int, int]:
    """Return where the password begins and ends; the same place twice if there is none."""
    end = max(address.rfind("@"), 0)
    found = _BEFORE_A_PASSWORD.search(address, 0, end)
    return (found.end() if found else end), end


class Redactor:
    """Replaces every secret in a text, and whatever looks like a bot token."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = {form for secret in secrets for form in _forms(secret)}
        # The longest first: a secret may begin with another one.
        self._known = sorted(forms, key=len, reverse=True)
        known = [re.escape(form) for form in self._known]
        self._pattern = re.compile("|".join([*known, _SHAPE_OF_TOKENS]))

    def __call__(self, text: str) -> str:
        for form in self._known:
            if form in text:
                return self._pattern.sub(HIDDEN, text)
        return _TOKEN.sub(HIDDEN, text)


def _forms(secret: str) -> Iterator[str]:
    """Yield a secret as written, in an address, in JSON; a bot token's second part too."""
    _, _, behind = secret.partition(":")
    for plain in (secret, unquote(secret), behind):
        if len(plain) >= MIN_CHARACTERS:
            yield from (plain, quote(plain, safe=""), json.dumps(plain, ensure_ascii=False)[1:-1])
