"""Serve the chat page and its files from memory; they are read once.

Starlette's StaticFiles makes its ETag from time and size of a file; in a wheel all times may be
equal, so a browser could keep an old script.  Here the ETag is a digest of the content.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from importlib import resources
from pathlib import PurePath
from string import Template

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is sent; browsers revalidate it each time and mostly get 304."""

    content: bytes
    media_type: str

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.content).hexdigest()[:32]}"'

    def response(self, known: str) -> Response:
        """Return the file, or 304 if `known` (If-None-Match, may be empty) names this content."""
        headers = {"ETag": self.etag, "Cache-Control": "no-cache"}
        tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
        if tags & {self.etag, "*"}:
            return Response(status_code=304, headers=headers)
        return Response(self.content, media_type=self.media_type, headers=headers)


def page_router(title: str, lead: str, examples: Sequence[str]) -> APIRouter:
    """Serve the page at `/` with `examples` to tap, and its files from `/static/`.

    `lead` says in a sentence what may be asked.
    """
    index, assets = _index(title, lead, examples), _assets()
    router = APIRouter()

    async def get_page(request: Request) -> Response:
        return index.response(request.headers.get("if-none-match", ""))

    async def get_asset(request: Request) -> Response:
        asset = assets.get(request.path_params["name"])
        if asset is None:
            raise HTTPException(404)
        return asset.response(request.headers.get("if-none-match", ""))

    router.add_route("/", get_page, include_in_schema=False)
    router.add_route("/static/{name}", get_asset, include_in_schema=False)
    return router


def _index(title: str, lead: str, examples: Sequence[str]) -> Asset:
    template = Template((resources.files(__package__) / "static/index.html").read_text("utf-8"))
    chips = "\n".join(
        f'          <li><button type="button" class="chip">{escape(example)}</button></li>'
        for example in examples
    )
    page = template.substitute(title=escape(title), lead=escape(lead), examples=chips)
    return Asset(page.encode(), "text/html; charset=utf-8")


def _assets() -> Mapping[str, Asset]:
    return {
        file.name: Asset(file.read_bytes(), _MEDIA_TYPES[suffix])
        for file in (resources.files(__package__) / "static").iterdir()
        if (suffix := PurePath(file.name).suffix) in _MEDIA_TYPES
    }
