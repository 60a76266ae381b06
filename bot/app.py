"""Wire all rooms together: settings in, running bot out; the only module that knows every room."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import hashlib
import logging
import secrets
import socket
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.core.conversation import Conversation
from bot.core.model.pack import Pack
from bot.core.model.vocabulary import PLACE
from bot.core.ports import Brain, Meter
from bot.errors import SettingsError
from bot.extras import default_store, is_installed, needing
from bot.plugins.addresses import is_loopback
from bot.plugins.fields import divided
from bot.redaction import hide_password
from bot.runtime.addresses import listening
from bot.runtime.brain import load_brain, pack_folder
from bot.runtime.clock import SystemClock, calendar_writer, write_calendar
from bot.runtime.garbage import short_collections

if TYPE_CHECKING:
    from fastapi import FastAPI

    from bot.adapters.mcp import HttpTools
    from bot.adapters.web import Page
    from bot.adapters.web.limits import Limits, LineLimits
    from bot.adapters.web.page import Regions
    from bot.plugins.adapter import Commands, Endpoint
    from bot.runtime.embedded import Embedded
    from bot.runtime.metrics import Metrics, Watched
    from bot.runtime.reload import Reloader
    from bot.runtime.services import Services
    from bot.runtime.workplace import Workplace
    from bot.settings import Settings
    from bot.understanding.semantic.encoder import Encoder
    from bot.understanding.semantic.vectors import Report

__all__ = ["Brain", "SystemClock", "load_brain", "pack_folder", "write_calendar"]
"""What an application of yours needs besides `embedded` and `running`, here as well."""

log = logging.getLogger(__name__)

_WEB = "网页和 HTTP 接口"
_MCP = "给语言模型用的工具"
_VECTORS = Path("data/semantic")
"""As `BOT_SEMANTIC_CACHE` is unless it is set."""


def sentence_encoder() -> Encoder:
    """Return the encoder of sentences.

    Raises:
        SettingsError: it is not installed.
    """
    from bot.understanding.semantic.encoder import EXTRA, UniversalEncoder

    try:
        return UniversalEncoder()
    except ImportError as error:
        expected = f"没有安装语义模型（{error.name}）：pip install '{EXTRA}'，或写 off"
        raise SettingsError("BOT_SEMANTIC", "on", expected) from error


def reread(
    brain: Brain, folder: Path, report: Report = lambda *_: None, *, is_warm: bool = False
) -> Brain:
    """Return the brain with vectors in use where words leave doubt; `folder` caches them.

    The encoder takes a second to load; unless it is to be warm, the first doubt pays for that.

    Raises:
        SettingsError: the encoder is not installed.
    """
    from bot.understanding.semantic.fallback import SemanticUnderstander, phrasings_of
    from bot.understanding.semantic.vectors import vectors_of

    encoder, entries = sentence_encoder(), tuple(brain.pack.entries.values())
    vectors = vectors_of(phrasings_of(entries), encoder, folder, report)
    if is_warm:
        encoder.encode_one(brain.pack.title)
    return Brain(brain.pack, SemanticUnderstander(brain.understander, entries, vectors, encoder))


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
    return _door(
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
    key = _key(settings)
    if metrics:
        metrics.watch(_watched(settings, conversation, services, is_stopping))
    app = _door(
        conversation,
        key,
        is_open=_is_open(settings),
        troubles=services.troubles if services else tuple,
        webhooks=services.endpoints if services else {},
        embedders=divided(settings.http.embedders),
        is_stopping=is_stopping,
        limits=_limits(settings),
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


def _key(settings: Settings) -> str | None:
    return settings.http.key.get_secret_value() if settings.http.key else None


def _is_open(settings: Settings) -> bool:
    """Return whether the door needs no key: only this machine can connect, and none is set."""
    return settings.http.key is None and is_loopback(settings.http.host)


def _page(pack: Pack, embedders: Sequence[str]) -> Page:
    from bot.adapters.web import Page

    return Page(
        title=pack.title + "问答",
        lead=pack.phrase("page_lead"),
        examples=pack.examples,
        regions=_regions(pack),
        embedders=embedders,
    )


def _door(
    conversation: Conversation,
    key: str | None,
    *,
    is_open: bool,
    troubles: Callable[[], tuple[str, ...]],
    webhooks: Mapping[str, Sequence[Endpoint]],
    embedders: Sequence[str],
    is_stopping: Callable[[], bool] = lambda: False,
    limits: Limits | None = None,
    tools: HttpTools | None = None,
    feedback: bool = False,
    origins: Sequence[str] = (),
    metrics: Callable[[], bytes] | None = None,
) -> FastAPI:
    with needing("web", _WEB):
        from bot.adapters.web import Gate, Readiness, create_app

    def readiness() -> Readiness:
        if is_stopping():
            return Readiness(can_answer=False, degraded=("正在停止",))
        degraded = tuple(filter(None, (conversation.trouble, *troubles())))
        return Readiness(can_answer=True, degraded=degraded)

    return create_app(
        conversation=conversation,
        clock=SystemClock(),
        readiness=readiness,
        webhooks=webhooks,
        limits=limits,
        gate=Gate(is_open, key, signing_secret(key)),
        knowledge_version=lambda: conversation.pack.version,
        page=_page(conversation.pack, embedders),
        pack=lambda: conversation.pack,
        tools=tools,
        feedback=feedback,
        origins=origins,
        meter=conversation.meter,
        metrics=metrics,
    )


def _regions(pack: Pack) -> Regions:
    """Return the regions to choose from on the page; none where no answer depends on them."""
    from bot.adapters.web.page import Regions

    names = tuple(pack.regions) if pack.portals else ()
    return Regions(names, pack.vocabulary.names.get(PLACE, PLACE))


def _limits(settings: Settings) -> Limits:
    """Return the limits of the settings.

    Raises:
        SettingsError: requests are to be counted in Redis, and its driver is not installed.
    """
    from bot.adapters.web.limits import Limits

    http = settings.http
    if http.rate_store != "memory://" and not is_installed("redis"):
        expected = "没有安装它的驱动：pip install 'zhuce[redis]'"
        raise SettingsError("BOT_HTTP__RATE_STORE", hide_password(http.rate_store), expected)
    return Limits(
        address=http.address_rate,
        conversation=http.conversation_rate,
        key=http.key_rate,
        store=http.rate_store,
        body_bytes=http.body_bytes,
        turns=http.turns,
    )


def _metrics() -> Metrics | None:
    """Return what counts, if the extra `metrics` is installed."""
    if not is_installed("metrics"):
        return None
    from bot.runtime.metrics import Metrics

    return Metrics()


def _watched(
    settings: Settings,
    conversation: Conversation,
    services: Services | None,
    is_stopping: Callable[[], bool],
) -> Watched:
    from bot import __version__
    from bot.runtime.metrics import Watched

    limits = settings.http.model_dump(
        include={"turns", "body_bytes", "header_bytes", "connections", "address_connections"}
    )
    return Watched(
        version=__version__,
        pack=lambda: conversation.pack,
        store=lambda: conversation.trouble,
        adapters=services.trouble_of if services else dict,
        is_stopping=is_stopping,
        limits=limits,
    )


def _line_limits(settings: Settings) -> LineLimits:
    from bot.adapters.web.limits import LineLimits

    http = settings.http
    return LineLimits(
        header_bytes=http.header_bytes,
        header_s=http.header_timeout,
        body_s=http.body_timeout,
        connections=http.connections,
        address_connections=http.address_connections,
        proxies=divided(http.proxies),
    )


_IDS = b"zhuce conversation ids"


def signing_secret(key: str | None) -> bytes:
    """Return the key that signs conversation ids: the same in every process that has the same key.

    It is derived slowly (scrypt, 16 MiB, some 50 ms), because anybody is given a signed id and may
    try keys on it.  Without a key it is new at each start, and the page starts a new conversation.
    """
    if key is None:
        return secrets.token_bytes(32)
    return hashlib.scrypt(key.encode(), salt=_IDS, n=2**14, r=8, p=1, dklen=32)


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
    _limits(settings)
    brain = load_brain(settings.knowledge)
    # Adapters say what they lack when their services are built; those wait for nothing until `run`.
    services_of(settings, Conversation(brain, MemoryStore(), SystemClock()))


def event_loop() -> Callable[[], asyncio.AbstractEventLoop]:
    """Return the factory of the event loop: uvloop's where it is installed, else asyncio's own.

    Raises:
        ExtraMissing: there is no web server.
    """
    with needing("web", _WEB):
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

    return HttpTools(conversation, __version__, is_open=_is_open(settings))


def _require_key_for_tools(settings: Settings) -> None:
    if settings.http.mcp and settings.http.key is None and not _is_open(settings):
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
    metrics = _metrics()
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
        server = Server(app, services.stop, _line_limits(settings), metrics)
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
