"""Call the platforms' APIs: JSON out, JSON back, failures by what can be done about them.

Both answer 200 whatever happened; `errcode` tells.  What a newcomer would get wrong: the access
token is part of the address, so no exception of the HTTP library may be shown.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import httpx

from bot.adapters.delivery.errors import Gone, Refused
from bot.errors import DeliveryFailed

TIMEOUT_S = 5.0
BUSY_S, QUOTA_S, OPERATOR_S = 1.0, 60.0, 60.0
"""Pauses: the platform is busy; a quota of this minute is used up; somebody must change a setting.
"""
_TOKEN_ENDED = frozenset({40001, 40014, 42001})
_TOO_OFTEN = 429
_MOST_TOLD = 200
log = logging.getLogger(__name__)

Json = dict[str, Any]


class TokenEnded(DeliveryFailed):
    """The access token is not taken (any more)."""


@dataclass(frozen=True, slots=True)
class Codes:
    """What the error codes of one platform mean, as far as something can be done."""

    gone: frozenset[int]
    pauses: Mapping[int, float]
    """How long to wait, by code."""


class Token(Protocol):
    """An access token, see `bot.adapters.tencent.access_token`."""

    async def get(self) -> str: ...

    def drop(self, token: str) -> None: ...


class Line:
    """The connection to one API."""

    def __init__(self, client: httpx.AsyncClient, codes: Codes) -> None:
        self._client, self._codes = client, codes

    async def ask(self, method: str, path: str, **request: Any) -> Json:
        """Make one request and return what came back.

        Raises:
            TokenEnded, Gone, Refused, DeliveryFailed: see `bot.adapters.delivery.errors`.
        """
        try:
            answer = await self._client.request(method, path, timeout=TIMEOUT_S, **request)
            found = answer.json() if answer.is_success else None
        except (httpx.HTTPError, ValueError) as error:
            raise DeliveryFailed(f"{path}: {type(error).__name__}", BUSY_S) from None
        if not isinstance(found, dict):
            pause = _pause(answer) if answer.status_code == _TOO_OFTEN else BUSY_S
            raise DeliveryFailed(f"{path}: HTTP {answer.status_code}", pause)
        if code := found.get("errcode"):
            raise self._failure(path, code, str(found.get("errmsg"))[:_MOST_TOLD])
        return found

    def _failure(self, path: str, code: int, text: str) -> DeliveryFailed:
        told = f"{path}: {code} {text}"
        if code in _TOKEN_ENDED:
            return TokenEnded(told, OPERATOR_S)
        if code in self._codes.gone:
            return Gone(told)
        if code in self._codes.pauses:
            return DeliveryFailed(told, self._codes.pauses[code])
        return Refused(told)


class Caller:
    """Makes calls that need an access token."""

    def __init__(self, line: Line, token: Token) -> None:
        self._line, self._token = line, token
        self.trouble: str | None = None
        """Why the last call was not taken, if trying again makes sense; in Chinese."""

    async def post(self, path: str, body: Json) -> Json:
        """Post, once more with another token if this one has ended.  Raises as `Line.ask`."""
        try:
            answer = await self._with_token(path, body)
        except (Gone, Refused):
            self.trouble = None
            raise
        except DeliveryFailed as failure:
            self.trouble = f"发不出消息（{failure}）"
            raise
        self.trouble = None
        return answer

    async def _with_token(self, path: str, body: Json) -> Json:
        token = await self._token.get()
        try:
            return await self._post(path, body, token)
        except TokenEnded:
            log.info("the access token ended before its time")
            self._token.drop(token)
        return await self._post(path, body, await self._token.get())

    async def _post(self, path: str, body: Json, token: str) -> Json:
        return await self._line.ask("POST", path, params={"access_token": token}, json=body)


def _pause(answer: httpx.Response) -> float:
    """Return the seconds in `Retry-After`."""
    given = answer.headers.get("retry-after", "")
    return float(given) if given.isdecimal() else QUOTA_S
