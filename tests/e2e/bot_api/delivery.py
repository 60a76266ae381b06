"""Updates on their way to a webhook: in order within a chat, side by side between chats.

What is not answered with 2xx comes again: at once after the first failure, then after pauses that
double. An answer that names a method is a call, which Telegram makes without telling how it went.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable
from email.message import Message as Headers
from email.parser import BytesParser
from typing import Any
from urllib.parse import parse_qsl

import aiohttp

from tests.e2e.bot_api.updates import Update
from tests.e2e.bot_api.world import Webhook, World, lane

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
Call = Callable[[str, dict[str, Any]], None]


class Delivery:
    """Lives in the server's event loop; `call` makes what a webhook answers."""

    def __init__(self, world: World, call: Call) -> None:
        self.world = world
        self.call = call
        self.attempts = 0
        self.in_order = True
        self._lanes: dict[object, deque[Update]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._last_taken = 0
        self._turn = asyncio.Lock()
        self._slots = asyncio.Semaphore(1)
        self._client: aiohttp.ClientSession | None = None

    async def restart(self) -> None:
        """Begin again with the webhook that is set now."""
        async with self._turn:
            await self.stop()
            webhook = self.world.webhook
            if webhook is not None:
                self._slots = asyncio.Semaphore(webhook.max_connections)
                connector = aiohttp.TCPConnector(limit=0)
                self._client = aiohttp.ClientSession(connector=connector)
                self.wake()

    async def stop(self) -> None:
        """Stop all deliveries; what was not accepted waits as before."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._lanes.clear()
        self._last_taken = 0
        with self.world.lock:
            self.world.updates.take_back()
        if self._client is not None:
            await self._client.close()
            self._client = None

    def wake(self) -> None:
        """Put what is new into its lane."""
        if self._client is None or self.world.updates.is_held:
            return
        with self.world.lock:
            script = self.world.updates.take_script()
            new = self.world.updates.after(self._last_taken)
        for update in script:
            self._put(update, lane(update) if self.in_order else object())
        for update in new:
            self._last_taken = update["update_id"]
            self._put(update, lane(update))

    def _put(self, update: Update, key: object) -> None:
        waiting = self._lanes.get(key)
        if waiting is not None:
            waiting.append(update)
            return
        self._lanes[key] = deque([update])
        task = asyncio.create_task(self._drive(key))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _drive(self, key: object) -> None:
        waiting = self._lanes[key]
        while waiting:
            await self._deliver(waiting[0])
            with self.world.lock:
                self.world.updates.accept(waiting.popleft())
        del self._lanes[key]

    async def _deliver(self, update: Update) -> None:
        pause, failures = self.world.options.webhook_pause_s, 0
        while (wait := await self._attempt(update)) is not None:
            if failures or wait:
                await asyncio.sleep(wait or pause)
                pause = min(self.world.options.webhook_longest_pause_s, pause * 2)
            failures += 1

    async def _attempt(self, update: Update) -> float | None:
        """None when it went well, else the seconds that the webhook asked to wait, often 0."""
        webhook, client = self.world.webhook, self._client
        assert webhook
        assert client
        async with self._slots:
            self.attempts += 1
            try:
                return await self._post(client, webhook, update)
            except (aiohttp.ClientError, OSError, TimeoutError) as error:
                return self._failed(f"Connection failed: {type(error).__name__}")

    async def _post(
        self, client: aiohttp.ClientSession, webhook: Webhook, update: Update
    ) -> float | None:
        headers = {SECRET_HEADER: webhook.secret} if webhook.secret else {}
        limit = aiohttp.ClientTimeout(total=self.world.options.webhook_timeout_s)
        async with client.post(webhook.url, json=update, headers=headers, timeout=limit) as answer:
            body = await answer.read()
            if 200 <= answer.status <= 299:
                self._obey(answer.headers.get("Content-Type", ""), body)
                return None
            self._failed(f"Wrong response from the webhook: {answer.status} {answer.reason}")
            asked = answer.headers.get("Retry-After", "0")
            return int(asked) * self.world.options.webhook_second_s if asked.isdigit() else 0.0

    def _failed(self, sentence: str) -> float:
        now = self.world.now()
        self.world.webhook_error = {"last_error_date": now, "last_error_message": sentence}
        return 0.0

    def _obey(self, kind: str, body: bytes) -> None:
        sent = _fields(kind, body)
        method = str(sent.pop("method", ""))
        forbidden = {"setwebhook", "deletewebhook", "close", "logout"}
        if method and method.lower() not in forbidden and not method.lower().startswith("get"):
            self.call(method, sent)


def _fields(kind: str, body: bytes) -> dict[str, Any]:
    if kind.startswith("multipart/form-data"):
        return _multipart(kind, body)
    if kind.startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(body.decode()))
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _multipart(kind: str, body: bytes) -> dict[str, Any]:
    whole = BytesParser().parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
    return {
        str(part.get_param("name", header="content-disposition")): _text(part)
        for part in whole.walk()
        if not part.is_multipart()
    }


def _text(part: Headers) -> str:
    payload = part.get_payload(decode=True)
    return payload.decode() if isinstance(payload, bytes) else ""
