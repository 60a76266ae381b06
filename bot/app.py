"""Wire all rooms together: settings in, running bot out; the only module that knows every room."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import socket
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.core.conversation import Conversation
from bot.core.ports import Brain, Meter
from bot.errors import SettingsError
from bot.extras import default_store, is_installed, needing
from bot.plugins.fields import divided
from bot.runtime.addresses import listening
from bot.runtime.brain import load_brain, pack_folder
from bot.runtime.clock import SystemClock, calendar_writer, write_calendar
from bot.runtime.garbage import short_collections
from bot.runtime.second_opinion import reread, sentence_encoder
from bot.runtime.web_door import (
    WEB,
    counting,
    door,
    key_of,
    limits_of,
    line_limits_of,
    needs_no_key,
    watched,
)

if TYPE_CHECKING:
    from fastapi import FastAPI

    from bot.adapters.mcp import HttpTools
    from bot.plugins.adapter import Commands
    from bot.runtime.embedded import Embedded
    from bot.runtime.metrics import Metrics
    from bot.runtime.reload import Reloader
    from bot.runtime.services import Services
    from bot.runtime.workplace import Workplace
    from bot.settings import Settings

__all__ = [
    "Brain",
    "SystemClock",
    "load_brain",
    "pack_folder",
    "reread",
    "sentence_encoder",
    "write_calendar",
]
"""What an application of yours needs besides `embedded` and `running`, here as well."""

log = logging.getLogger(__name__)

_MCP = "给语言模型用的工具"
_VECTORS = Path("data/semantic")
"""As `BOT_SEMANTIC_CACHE` is unless it is set."""


@contextlib.asynccontextmanager
async def running(settings: Settings, meter: Meter | None = None) -> AsyncIterator[Conversation]:
    """Run the bot without any door: pack loaded, store open, chores running.

    Raises:
        KnowledgeError, SettingsError, StoreError: it cannot start.
    """
    from bot.drawing import ChartDrawer

    brain = load_brain(settings.knowledge)
    if settings.semantic:
        brain = reread(brain, settings.semantic_cache, is_warm=True)
    # SQLAlchemy costs 0.15 s that `zhuce ask` does not need, and 9 MiB less after the pack.
    from bot.runtime.chores import open_journal, running_chores
    from bot.runtime.slices import thinking
    from bot.storage import open_store

    clock = SystemClock()
    async with open_store(settings.store) as store, open_journal(settings.journal) as journal:
        conversation = Conversation(
            brain,
            store,
            clock,
            journal,
            drawer=ChartDrawer(),
            calendar=calendar_writer(),
            meter=meter,
            thinking=thinking(),
        )
        _tell_what_is_lost(settings.store)
        async with running_chores(conversation, store, journal):
            yield conversation


def embedded(
    store: str | None = None,
    knowledge: str | Path | None = None,
    journal: str | None = None,
    *,
    semantic: bool = False,
) -> Embedded:
    """Return the bot for a program of yours, to be opened by `async with`.

    `store` and `journal` are URLs as in the settings: without `store` sessions are in
    `data/bot.db`, or in memory if the extra `sql` is not installed; without `journal` nothing is
    noted.  `knowledge` is the folder of a pack, and `semantic` asks for the second opinion of the
    extra of that name.  Called where no event loop runs, it reads the pack at once; called inside
    one it returns at once, and the pack is read in a thread when the conversation is opened or
    first used.

    Raises:
        KnowledgeError: the pack has problems; nothing was loaded.
        SettingsError: the extra `semantic` is not installed.
    """
    from bot.runtime.embedded import Embedded
    from bot.storage import load_drivers

    url = store or default_store()
    if store is None:
        _tell_what_is_lost(url)

    def read() -> Brain:
        load_drivers(url, journal or "")
        brain = load_brain(Path(knowledge) if knowledge else None)
        return reread(brain, _VECTORS, is_warm=True) if semantic else brain

    conversation = Embedded(read, url, SystemClock(), journal)
    if not _is_in_a_loop():
        conversation.read()
    return conversation


def _is_in_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _tell_what_is_lost(store: str) -> None:
    if store == "memory://" and not is_installed("sql"):
        log.warning("sessions are in memory and end with the process: install zhuce[sql]")


def asgi_app(
    conversation: Conversation,
    *,
    key: str | None = None,
    is_open: bool = False,
    embedders: Sequence[str] = (),
    feedback: bool = False,
    origins: Sequence[str] = (),
) -> FastAPI:
    """Return the web chat and the HTTP API of a conversation, to be mounted or served.

    `key` is what programs that name their own conversations send, at least 16 characters; it also
    makes ids of conversations last over restarts and hold in every process.  With `is_open` any
    conversation id is taken, which is right only where nobody else can connect.  `embedders` are
    the origins (`https://www.example.cn`) of sites that may show the chat in a frame.  With
    `feedback` answers ask whether they helped; the conversation needs a journal for that.
    `origins` are the sites whose scripts may call the API.

    Raises:
        ExtraMissing: the extra `web` is not installed.
        SettingsError: the key is shorter than 16 characters.
    """
    from bot.settings import SHORTEST_KEY

    if key is not None and len(key) < SHORTEST_KEY:
        expected = f"至少要 {SHORTEST_KEY} 个字符，最好是随机的；不要密钥就不写"
        raise SettingsError("key", f"{len(key)} 个字符", expected)
    return door(
        conversation,
        key,
        is_open=is_open,
        troubles=tuple,
        webhooks={},
        embedders=embedders,
        feedback=feedback,
        origins=origins,
    )


def web_app(
    settings: Settings,
    conversation: Conversation,
    services: Services | None = None,
    is_stopping: Callable[[], bool] = lambda: False,
    tools: HttpTools | None = None,
    work: Workplace | None = None,
    metrics: Metrics | None = None,
) -> FastAPI:
    """Return the HTTP door; without a key on loopback it takes any conversation id.

    While `is_stopping`, `/readyz` answers 503, so that nothing new is sent here.

    Raises:
        ExtraMissing: there is no web server.
    """
    key = key_of(settings)
    if metrics:
        from bot import __version__

        metrics.watch(watched(__version__, settings, conversation, services, is_stopping))
    app = door(
        conversation,
        key,
        is_open=needs_no_key(settings),
        troubles=services.troubles if services else tuple,
        webhooks=services.endpoints if services else {},
        embedders=divided(settings.http.embedders),
        is_stopping=is_stopping,
        limits=limits_of(settings),
        tools=tools,
        feedback=settings.asks_feedback,
        origins=divided(settings.http.origins),
        metrics=metrics.shown if metrics else None,
    )
    if work is not None and settings.admin.key is not None:
        from bot.admin import console_router

        app.include_router(console_router(work, settings.admin.key.get_secret_value()))
    return app


@contextlib.asynccontextmanager
async def _workplace(
    settings: Settings, conversation: Conversation, reloader: Reloader | None
) -> AsyncIterator[Callable[[], Workplace]]:
    """Yield what opens the place where operators work; it is not imported where nobody may."""
    async with contextlib.AsyncExitStack() as stack:

        @functools.cache
        def opened() -> Workplace:
            from bot.runtime.workplace import Workplace

            work = Workplace(conversation, settings, pack_folder(settings.knowledge), reloader)
            stack.push_async_callback(work.drafts.close)
            return work

        yield opened


def _commands(work: Callable[[], Workplace]) -> Commands:
    """Return what operators may do in their chat with the bot."""
    from bot.runtime.operator_commands import OperatorCommands

    return OperatorCommands(work())


def check_settings(settings: Settings) -> None:
    """Find what `serve` would say of the settings, without connecting to anything.

    Raises:
        BotError: it would not start with them.
    """
    from bot.runtime.services import services_of
    from bot.storage import check_address
    from bot.storage.memory import MemoryStore

    check_address(settings.store)
    if settings.journal:
        check_address(settings.journal, "BOT_JOURNAL")
    _require_key_for_tools(settings)
    limits_of(settings)
    brain = load_brain(settings.knowledge)
    # Adapters say what they lack when their services are built; those wait for nothing until `run`.
    services_of(settings, Conversation(brain, MemoryStore(), SystemClock()))


def event_loop() -> Callable[[], asyncio.AbstractEventLoop]:
    """Return the factory of the event loop: uvloop's where it is installed, else asyncio's own.

    Raises:
        ExtraMissing: there is no web server.
    """
    with needing("web", WEB):
        from uvicorn.loops.auto import auto_loop_factory

    return auto_loop_factory()


async def serve_tools(brain: Brain) -> None:
    """Serve the tools for language models over stdio until stdin ends; nothing is stored.

    Raises:
        ExtraMissing: the extra `mcp` is not installed.
    """
    with needing("mcp", _MCP):
        from bot.adapters.mcp import serve_stdio
    from bot import __version__
    from bot.drawing import ChartDrawer
    from bot.storage.memory import MemoryStore

    conversation = Conversation(brain, MemoryStore(), SystemClock(), drawer=ChartDrawer())
    await serve_stdio(conversation, __version__)


def _http_tools(settings: Settings, conversation: Conversation) -> HttpTools | None:
    """Return the tools for language models if the settings ask for them.

    Raises:
        ExtraMissing: the extra `mcp` is not installed.
        SettingsError: others can connect, and there is no key.
    """
    if not settings.http.mcp:
        return None
    _require_key_for_tools(settings)
    with needing("mcp", _MCP):
        from bot.adapters.mcp import HttpTools
    from bot import __version__

    return HttpTools(conversation, __version__, is_open=needs_no_key(settings))


def _require_key_for_tools(settings: Settings) -> None:
    if settings.http.mcp and settings.http.key is None and not needs_no_key(settings):
        raise SettingsError("BOT_HTTP__MCP", "on", "监听的不是本机时，还要设置 BOT_HTTP__KEY")


async def serve(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT, then stop within ten seconds.

    Raises:
        BotError: it cannot start, or an adapter cannot go on.
        KeyboardInterrupt: it was SIGINT; everything is stopped by then.
    """
    from bot.adapters.web.server import Server
    from bot.runtime.services import services_of

    bound = listening(settings.http)
    metrics = counting()
    async with (
        running(settings, metrics) as conversation,
        _reloading(settings, conversation) as reloader,
        _workplace(settings, conversation, reloader) as work,
    ):
        services = services_of(settings, conversation, lambda: _commands(work))
        tools = _http_tools(settings, conversation)
        desk = work() if settings.admin.key else None
        app = web_app(
            settings, conversation, services, lambda: server.is_stopping, tools, desk, metrics
        )
        server = Server(app, services.stop, line_limits_of(settings), metrics)
        _tell_where(bound)
        async with (
            tools.running() if tools else contextlib.nullcontext(),
            services.running(server.stop),
        ):
            with short_collections():
                await server.serve(sockets=[bound])
    if server.was_interrupted:
        raise KeyboardInterrupt


@contextlib.asynccontextmanager
async def _reloading(
    settings: Settings, conversation: Conversation
) -> AsyncIterator[Reloader | None]:
    """Follow the files of the pack, unless the settings say not to."""
    if not settings.reload:
        yield None
        return
    from bot.runtime.reload import reloading

    def load(folder: Path) -> Brain:
        brain = load_brain(folder)
        return reread(brain, settings.semantic_cache, is_warm=True) if settings.semantic else brain

    async with reloading(conversation, pack_folder(settings.knowledge), load) as reloader:
        yield reloader


def _tell_where(bound: socket.socket) -> None:
    host, port = bound.getsockname()[:2]
    address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    log.info("listening", extra={"url": address})
    if sys.stderr.isatty():
        sys.stderr.write(f"网页聊天：{address}　按 Ctrl-C 停止\n")
