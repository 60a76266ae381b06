"""Hold the robot's connection: subscribe, keep it alive, connect again; calls with receipts.

What a newcomer would get wrong: a robot has one connection.  Who opens another ends the first, so
two replicas that connect again at once would push each other out for ever.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import Callable

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import WebSocketException

from bot.adapters.delivery.chats import Json
from bot.adapters.delivery.errors import Refused
from bot.adapters.vendors.connection import REFUSED_PAUSE_S, LongConnection
from bot.errors import DeliveryFailed

HEARTBEAT_S = 30.0
RECEIPT_S = 5.0
DISPLACED_PAUSE_S = 300.0
NOT_CONNECTED_S = 5.0
"""Pause before a reply is tried again that found no connection."""
_BUSY = frozenset({-1, 45009, 45033, 846607})
"""Error codes after which the same may be tried again."""
log = logging.getLogger(__name__)

OnCall = Callable[[str, Json], None]
"""Takes the id of a request of the platform and its body; returns at once."""


class Connection(LongConnection):
    """The connection of one robot."""

    name = "the robot of WeCom"

    def __init__(self, url: str, bot_id: str, secret: str, on_call: OnCall) -> None:
        super().__init__()
        self._url, self._bot_id, self._secret = url, bot_id, secret
        self._on_call = on_call
        self._receipts: dict[str, asyncio.Future[Json]] = {}

    async def address(self) -> str:
        return self._url

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

    async def beside(self, socket: ClientConnection) -> None:
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
        self.connected()
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            try:
                await self.call("ping")
            except DeliveryFailed:
                self.trouble = "连接没有回应，正在重连"
                await socket.close()
                return

    def take(self, text: str | bytes) -> None:
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
