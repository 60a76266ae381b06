"""Run the HTTP server in a process that has other things to stop as well."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from bot.adapters.web.connections import protocol
from bot.adapters.web.limits import LineLimits
from bot.core.ports import Meter

GRACE_S = 6
"""How long running requests may take after the stop."""
NOTICE_S = 0.5
"""How long connections are still taken after SIGTERM, while `/readyz` answers 503: whoever shares
out the requests can see that before it meets a closed port."""


class Server(uvicorn.Server):
    """Reports a signal to `on_stop` and does nothing more: uvicorn itself would raise it again."""

    def __init__(
        self,
        app: ASGIApp,
        on_stop: Callable[[], None],
        limits: LineLimits | None = None,
        meter: Meter | None = None,
    ) -> None:
        limits = limits or LineLimits()
        super().__init__(
            uvicorn.Config(
                app,
                http=protocol(limits, meter),  # type: ignore[arg-type]  # what makes one will do
                ws="none",  # nothing here speaks it
                log_config=None,
                access_log=False,
                proxy_headers=bool(limits.proxies),
                forwarded_allow_ips=list(limits.proxies),
                timeout_graceful_shutdown=GRACE_S,
            )
        )
        self._on_stop = on_stop
        self.was_interrupted = self.is_stopping = False

    def stop(self) -> None:
        """Finish running requests and return from `serve`."""
        self.is_stopping = self.should_exit = True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """Handle a signal; called in the main thread at any moment of the event loop's work."""
        self.was_interrupted = sig == signal.SIGINT
        self.force_exit = self.is_stopping and self.was_interrupted
        asyncio.get_running_loop().call_soon_threadsafe(self._begin_to_stop)

    def _begin_to_stop(self) -> None:
        pause_s = 0 if self.was_interrupted or self.is_stopping else NOTICE_S
        self.is_stopping = True
        asyncio.get_running_loop().call_later(pause_s, self._end)

    def _end(self) -> None:
        self._on_stop()
        self.stop()
