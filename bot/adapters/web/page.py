"""Serve the chat page and its files from memory; they are read and compressed once.

Starlette's StaticFiles makes its ETag from time and size of a file; in a wheel all times may be
equal, so a browser could keep an old script.  Here the ETag is a digest of the content.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from importlib import resources
from pathlib import PurePath
from string import Template

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.adapters.web.etags import has

_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_WORKER = "worker.js"
_LOOK = "look.css"
"""Put in front of every style sheet, so that it costs no request of its own."""
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; manifest-src 'self'; worker-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors {embedders}"
)


@dataclass(frozen=True, slots=True)
class Regions:
    """The regions that a person may say to be in, and the name of their slot in replies."""

    names: Sequence[str] = ()
    slot: str = ""


NO_REGIONS = Regions()


@dataclass(frozen=True, slots=True)
class Page:
    """What the page shows besides the conversation.

    `lead` says in a sentence what may be asked, `examples` can be tapped.  `embedders` are the
    origins of sites that may show the page in a frame.
    """

    title: str
    lead: str = ""
    examples: Sequence[str] = ()
    regions: Regions = NO_REGIONS
    embedders: Sequence[str] = ()


@dataclass(frozen=True)
class Asset:
    """A file as it is sent; browsers revalidate it each time and mostly get 304."""

    content: bytes
    media_type: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.content).hexdigest()[:32]}"'

    @cached_property
    def compressed(self) -> bytes:
        return gzip.compress(self.content, mtime=0)

    def response(self, request: Request) -> Response:
        """Return the file, or 304 if the request knows this content."""
        headers = {
            "ETag": self.etag,
            "Cache-Control": "no-cache",
            "Vary": "Accept-Encoding",
            **self.headers,
        }
        if has(request, self.etag):
            return Response(status_code=304, headers=headers)
        content = self.content
        if "gzip" in request.headers.get("accept-encoding", ""):
            content, headers["Content-Encoding"] = self.compressed, "gzip"
        return Response(content, media_type=self.media_type, headers=headers)


def page_router(page: Page) -> APIRouter:
    """Serve the page at `/`, its files below `/static/`, and what installing it takes beside it."""
    index, assets = _index(page), assets_of(__package__)
    manifest = _manifest(page.title)
    router = APIRouter()

    async def get_page(request: Request) -> Response:
        return index.response(request)

    async def get_manifest(request: Request) -> Response:
        return manifest.response(request)

    async def get_worker(request: Request) -> Response:
        """Serve the worker from here: it may only see what lies below its own address."""
        return assets[_WORKER].response(request)

    async def get_asset(request: Request) -> Response:
        asset = assets.get(request.path_params["name"])
        if asset is None:
            raise HTTPException(404)
        return asset.response(request)

    router.add_route("/", get_page, include_in_schema=False)
    router.add_route("/manifest.json", get_manifest, include_in_schema=False)
    router.add_route(f"/{_WORKER}", get_worker, include_in_schema=False)
    router.add_route("/static/{name}", get_asset, include_in_schema=False)
    return router


def _index(page: Page) -> Asset:
    template = Template((resources.files(__package__) / "static/index.html").read_text("utf-8"))
    text = template.substitute(
        title=escape(page.title),
        lead=escape(page.lead),
        examples=_buttons("chip", page.examples),
        regions=_buttons("region", page.regions.names),
        region_slot=escape(page.regions.slot),
    )
    policy = _POLICY.format(embedders=" ".join(page.embedders) or "'none'")
    return Asset(text.encode(), "text/html; charset=utf-8", {"Content-Security-Policy": policy})


def _buttons(kind: str, labels: Sequence[str]) -> str:
    return "\n".join(
        f'          <li><button type="button" class="{kind}">{escape(label)}</button></li>'
        for label in labels
    )


def _manifest(title: str) -> Asset:
    icon = {"src": "static/icon.svg", "sizes": "any", "type": "image/svg+xml"}
    content = {
        "name": title,
        "lang": "zh-CN",
        "start_url": ".",
        "scope": ".",
        "display": "standalone",
        "background_color": "#f3f5f4",
        "theme_color": "#ffffff",
        "icons": [icon, {**icon, "purpose": "maskable"}],
    }
    text = json.dumps(content, ensure_ascii=False)
    return Asset(text.encode(), "application/manifest+json")


def assets_of(package: str) -> Mapping[str, Asset]:
    """Return the files in `static` of a package; style sheets begin with what all pages share."""
    look = (resources.files(__package__) / "static" / _LOOK).read_bytes()
    return {
        file.name: Asset(
            (look if suffix == ".css" else b"") + file.read_bytes(), _MEDIA_TYPES[suffix]
        )
        for file in (resources.files(package) / "static").iterdir()
        if (suffix := PurePath(file.name).suffix) in _MEDIA_TYPES and file.name != _LOOK
    }
