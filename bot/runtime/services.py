"""Build the services of the adapters that the settings ask for, and run them beside the server."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence

from bot.core.conversation import Conversation
from bot.errors import BotError
from bot.plugins.adapter import Commands, Endpoint, Listening, Service, Surroundings
from bot.plugins.addresses import is_loopback
from bot.plugins.registry import adapters
from bot.runtime.clock import SystemClock
from bot.settings import Settings

RETRY_S = 5.0
log = logging.getLogger(__name__)


def listening_of(settings: Settings) -> Listening:
    http = settings.http
    return Listening(http.host, http.port, is_local=is_loopback(http.host))


class Services:
    """The adapters at work."""

    def __init__(self, services: Mapping[str, Service] | None = None) -> None:
        self._services = dict(services or {})
        self._failed: dict[str, str] = {}
        self._stopping = asyncio.Event()

    @property
    def endpoints(self) -> dict[str, Sequence[Endpoint]]:
        return {name: service.endpoints for name, service in self._services.items()}

    def troubles(self) -> tuple[str, ...]:
        """Return what is wrong, in sentences for the operator."""
        return tuple(filter(None, self.trouble_of().values()))

    def trouble_of(self) -> dict[str, str | None]:
        """Return what is wrong with each, by its name; `None` where nothing is."""
        return {
            name: self._failed.get(name) or service.trouble()
            for name, service in self._services.items()
        }

    def stop(self) -> None:
        self._stopping.set()
        for service in self._services.values():
            service.stop()

    @contextlib.asynccontextmanager
    async def running(self, on_end: Callable[[], None]) -> AsyncIterator[None]:
        """Run them all; `on_end` is called when the first one ends.

        Raises:
            BotError: one of them cannot go on.
        """
        tasks = [asyncio.create_task(self._keep(*item)) for item in self._services.items()]
        for task in tasks:
            task.add_done_callback(lambda _: on_end())
        try:
            yield
        finally:
            self.stop()
            outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome

    async def _keep(self, name: str, service: Service) -> None:
        """Run one, and again after a fault of its own; the others go on meanwhile."""
        while not self._stopping.is_set():
            try:
                await service.run()
            except BotError:
                raise
            except Exception:
                log.exception("an adapter begins anew", extra={"adapter": name})
                self._failed[name] = f"{name}：程序出错，见日志"
                await self._pause()
                self._failed.pop(name)
            else:
                return

    async def _pause(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(RETRY_S):
                await self._stopping.wait()


def services_of(
    settings: Settings,
    conversation: Conversation,
    commands: Callable[[], Commands] | None = None,
) -> Services:
    """Return the services of every installed adapter that the settings ask for.

    `commands` are those of operators; it is called if an adapter has some.

    Raises:
        BotError: a setting is missing, or something is not installed.
    """
    surroundings = Surroundings(
        conversation,
        SystemClock(),
        listening_of(settings),
        commands,
        asks_feedback=settings.asks_feedback,
    )
    started = {
        name: adapter.start(settings.of(adapter), surroundings)
        for name, adapter in adapters().items()
    }
    return Services({name: service for name, service in started.items() if service is not None})
