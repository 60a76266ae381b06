"""Keep the access token of one account: fetched by one caller, renewed before it ends.

Replicas share it without speaking to each other: both platforms return the token that is in force
to whoever asks, and asking ends no token (https://developers.weixin.qq.com/doc/service/api/base/
api_getstableaccesstoken.html, https://developer.work.weixin.qq.com/document/path/91039).  What a
newcomer would get wrong: WeChat's older `/cgi-bin/token` does end the token of everybody else.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.errors import DeliveryFailed

AHEAD_S = 240.0
"""How long before the end a new token is fetched; WeChat gives a new one in the last 300 s."""
PAUSE_S = 15.0
"""Between two fetches while the old token is still good."""
log = logging.getLogger(__name__)

Fetch = Callable[[], Awaitable[tuple[str, float]]]
"""Returns a token and the seconds that it is good for."""


class AccessToken:
    """The token; safe to ask for from many tasks at once."""

    def __init__(self, fetch: Fetch, ticks: Callable[[], float]) -> None:
        self._fetch, self._ticks = fetch, ticks
        self._lock = asyncio.Lock()
        self._token, self._ends, self._fetched = "", float("-inf"), float("-inf")

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
        """Fetch another one at the next call: the platform does not take this one any more."""
        if token == self._token:
            self._ends = float("-inf")

    def _is_due(self) -> bool:
        now = self._ticks()
        if now >= self._ends:
            return True
        return now >= self._ends - AHEAD_S and now >= self._fetched + PAUSE_S

    async def _renew(self) -> None:
        self._fetched = self._ticks()
        try:
            token, seconds = await self._fetch()
        except DeliveryFailed as failure:
            if self._ticks() >= self._ends:
                raise
            log.warning("the access token was not renewed and is still good: %s", failure)
        else:
            self._token, self._ends = token, self._fetched + seconds
