"""The HTTP server of the process; the process has other things to stop besides it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

GRACE_S = 6
"""How long requests under way are waited for."""


class Server(uvicorn.Server):
    """Tells when a signal has come, and leaves it at that: uvicorn would raise it once more."""

    def __init__(self, app: ASGIApp, on_stop: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app, log_config=None, access_log=False, timeout_graceful_shutdown=GRACE_S
            )
        )
        self._on_stop = on_stop
        self.was_interrupted = False

    def stop(self) -> None:
        """Finish what is under way and return from `serve`."""
        self.should_exit = True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """Called in the main thread at any moment, in the middle of what the event loop does."""
        self.was_interrupted = sig == signal.SIGINT
        self.force_exit = self.should_exit and self.was_interrupted
        self.should_exit = True
        asyncio.get_running_loop().call_soon_threadsafe(self._on_stop)
