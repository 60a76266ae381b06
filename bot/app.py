"""The only place that knows every room: settings in, running bot out."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import secrets
import signal
import socket
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from bot.core.conversation import Conversation
from bot.core.pack import Pack
from bot.core.phrases import REQUIRED
from bot.core.ports import SessionStore
from bot.errors import SettingsError, StoreError
from bot.knowledge.loader import load_pack
from bot.understanding.engine import PackUnderstander

if TYPE_CHECKING:
    from fastapi import FastAPI

    from bot.settings import HttpSettings, Settings

log = logging.getLogger(__name__)

EXPIRY_INTERVAL_S = 3600.0


class SystemClock:
    """The clock of the machine, in UTC."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Brain:
    """A pack and the understander built for it."""

    pack: Pack
    understander: PackUnderstander


def pack_folder(chosen: Path | None) -> Path:
    """The folder to load: the chosen one, the one in the wheel, or the checkout's."""
    if chosen is not None:
        return chosen
    carried = Path(__file__).parent / "_pack"
    return carried if carried.is_dir() else Path(__file__).parent.parent / "knowledge"


def load_brain(folder: Path | None = None) -> Brain:
    """Load and check a pack and index it.

    Raises:
        KnowledgeError: the pack has problems; nothing was loaded.
    """
    pack = load_pack(pack_folder(folder), required_phrases=REQUIRED)
    return Brain(pack, PackUnderstander(pack))


@contextlib.asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Conversation]:
    """The bot without any door: pack loaded, store open and tended.

    Raises:
        KnowledgeError, SettingsError, StoreError: it cannot start.
    """
    from bot.storage import open_store  # SQLAlchemy costs 0.15 s that `zhuce ask` does not need

    brain = load_brain(settings.knowledge)
    clock = SystemClock()
    async with open_store(settings.store) as store, asyncio.TaskGroup() as tasks:
        tending = tasks.create_task(_expire_regularly(store, clock))
        try:
            yield Conversation(brain.pack, brain.understander, store, clock)
        finally:
            tending.cancel()


async def _expire_regularly(store: SessionStore, clock: SystemClock) -> None:
    while True:
        try:
            gone = await store.expire(clock.now())
            log.info("expired sessions deleted", extra={"count": gone})
        except StoreError:
            log.exception("expired sessions could not be deleted")
        await asyncio.sleep(EXPIRY_INTERVAL_S)


def web_app(settings: Settings, conversation: Conversation) -> FastAPI:
    """The HTTP door; without a key on loopback it takes any conversation id."""
    from bot.adapters.web import Readiness, create_app

    key = settings.http.key.get_secret_value() if settings.http.key else None
    return create_app(
        conversation=conversation,
        clock=SystemClock(),
        readiness=lambda: Readiness(
            can_answer=True, degraded=(conversation.trouble,) if conversation.trouble else ()
        ),
        is_open=key is None and is_loopback(settings.http.host),
        key=key,
        signing_secret=signing_secret(key),
        knowledge_version=lambda: conversation.pack.version,
        title=conversation.pack.title + "问答",
    )


def signing_secret(key: str | None) -> bytes:
    """What conversation ids are signed with: the same in every process that has the same key.

    Without a key it is new at each start, and the page starts a new conversation.
    """
    return (
        hashlib.sha256(b"zhuce conversation ids " + key.encode()).digest()
        if key
        else secrets.token_bytes(32)
    )


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


async def serve(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT, then stop within ten seconds."""
    import uvicorn

    bound = listening(settings.http)
    async with running(settings) as conversation:
        config = uvicorn.Config(
            web_app(settings, conversation),
            host=settings.http.host,
            port=settings.http.port,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=8,
        )
        _tell_where(bound)
        # uvicorn raises a signal once more after its shutdown; by then nothing is left to stop.
        signal.signal(signal.SIGTERM, lambda *_: None)
        await uvicorn.Server(config).serve(sockets=[bound])


def _tell_where(bound: socket.socket) -> None:
    host, port = bound.getsockname()[:2]
    address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    log.info("listening", extra={"url": address})
    if sys.stderr.isatty():
        sys.stderr.write(f"网页聊天：{address}　按 Ctrl-C 停止\n")


def listening(http: HttpSettings) -> socket.socket:
    """A socket bound to the address of the settings.

    Raises:
        SettingsError: the address is in use, or not one of this machine.
    """
    family = socket.AF_INET6 if ":" in http.host else socket.AF_INET
    bound = socket.socket(family)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((http.host, http.port))
    except OSError as error:
        bound.close()
        place = f"{http.host}:{http.port}"
        raise SettingsError(
            "BOT_HTTP__PORT", place, f"这个地址用不了（{error.strerror}），请换一个端口"
        ) from None
    return bound
