"""Keep the access token of one account: fetched by one process, renewed before it ends.

The others find it in the store, sealed with the account's own secret, so that neither a backup nor
a log of the store gives it away.  Without a store each process fetches its own: all platforms
return the token in force to whoever asks, and asking ends no token (https://developers.weixin.qq.com
/doc/service/api/base/api_getstableaccesstoken.html, https://developer.work.weixin.qq.com/document/
path/91039).  What a newcomer would get wrong: WeChat's older `/cgi-bin/token` does end the token of
everybody else.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.core.ports import Clock
from bot.errors import DeliveryFailed, StoreError

AHEAD_S = 240.0
"""How long before the end a new token is fetched; WeChat gives a new one in the last 300 s."""
PAUSE_S = 15.0
"""Between two fetches while the old token is still good."""
_NONCE = 12
log = logging.getLogger(__name__)

Fetch = Callable[[], Awaitable[tuple[str, float]]]
"""Returns a token and the seconds that it is good for."""


class Shelf(Protocol):
    """What every process of an installation can read and write (`bot.core.conversation`)."""

    async def shared(self, name: str) -> str | None: ...

    async def share(self, name: str, value: str, until: datetime) -> None: ...


class SharedTokens:
    """Keeps the tokens of one account on a shelf, sealed."""

    def __init__(self, shelf: Shelf, account: str, secret: str) -> None:
        self._shelf, self._name = shelf, f"token:{account}"
        self._cipher = AESGCM(hashlib.sha256(f"token:{account}:{secret}".encode()).digest())

    async def find(self) -> tuple[str, float] | None:
        """Return the token and its end, in seconds since 1970; `None` if there is none to use."""
        try:
            sealed = b64decode(await self._shelf.shared(self._name) or "")
            plain = self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], None)
            token, ends = json.loads(plain)
        except StoreError as error:
            log.info("the shared access token cannot be read: %s", error)
            return None
        except (Base64Error, InvalidTag, ValueError):
            return None
        return token, ends

    async def put(self, token: str, ends: float) -> None:
        nonce = os.urandom(_NONCE)
        sealed = nonce + self._cipher.encrypt(nonce, json.dumps([token, ends]).encode(), None)
        until = datetime.fromtimestamp(ends, UTC)
        try:
            await self._shelf.share(self._name, b64encode(sealed).decode(), until)
        except StoreError as error:
            log.info("the access token cannot be shared: %s", error)


def seconds_of(clock: Clock) -> Callable[[], float]:
    """Return what tells the seconds since 1970 by this clock."""
    return lambda: clock.now().timestamp()


class AccessToken:
    """The token; safe to ask for from many tasks at once."""

    def __init__(
        self, fetch: Fetch, now: Callable[[], float], others: SharedTokens | None = None
    ) -> None:
        """Take `now` as what returns the seconds since 1970."""
        self._fetch, self._now, self._others = fetch, now, others
        self._lock = asyncio.Lock()
        self._token, self._ends, self._fetched = "", float("-inf"), float("-inf")
        self._dropped = ""

    async def get(self) -> str:
        """Return a token that is good.

        Raises:
            DeliveryFailed: there is none, and none is to be had now.
        """
        if self._is_due():
            async with self._lock:
                if self._is_due():
                    await self._renew()
        return self._token

    def drop(self, token: str) -> None:
        """Use another one at the next call: the platform does not take this one any more."""
        if token == self._token:
            self._ends, self._dropped = float("-inf"), token

    def _is_due(self) -> bool:
        now = self._now()
        if now >= self._ends:
            return True
        return now >= self._ends - AHEAD_S and now >= self._fetched + PAUSE_S

    async def _renew(self) -> None:
        now = self._fetched = self._now()
        found = await self._others.find() if self._others else None
        if found and found[0] != self._dropped and now < found[1] - AHEAD_S:
            self._token, self._ends = found
            return
        try:
            token, seconds = await self._fetch()
        except DeliveryFailed as failure:
            if now >= self._ends:
                raise
            log.warning("the access token was not renewed and is still good: %s", failure)
            return
        self._token, self._ends = token, now + seconds
        if self._others:
            await self._others.put(token, self._ends)
