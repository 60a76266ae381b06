"""Make the web door from settings and a conversation: the app, its gate, limits and figures."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from bot.core.conversation import Conversation
from bot.core.model.pack import Pack
from bot.core.model.vocabulary import PLACE
from bot.errors import SettingsError
from bot.extras import is_installed, needing
from bot.plugins.addresses import is_loopback
from bot.plugins.fields import divided
from bot.redaction import hide_password
from bot.runtime.clock import SystemClock

if TYPE_CHECKING:
    from fastapi import FastAPI

    from bot.adapters.mcp import HttpTools
    from bot.adapters.web import Page
    from bot.adapters.web.limits import Limits, LineLimits
    from bot.adapters.web.page import Regions
    from bot.plugins.adapter import Endpoint
    from bot.runtime.metrics import Metrics, Watched
    from bot.runtime.services import Services
    from bot.settings import Settings

WEB = "网页和 HTTP 接口"
_IDS = b"zhuce conversation ids"


def door(
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
    """Return the chat page and the HTTP API; `troubles` are read at each look at readiness.

    Raises:
        ExtraMissing: the extra `web` is not installed.
    """
    with needing("web", WEB):
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


def key_of(settings: Settings) -> str | None:
    """Return what programs have to send; `None` where no key is set."""
    return settings.http.key.get_secret_value() if settings.http.key else None


def needs_no_key(settings: Settings) -> bool:
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


def _regions(pack: Pack) -> Regions:
    """Return the regions to choose from on the page; none where no answer depends on them."""
    from bot.adapters.web.page import Regions

    names = tuple(pack.regions) if pack.portals else ()
    return Regions(names, pack.vocabulary.names.get(PLACE, PLACE))


def limits_of(settings: Settings) -> Limits:
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


def line_limits_of(settings: Settings) -> LineLimits:
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


def counting() -> Metrics | None:
    """Return what counts, if the extra `metrics` is installed."""
    if not is_installed("metrics"):
        return None
    from bot.runtime.metrics import Metrics

    return Metrics()


def watched(
    version: str,
    settings: Settings,
    conversation: Conversation,
    services: Services | None,
    is_stopping: Callable[[], bool],
) -> Watched:
    from bot.runtime.metrics import Watched

    limits = settings.http.model_dump(
        include={"turns", "body_bytes", "header_bytes", "connections", "address_connections"}
    )
    return Watched(
        version=version,
        pack=lambda: conversation.pack,
        store=lambda: conversation.trouble,
        adapters=services.trouble_of if services else dict,
        is_stopping=is_stopping,
        limits=limits,
    )


def signing_secret(key: str | None) -> bytes:
    """Return the key that signs conversation ids: the same in every process that has the same key.

    It is derived slowly (scrypt, 16 MiB, some 50 ms), because anybody is given a signed id and may
    try keys on it.  Without a key it is new at each start, and the page starts a new conversation.
    """
    if key is None:
        return secrets.token_bytes(32)
    return hashlib.scrypt(key.encode(), salt=_IDS, n=2**14, r=8, p=1, dklen=32)
