"""Run Telegram from start to stop: identify the bot, send what is left, take updates, close.

The library comes in as a `Caller`; which one it is makes no difference here.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlsplit

from bot.adapters.delivery.courier import BACKLOG_S, Upkeep
from bot.adapters.delivery.health import Health
from bot.adapters.delivery.intake import Intake
from bot.adapters.delivery.lease import Lease
from bot.adapters.telegram.errors import BadToken
from bot.adapters.telegram.handler import Handler
from bot.adapters.telegram.incoming.json_view import Payload, seen
from bot.adapters.telegram.incoming.kinds import kinds_of_updates
from bot.adapters.telegram.incoming.polling import Polling
from bot.adapters.telegram.incoming.webhook import Receiver
from bot.adapters.telegram.incoming.webhook_setup import WebhookSetup
from bot.adapters.telegram.ports import BotIdentity, Caller, Options
from bot.adapters.telegram.retry import RetryingCaller
from bot.core.conversation import Conversation
from bot.core.ports import Clock
from bot.errors import DeliveryFailed, SettingsError
from bot.plugins.adapter import Endpoint, Request, Response

log = logging.getLogger(__name__)
T = TypeVar("T")
WATCH_INTERVAL_S = 30.0
RETRY_S = 5.0
GRACE_S = 3.0
"""How long replies may still be sent after the stop; the rest is sent at the next start."""


Connect = Callable[[], AbstractAsyncContextManager[Caller]]


@dataclass(frozen=True, slots=True)
class Hook:
    """The address for Telegram's posts, and the secret that proves they are genuine."""

    url: str
    secret: str | None
    host: str = ""
    """The address that is listened on, which a proxy may pass on as `Host`."""

    @property
    def hosts(self) -> set[str]:
        """Return the names under which this server is called."""
        return {name.lower() for name in (urlsplit(self.url).hostname, self.host) if name}


class Service:
    """One bot on Telegram, by polling or, with a `hook`, by webhook."""

    def __init__(
        self,
        connect: Connect,
        conversation: Conversation,
        clock: Clock,
        options: Options,
        hook: Hook | None = None,
    ) -> None:
        self._connect, self._conversation, self._clock = connect, conversation, clock
        self._options, self._hook = options, hook
        self._kinds = kinds_of_updates(options.extras)
        self._lease = Lease(conversation, time.monotonic, is_shared=options.is_shared)
        self._stopping = asyncio.Event()
        self._polling: Polling | None = None
        self.health = Health("Telegram")
        self.receiver = (
            Receiver(hook.secret, self.health, hook.hosts) if hook else Receiver(None, self.health)
        )

    @property
    def endpoints(self) -> Sequence[Endpoint]:
        """Return the webhook, if updates are posted."""
        return (Endpoint(self._receive),) if self._hook else ()

    async def _receive(self, request: Request) -> Response:
        return Response(await self.receiver.receive(request.headers, request.body))

    def trouble(self) -> str | None:
        return self.health.trouble()

    def stop(self) -> None:
        """Accept no more updates; `run` returns once the accepted are done, or after `GRACE_S`."""
        self._stopping.set()
        if self._polling:
            self._polling.stop()

    async def run(self) -> None:
        """Serve until stopped.

        Raises:
            SettingsError: Telegram does not know the token, or does not accept the address.
        """
        async with self._connect() as line:
            caller = RetryingCaller(line, begin=self._lease.begin)
            me = await self._until_done(lambda: caller.call("getMe", {}))
            while me is not None and not self._stopping.is_set():
                try:
                    await self._serve(line, caller, identity(me))
                except SettingsError:
                    raise
                except Exception:
                    log.exception("Telegram begins anew")
                    self.health.miss("程序出错，见日志")
                    await self._until_stopped(asyncio.sleep(RETRY_S))

    async def _serve(self, line: Caller, caller: Caller, me: BotIdentity) -> None:
        handler = Handler(
            conversation=self._conversation,
            caller=caller,
            me=me,
            clock=self._clock,
            options=self._options,
            lease=self._lease,
        )
        intake = Intake(handler, seen, _name)
        log.info("Telegram is on the line", extra={"bot": me.username})
        async with Upkeep(handler.courier, handler.prepare) as upkeep:
            try:
                # What was answered before comes before what is asked now.
                await self._until_stopped(asyncio.wait({upkeep.backlog}, timeout=BACKLOG_S))
                if self._hook:
                    await self._listen(self._hook, caller, intake)
                else:
                    await self._poll(line, caller, intake)
            finally:
                upkeep.end()
                await intake.finish(GRACE_S)

    async def _poll(self, line: Caller, caller: Caller, intake: Intake[Payload]) -> None:
        await self._until_done(WebhookSetup(caller).remove)
        # Not through the patient caller: the loop has pauses of its own.
        self._polling = Polling(line, intake, self.health, kinds=self._kinds)
        if not self._stopping.is_set():
            await self._polling.run()

    async def _listen(self, hook: Hook, caller: Caller, intake: Intake[Payload]) -> None:
        setup = WebhookSetup(caller, self._kinds)
        self.receiver.open(intake)
        await self._until_done(partial(setup.set, hook.url, hook.secret))
        while not self._stopping.is_set():
            await setup.watch(self.health, hook.url, hook.secret)
            await self._until_stopped(asyncio.sleep(WATCH_INTERVAL_S))

    async def _until_done(self, call: Callable[[], Awaitable[T]]) -> T | None:
        """Repeat the call while Telegram cannot be reached; return `None` if stopped before."""
        while not self._stopping.is_set():
            try:
                return await self._until_stopped(call())
            except DeliveryFailed as failed:
                if isinstance(failed, BadToken):
                    raise _bad_token() from None
                self.health.miss(f"连不上 Bot API（{failed}）")
                log.warning("Telegram cannot be reached: %s", failed)
                await self._until_stopped(asyncio.sleep(RETRY_S))
        return None

    async def _until_stopped(self, work: Awaitable[T]) -> T | None:
        """Return the result of `work`, or `None` if the stop comes first."""
        working, stopping = asyncio.ensure_future(work), asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
            return working.result() if working.done() else None
        finally:
            working.cancel()
            stopping.cancel()


def _bad_token() -> SettingsError:
    expected = "Telegram 不认这个令牌；请到 @BotFather 核对，或重新生成一个"
    return SettingsError("BOT_TELEGRAM__TOKEN", "（不显示）", expected)


def identity(me: Mapping[str, Any]) -> BotIdentity:
    """Convert what `getMe` returned to what the handler needs."""
    return BotIdentity(
        id=me["id"],
        username=me.get("username", ""),
        can_read_all_group_messages=bool(me.get("can_read_all_group_messages")),
        supports_inline_queries=bool(me.get("supports_inline_queries")),
    )


def _name(payload: Payload) -> dict[str, Any]:
    """Return what the log may say of an update."""
    return {"update_id": payload.get("update_id")}
