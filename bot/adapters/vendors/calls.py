"""Call the platforms' APIs: JSON out, JSON back, failures by what can be done about them.

What a newcomer would get wrong: in some the access token is part of the address, so no exception of
the HTTP library may be shown.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import httpx

from bot.adapters.delivery.errors import Gone, Refused
from bot.errors import DeliveryFailed

TIMEOUT_S = 5.0
BUSY_S, QUOTA_S, OPERATOR_S = 1.0, 60.0, 60.0
"""Pauses: the platform is busy; a quota of this minute is used up; somebody must change a setting.
"""
_TOO_OFTEN = 429
_MOST_TOLD = 200
log = logging.getLogger(__name__)

Json = dict[str, Any]


class TokenEnded(DeliveryFailed):
    """The access token is not taken (any more)."""


def _in_address(token: str) -> Json:
    return {"params": {"access_token": token}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """How one platform says what went wrong, and what can be done about it."""

    gone: frozenset[int | str]
    pauses: Mapping[int | str, float]
    """How long to wait, by code."""
    ended: frozenset[int | str] = frozenset({40001, 40014, 42001})
    """The access token is not taken (any more)."""
    code: str = "errcode"
    """The field with the code; 0, or none at all, is success."""
    text: str = "errmsg"
    authorise: Callable[[str], Json] = _in_address
    """What a request has besides its body, made of the access token."""


class Token(Protocol):
    """An access token, see `bot.adapters.vendors.access_token`."""

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
            found = answer.json() if answer.content else {}
        except (httpx.HTTPError, ValueError) as error:
            raise DeliveryFailed(f"{path}: {type(error).__name__}", BUSY_S) from None
        code = found.get(self._codes.code) if isinstance(found, dict) else None
        if not isinstance(found, dict) or (not code and not answer.is_success):
            pause = _pause(answer) if answer.status_code == _TOO_OFTEN else BUSY_S
            raise DeliveryFailed(f"{path}: HTTP {answer.status_code}", pause)
        if code:
            raise self._failure(path, code, str(found.get(self._codes.text))[:_MOST_TOLD])
        return found

    def authorised(self, token: str) -> Json:
        """Return what a request has besides its body."""
        return self._codes.authorise(token)

    def _failure(self, path: str, code: int | str, text: str) -> DeliveryFailed:
        told = f"{path}: {code} {text}"
        if code in self._codes.ended:
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
        return await self.call("POST", path, body)

    async def call(self, method: str, path: str, body: Json | None) -> Json:
        """As `post`, by another method."""
        try:
            answer = await self._with_token(method, path, body)
        except (Gone, Refused):
            self.trouble = None
            raise
        except DeliveryFailed as failure:
            self.trouble = f"发不出消息（{failure}）"
            raise
        self.trouble = None
        return answer

    async def _with_token(self, method: str, path: str, body: Json | None) -> Json:
        token = await self._token.get()
        try:
            return await self._call(method, path, body, token)
        except TokenEnded:
            log.info("the access token ended before its time")
            self._token.drop(token)
        return await self._call(method, path, body, await self._token.get())

    async def _call(self, method: str, path: str, body: Json | None, token: str) -> Json:
        return await self._line.ask(method, path, json=body, **self._line.authorised(token))


def _pause(answer: httpx.Response) -> float:
    """Return the seconds in `Retry-After`."""
    given = answer.headers.get("retry-after", "")
    return float(given) if given.isdecimal() else QUOTA_S
