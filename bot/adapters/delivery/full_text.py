"""Show a reply in full on a page of its own, for one that a message has no room for.

The address names the update in an encrypted form, so that it tells nothing of the person and nobody
can guess another.  The page is as old as the claim in the store: after two days it is gone.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from html import escape

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.core.conversation import Conversation
from bot.core.model.reply import Reply, part_as_text
from bot.core.model.update import ConversationKey
from bot.errors import StoreUnavailable
from bot.plugins import Endpoint, Request, Response

PATH = "/full"
_NAME = "m"

_NONCE = 12
_ADDRESS = re.compile(r"https?://(?:[!-~]*(?![,.;:!?)\]}'\"<>])[!-~]|[!-~])")
_STYLE = (
    "body{font:1.05rem/1.7 system-ui,sans-serif;max-width:40rem;margin:0 auto;padding:1rem;"
    "color:#1a1a1a;background:#fff;overflow-wrap:anywhere}"
    "p{white-space:pre-wrap;margin:0 0 1rem}h1{font-size:1.1rem}"
    "@media(prefers-color-scheme:dark){body{color:#e8e8e8;background:#111}a{color:#8ab4f8}}"
)
_STYLE_HASH = b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Robots-Tag": "noindex",
}


class Names:
    """Writes and reads the names of updates in addresses."""

    def __init__(self, secret: str) -> None:
        self._cipher = AESGCM(hashlib.sha256(f"full text:{secret}".encode()).digest())

    def write(self, key: ConversationKey, update_id: str) -> str:
        plain = json.dumps([key.platform, key.chat, key.user, update_id]).encode()
        nonce = os.urandom(_NONCE)
        sealed = nonce + self._cipher.encrypt(nonce, plain, None)
        return urlsafe_b64encode(sealed).decode().rstrip("=")

    def read(self, name: str) -> tuple[ConversationKey, str] | None:
        """Return the conversation and the id; `None` for what was not written here."""
        try:
            sealed = urlsafe_b64decode(name + "=" * (-len(name) % 4))
            plain = self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], None)
        except (Base64Error, InvalidTag, ValueError):
            return None
        platform, chat, user, update_id = json.loads(plain)
        return ConversationKey(platform, chat, user), update_id


class FullText:
    """The pages of one adapter; safe to call from many tasks at once."""

    def __init__(self, conversation: Conversation, secret: str, url: str) -> None:
        """Take `url` as the public address of the adapter's endpoints, without a path of theirs."""
        self._conversation, self._names, self._url = conversation, Names(secret), url

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(self._show, PATH, methods=("GET",))

    def line(self, key: ConversationKey, update_id: str) -> str:
        """Return the words that lead to all of a reply."""
        name = self._names.write(key, update_id)
        return f"{self._phrase('full_text')}：{self._url}{PATH}?{_NAME}={name}"

    def _phrase(self, key: str) -> str:
        return self._conversation.pack.phrase(key)

    async def _show(self, request: Request) -> Response:
        name = self._names.read(request.query.get(_NAME, ""))
        if name is None:
            return Response(404)
        title = self._conversation.pack.title
        try:
            reply = await self._conversation.told(*name)
        except StoreUnavailable:
            return _response(503, note_page(title, self._phrase("try_later")))
        if reply is None:
            return _response(404, note_page(title, self._phrase("full_text_gone")))
        return _response(200, page(title, reply))


def _response(status: int, text: str) -> Response:
    return Response(status, text.encode(), "text/html; charset=utf-8", HEADERS)


def page(title: str, reply: Reply) -> str:
    """Return the page of a reply; choices are numbered as they are in the chat."""
    blocks = filter(None, map(part_as_text, reply.parts))
    return note_page(title, *blocks)


def note_page(title: str, *blocks: str) -> str:
    """Return a page of some paragraphs of plain text; addresses in them can be opened."""
    shown = "".join(f"<p>{_linked(block)}</p>" for block in blocks)
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><h1>{escape(title)}</h1>{shown}</body></html>"
    )


def _linked(text: str) -> str:
    parts, at = [], 0
    for found in _ADDRESS.finditer(text):
        address = escape(found[0])
        parts += [escape(text[at : found.start()]), f'<a href="{address}">{address}</a>']
        at = found.end()
    return "".join([*parts, escape(text[at:])])
