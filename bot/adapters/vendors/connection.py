"""Hold a long connection to a platform: connect, take in, connect again after a while."""

from __future__ import annotations

import asyncio
import logging
import random
from abc import ABC, abstractmethod

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from bot.errors import DeliveryFailed

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0
REFUSED_PAUSE_S = 60.0
"""After the platform did not take the secret."""
_MOST_BYTES = 1024 * 1024
log = logging.getLogger(__name__)


class LongConnection(ABC):
    """A connection that is opened again whenever it ends."""

    name: str
    """What the log calls it."""

    def __init__(self) -> None:
        self._socket: ClientConnection | None = None
        self._pause = FIRST_PAUSE_S
        self.trouble: str | None = "还没有连上"
        """Why nothing is received, in Chinese; `None` while it is."""

    async def run(self) -> None:
        """Stay connected until cancelled."""
        while True:
            try:
                await self._serve()
            except (OSError, WebSocketException, TimeoutError, DeliveryFailed) as error:
                log.warning("%s is not connected: %s", self.name, type(error).__name__)
                self.trouble = self.trouble or "连接断了，正在重连"
            await asyncio.sleep(self._pause * random.uniform(0.8, 1.2))  # noqa: S311  no secret
            self._pause = min(2 * self._pause, max(LONGEST_PAUSE_S, self._pause))

    @abstractmethod
    async def address(self) -> str:
        """Return where to connect to; raises DeliveryFailed if that is not to be had now."""

    @abstractmethod
    async def beside(self, socket: ClientConnection) -> None:
        """Do what goes on while the connection is open; cancelled when it ends."""

    @abstractmethod
    def take(self, text: str | bytes) -> None:
        """Take in what the platform sent; returns at once."""

    def connected(self) -> None:
        """Note that the platform has accepted us."""
        log.info("%s is connected", self.name)
        self.trouble, self._pause = None, FIRST_PAUSE_S

    async def _serve(self) -> None:
        """Connect, and take in until the connection ends."""
        opening = connect(
            await self.address(), ping_interval=None, max_size=_MOST_BYTES, open_timeout=10
        )
        async with opening as socket:
            self._socket = socket
            going_on = asyncio.create_task(self.beside(socket))
            try:
                async for text in socket:
                    self.take(text)
            finally:
                self._socket = None
                going_on.cancel()
                await asyncio.wait([going_on])
