"""Route what platforms post: one route each, `/webhooks/<platform>`.

The platform's adapter gets headers and bytes as they came, since signatures are made over bytes,
and returns the status.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from fastapi import APIRouter, Request, Response

Receive = Callable[[Mapping[str, str], bytes], Awaitable[int]]
"""Maps the headers, found in any case, and the body to the HTTP status."""


def webhook_router(webhooks: Mapping[str, Receive]) -> APIRouter:
    router = APIRouter()
    for platform, receive in webhooks.items():
        path = f"/webhooks/{platform}"
        router.add_route(path, _route(receive), methods=["POST"], include_in_schema=False)
    return router


def _route(receive: Receive) -> Callable[[Request], Awaitable[Response]]:
    async def post_update(request: Request) -> Response:
        return Response(status_code=await receive(request.headers, await request.body()))

    return post_update
