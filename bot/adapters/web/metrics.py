"""Show what was counted to callers with the key (`/metrics`)."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.adapters.web.conversation_ids import Gate
from bot.adapters.web.tools import without_key

METRICS = "/metrics"
_TEXT_FORM = "text/plain; version=0.0.4; charset=utf-8"
"""The text format of Prometheus."""


def metrics_route(metrics: Callable[[], bytes], gate: Gate) -> Route:
    """Return the route; numbers of use are nobody's business but the operator's."""

    async def show(request: Request) -> Response:
        if not gate.lets_in(request.headers.get("authorization", "")):
            return without_key()
        return Response(metrics(), media_type=_TEXT_FORM)

    return Route(METRICS, show, methods=["GET"], include_in_schema=False)
