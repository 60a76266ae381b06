"""Hold the Stream connection: ask for a ticket, connect with it, acknowledge what was stored.

`POST /v1.0/gateway/connections/open` gives an address and a ticket for one connection
(https://open.dingtalk.com/document/resourcedownload/introduction-to-stream-mode; the frames are
those of dingtalk-stream 0.24.3).  Any number of connections may be open: each message comes on one
of them.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from urllib.parse import quote

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import WebSocketException

from bot.adapters.delivery.payload import Json, object_in, part, text
from bot.adapters.vendors.calls import Line
from bot.adapters.vendors.connection import REFUSED_PAUSE_S, LongConnection
from bot.errors import DeliveryFailed

OPEN, TOPIC = "/v1.0/gateway/connections/open", "/v1.0/im/bot/messages/get"
HEARTBEAT_S = 60.0
log = logging.getLogger(__name__)


class Stream(LongConnection):
    """The Stream connection of one app."""

    name = "the stream of DingTalk"

    def __init__(
        self,
        line: Line,
        client_id: str,
        secret: str,
        begin: Callable[[Awaitable[None]], None],
        hear: Callable[[Json], Awaitable[bool]],
    ) -> None:
        """Take `hear` as what stores a message and returns whether it may be acknowledged.

        `begin` does something in a task of its own.
        """
        super().__init__()
        self._line, self._id, self._secret = line, client_id, secret
        self._begin, self._hear = begin, hear

    async def address(self) -> str:
        body = {
            "clientId": self._id,
            "clientSecret": self._secret,
            "subscriptions": [{"type": "CALLBACK", "topic": TOPIC}],
            "ua": "zhuce",
        }
        try:
            found = await self._line.ask("POST", OPEN, json=body)
        except DeliveryFailed as failure:
            self.trouble, self._pause = f"钉钉不给连接（{failure}）", REFUSED_PAUSE_S
            raise
        return f"{found.get('endpoint')}?ticket={quote(str(found.get('ticket')), safe='')}"

    async def beside(self, socket: ClientConnection) -> None:
        self.connected()
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            try:
                async with asyncio.timeout(HEARTBEAT_S):
                    await (await socket.ping())
            except (TimeoutError, WebSocketException):
                self.trouble = "连接没有回应，正在重连"
                await socket.close()
                return

    def take(self, text_: str | bytes) -> None:
        try:
            frame = object_in(text_)
            headers, data = part(frame, "headers"), text(frame, "data")
            number = text(headers, "messageId")
            match text(frame, "type"), text(headers, "topic"):
                case "SYSTEM", "ping":
                    self._begin(self._acknowledge(number, data))
                case "SYSTEM", "disconnect":
                    log.info("DingTalk asks for another connection")
                    self._begin(self._leave())
                case "CALLBACK", _:
                    self._begin(self._answer(number, object_in(data)))
                case _:
                    self._begin(self._acknowledge(number, "{}"))
        except ValueError:
            log.warning("a frame could not be read")

    async def _answer(self, number: str, body: Json) -> None:
        if await self._hear(body):
            await self._acknowledge(number, json.dumps({"response": None}))

    async def _acknowledge(self, number: str, data: str) -> None:
        headers = {"messageId": number, "contentType": "application/json"}
        frame = {"code": 200, "headers": headers, "message": "OK", "data": data}
        if self._socket is not None:
            try:
                await self._socket.send(json.dumps(frame))
            except WebSocketException as error:
                log.info("what was heard could not be acknowledged: %s", type(error).__name__)

    async def _leave(self) -> None:
        if self._socket is not None:
            await self._socket.close()
