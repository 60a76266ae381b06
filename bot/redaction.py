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
_SHAPE_OF_TOKENS = r"(?<![0-9])[0-9]{6,}+(?::|%3A)[A-Za-z0-9_-]{30,}"
"""Hidden even when nobody has named it: the token of a foreign application, or an old one."""

_PASSWORD = re.compile(r"(?P<before>://[^:/@]*:)(?P<password>.+)@", re.DOTALL)
_OPTION = re.compile(r"(?i)([?&]\w*password=)[^&]*")


def hide_password(address: str) -> str:
    """Return an address without its password, which ends at the last `@` even if malformed."""
    return _OPTION.sub(r"\1（不显示）", _PASSWORD.sub(r"\g<before>（不显示）@", address))


def password_in(address: str) -> str | None:
    found = _PASSWORD.search(address)
    return found["password"] if found else None


class Redactor:
    """Replaces every secret in a text, and whatever looks like a bot token."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = {form for secret in secrets for form in _forms(secret)}
        # The longest first: a secret may begin with another one.
        known = [re.escape(form) for form in sorted(forms, key=len, reverse=True)]
        self._pattern = re.compile("|".join([*known, _SHAPE_OF_TOKENS]))

    def __call__(self, text: str) -> str:
        return self._pattern.sub(HIDDEN, text)


def _forms(secret: str) -> Iterator[str]:
    """Yield a secret as written, in an address, in JSON; a bot token's second part too."""
    _, _, behind = secret.partition(":")
    for plain in (secret, unquote(secret), behind):
        if len(plain) >= MIN_CHARACTERS:
            yield from (plain, quote(plain, safe=""), json.dumps(plain, ensure_ascii=False)[1:-1])
