"""Route what platforms send to the endpoints of their adapters, below `/webhooks/<name>`.

An adapter gets headers and bytes as they came, since signatures are made over bytes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from fastapi import APIRouter
from fastapi import Request as WebRequest
from fastapi import Response as WebResponse

from bot.plugins.adapter import Endpoint, Request


def webhook_router(webhooks: Mapping[str, Sequence[Endpoint]]) -> APIRouter:
    router = APIRouter()
    for name, endpoints in webhooks.items():
        for endpoint in endpoints:
            path, methods = f"/webhooks/{name}{endpoint.path}", list(endpoint.methods)
            router.add_route(path, _route(endpoint), methods=methods, include_in_schema=False)
    return router


def _route(endpoint: Endpoint) -> Callable[[WebRequest], Awaitable[WebResponse]]:
    async def pass_on(request: WebRequest) -> WebResponse:
        answer = await endpoint.answer(
            Request(
                method=request.method,
                query=request.query_params,
                headers=request.headers,
                body=await request.body(),
                url=str(request.url.replace(query="", fragment="")),
            )
        )
        return WebResponse(answer.body, answer.status, dict(answer.headers), answer.media_type)

    return pass_on
