"""Compare what a client has with what there is, by the tag of its content (RFC 9110, 8.8.3)."""

from __future__ import annotations

from starlette.requests import Request


def has(request: Request, etag: str) -> bool:
    """Return whether the request knows the content of this tag; then 304 says it all."""
    known = request.headers.get("if-none-match", "")
    return bool({tag.strip().removeprefix("W/") for tag in known.split(",")} & {etag, "*"})
