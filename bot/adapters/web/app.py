"""Build the web application from routes (`api`, `page`, `webhooks`), middleware and `errors`."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from importlib import resources
from typing import Any

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from bot.adapters.web.api import TRACE, Api
from bot.adapters.web.conversation_ids import Gate
from bot.adapters.web.deadlines import Deadlines
from bot.adapters.web.errors import PROBLEM, add_refusals
from bot.adapters.web.fair_turns import FairTurns
from bot.adapters.web.knowledge import Knowledge
from bot.adapters.web.limits import Limits
from bot.adapters.web.links import Links, link_router
from bot.adapters.web.metrics import metrics_route
from bot.adapters.web.middleware import Answers, BodyLimit
from bot.adapters.web.page import Page, page_router
from bot.adapters.web.ports import Readiness, Talks
from bot.adapters.web.rate_limits import CallerLimit, RateLimits
from bot.adapters.web.short_way import ShortWay
from bot.adapters.web.tools import tools_route
from bot.adapters.web.webhooks import webhook_router
from bot.core.dialogue.feedback import ratings as ratings_of
from bot.core.model.pack import Pack
from bot.core.model.reply import Choice, Reply
from bot.core.ports import Clock, Meter, Uncounted
from bot.plugins.adapter import Endpoint

API_VERSION = "1"
_NO_TELEMETRY: Any = {"tracing": False, "metrics": False, "logs": False}
"""FastAPI would ask three times at every request whether somebody listens; see `/metrics`."""
_REFUSAL = {"$ref": "#/components/schemas/RefusalOut"}


class _Described(FastAPI):
    """Describes refusals with their media type, and every answer with an example.

    FastAPI gives all answers of a route the same media type.
    """

    def openapi(self) -> dict[str, Any]:
        described = super().openapi()
        examples = json.loads((resources.files(__package__) / "examples.json").read_text("utf-8"))
        for path, operations in described["paths"].items():
            for method, operation in operations.items():
                own = examples.get(f"{method.upper()} {path}", {})
                for status, answer in operation["responses"].items():
                    content = answer.get("content", {})
                    if content.get("application/json", {}).get("schema") == _REFUSAL:
                        content[PROBLEM] = content.pop("application/json")
                    _exemplify(content, own.get(status, examples["*"].get(status)))
        return described


def _exemplify(content: dict[str, Any], example: Any) -> None:
    """Put an example beside each schema; of a picture only that which is text."""
    for kind, described in content.items():
        if example is not None and kind != "image/png":
            described["example"] = example


def create_app(
    *,
    conversation: Talks,
    clock: Clock,
    readiness: Callable[[], Readiness],
    knowledge_version: Callable[[], str],
    gate: Gate,
    page: Page,
    webhooks: Mapping[str, Sequence[Endpoint]] | None = None,
    pack: Callable[[], Pack] | None = None,
    limits: Limits | None = None,
    tools: ASGIApp | None = None,
    feedback: bool = False,
    origins: Sequence[str] = (),
    meter: Meter | None = None,
    metrics: Callable[[], bytes] | None = None,
) -> FastAPI:
    """Build the ASGI application.

    `readiness` and `knowledge_version` are called at every `/readyz` and must return at once.
    `webhooks` receive what platforms send, by the name of the adapter.  `pack` returns the one in
    use; without it answers cannot be linked to and nothing is listed.  `tools` answers what is
    posted to `/mcp` by callers with the key.  With `feedback` answers ask whether they helped.
    `origins` are those of sites whose scripts may call the API (CORS).  `meter` counts what is
    limited and refused; `metrics` returns what `/metrics` shows to those with the key.

    Raises:
        ValueError: a rate cannot be read.
    """
    limits, meter, endpoints = limits or Limits(), meter or Uncounted(), webhooks or {}
    rates, turns, links = RateLimits(limits, meter), FairTurns(limits.turns, meter), Links(pack)
    rate = _rating(pack) if feedback else None
    api = Api(conversation, clock, gate, links, rates, turns, readiness, knowledge_version, rate)
    app = _application(page.title, rates)
    for routes in (api, Knowledge(pack, clock), Deadlines(pack, clock)):
        app.include_router(routes.router())
    app.include_router(link_router(conversation, links))
    app.include_router(webhook_router(endpoints))
    app.include_router(page_router(page))
    if tools:
        app.router.routes.append(tools_route(tools, gate, turns))
    if metrics:
        app.router.routes.append(metrics_route(metrics, gate))
    # The last one added is the first to see a request.
    app.add_middleware(ShortWay, api=api)
    app.add_middleware(BodyLimit, most_bytes=limits.body_bytes)
    app.add_middleware(CallerLimit, rates=rates, gate=gate)
    if origins:
        _let_in(app, origins)
    app.add_middleware(Answers, meter=meter, platforms=frozenset(endpoints))
    return app


def _rating(pack: Callable[[], Pack] | None) -> Callable[[Reply], Sequence[Choice]]:
    """Return what tells the ways to rate a reply."""
    return lambda reply: ratings_of(pack(), reply) if pack else ()


def _application(title: str, rates: RateLimits) -> FastAPI:
    """Return an application without routes."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await rates.close()

    app = _Described(
        title=title,
        version=API_VERSION,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        telemetry=_NO_TELEMETRY,
    )
    add_refusals(app)
    return app


def _let_in(app: FastAPI, origins: Sequence[str]) -> None:
    """Let scripts of these sites call the API."""
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(origins),
        allow_methods=["GET", "POST", "DELETE"],
        allow_headers=["Authorization", "Content-Type", "If-None-Match", "traceparent"],
        expose_headers=["ETag", "Retry-After", TRACE],
    )
