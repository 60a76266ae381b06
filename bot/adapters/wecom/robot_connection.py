"""Hold the robot's connection: subscribe, keep it alive, connect again; calls with receipts.

What a newcomer would get wrong: a robot has one connection.  Who opens another ends the first, so
two replicas that connect again at once would push each other out for ever.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
import secrets
from collections.abc import Callable
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from bot.adapters.delivery.errors import Refused
from bot.errors import DeliveryFailed

HEARTBEAT_S = 30.0
RECEIPT_S = 5.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0
REFUSED_PAUSE_S = 60.0
"""After the platform did not take the secret."""
DISPLACED_PAUSE_S = 300.0
NOT_CONNECTED_S = 5.0
"""Pause before a reply is tried again that found no connection."""
_MOST_BYTES = 1024 * 1024
_BUSY = frozenset({-1, 45009, 45033, 846607})
"""Error codes after which the same may be tried again."""
log = logging.getLogger(__name__)

Json = dict[str, Any]
OnCall = Callable[[str, Json], None]
"""Takes the id of a request of the platform and its body; returns at once."""


class Connection:
    """The connection of one robot."""

    def __init__(self, url: str, bot_id: str, secret: str, on_call: OnCall) -> None:
        self._url, self._bot_id, self._secret = url, bot_id, secret
        self._on_call = on_call
        self._socket: ClientConnection | None = None
        self._receipts: dict[str, asyncio.Future[Json]] = {}
        self._pause = FIRST_PAUSE_S
        self.trouble: str | None = "还没有连上"
        """Why nothing is received, in Chinese; `None` while it is."""

    async def run(self) -> None:
        """Stay connected until cancelled."""
        while True:
            try:
                await self._serve()
            except (OSError, WebSocketException, TimeoutError, DeliveryFailed) as error:
                log.warning("the robot is not connected: %s", type(error).__name__)
                self.trouble = self.trouble or "连接断了，正在重连"
            await asyncio.sleep(self._pause * random.uniform(0.8, 1.2))  # noqa: S311  no secret
            self._pause = min(2 * self._pause, max(LONGEST_PAUSE_S, self._pause))

    def give_way(self) -> None:
        """Close, and wait long: another connection has taken over."""
        log.warning("another connection of this robot was opened; this one waits")
        self.trouble = "同一个机器人在别处也连着，这里让位"
        self._pause = DISPLACED_PAUSE_S
        if self._socket is not None:
            self._socket.transport.abort()

    async def call(self, command: str, body: Json | None = None, request: str = "") -> None:
        """Make a call and wait for its receipt.

        Raises:
            Refused: it will never be taken.
            DeliveryFailed: not now.
        """
        number = request or f"{command}_{secrets.token_hex(8)}"
        frame: Json = {"cmd": command, "headers": {"req_id": number}}
        if body is not None:
            frame["body"] = body
        receipt = self._receipts[number] = asyncio.get_running_loop().create_future()
        try:
            if self._socket is None:
                raise DeliveryFailed(f"{command}: not connected", NOT_CONNECTED_S)
            async with asyncio.timeout(RECEIPT_S):
                await self._socket.send(json.dumps(frame, ensure_ascii=False))
                answer = await receipt
        except (TimeoutError, WebSocketException) as error:
            raise DeliveryFailed(f"{command}: {type(error).__name__}") from None
        finally:
            self._receipts.pop(number, None)
        if code := answer.get("errcode"):
            told = f"{command}: {code} {str(answer.get('errmsg'))[:200]}"
            raise DeliveryFailed(told, 1.0) if code in _BUSY else Refused(told)

    async def _serve(self) -> None:
        """Connect, and take in until the connection ends."""
        opening = connect(self._url, ping_interval=None, max_size=_MOST_BYTES, open_timeout=10)
        async with opening as socket:
            self._socket = socket
            beating = asyncio.create_task(self._subscribe_and_beat(socket))
            try:
                async for text in socket:
                    self._take(text)
            finally:
                self._socket = None
                beating.cancel()
                await asyncio.wait([beating])

    async def _subscribe_and_beat(self, socket: ClientConnection) -> None:
        """Prove who we are, then tell every half minute that we are there."""
        try:
            await self.call("aibot_subscribe", {"bot_id": self._bot_id, "secret": self._secret})
        except Refused as refused:
            log.warning("the robot was not accepted: %s", refused)
            self.trouble = f"企业微信不认 BOT_ID 和 SECRET（{refused}）"
            self._pause = REFUSED_PAUSE_S
            await socket.close()
            return
        except DeliveryFailed as failed:
            log.warning("the robot could not subscribe: %s", failed)
            await socket.close()
            return
        log.info("the robot is connected")
        self.trouble, self._pause = None, FIRST_PAUSE_S
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            try:
                await self.call("ping")
            except DeliveryFailed:
                self.trouble = "连接没有回应，正在重连"
                await socket.close()
                return

    def _take(self, text: str | bytes) -> None:
        """Pass on what the platform sent, and give receipts to those who wait for them."""
        try:
            frame = json.loads(text)
            number = frame["headers"]["req_id"]
        except (ValueError, KeyError, TypeError, RecursionError):
            log.warning("a frame could not be read")
            return
        body = frame.get("body")
        if frame.get("cmd"):
            self._on_call(str(number), body if isinstance(body, dict) else {})
        elif (waiting := self._receipts.get(number)) is not None and not waiting.done():
            waiting.set_result(frame)
