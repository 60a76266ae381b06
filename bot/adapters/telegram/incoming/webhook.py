"""Receive updates that Telegram posts: check, store, and only then acknowledge.

Telegram repeats an update until it gets a 2xx, and holds back the next one of the same chat.  An
update that cannot be read is therefore acknowledged too; one that could not be stored is not.

Without a secret, which is only allowed on loopback, whoever can connect counts as Telegram.  That
must not be a page in a browser on this machine: what such a page can send is refused.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

from bot.adapters.delivery.health import Health
from bot.adapters.delivery.intake import Intake
from bot.adapters.telegram.incoming.json_view import Payload

SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105  the header's name
LOOPBACK = ("localhost", "127.0.0.1", "::1")
SAID_BY_BROWSERS = ("origin", "sec-fetch-site")
BUDGET_S = 2.5
"""How long a call waits for the store.  Telegram itself waits for 60 s
(tdlib/telegram-bot-api#341), but a connection that waits is not free for the next update.
"""


class Receiver:
    """Answers Telegram's calls with a status; refuses all of them until `open` is called."""

    def __init__(
        self, secret: str | None, health: Health, hosts: Collection[str] = frozenset()
    ) -> None:
        """Take `hosts`, beside loopback's, as names of this server in calls without a secret."""
        self._secret = secret.encode() if secret else None
        self._hosts = {*hosts, *LOOPBACK}
        self._health = health
        self._intake: Intake[Payload] | None = None

    def open(self, intake: Intake[Payload]) -> None:
        """Take updates in from now on."""
        self._intake = intake

    async def receive(self, headers: Mapping[str, str], body: bytes) -> int:
        """Return the HTTP status for a call; header names are in lower case."""
        if not self._is_genuine(headers.get(SECRET_HEADER, "")):
            return 401
        if self._secret is None and self._may_be_of_a_page(headers):
            return 403
        payload = _decoded(body)
        if payload is None:
            return 400
        if self._intake is None:
            return 503
        return await self._take(self._intake, payload)

    def _is_genuine(self, given: str) -> bool:
        """Compare the secret in constant time; header bytes arrive decoded as latin-1."""
        if self._secret is None:
            return True
        return hmac.compare_digest(given.encode("latin-1", "replace"), self._secret)

    def _may_be_of_a_page(self, headers: Mapping[str, str]) -> bool:
        """Return whether a page in a browser could have sent this.

        Without asking first a page cannot post JSON as such, and no browser lets it leave out
        `Origin`.  A page whose own name was made to lead here (DNS rebinding) says that name.
        """
        media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        return (
            media_type != "application/json"
            or any(name in headers for name in SAID_BY_BROWSERS)
            or _host_in(headers.get("host", "")) not in self._hosts
        )

    async def _take(self, intake: Intake[Payload], payload: Payload) -> int:
        if not await intake.take_within(BUDGET_S, payload):
            return 503
        self._health.beat()
        return 200


def _host_in(header: str) -> str:
    """Return the name in a `Host`, in lower case, without port and brackets."""
    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""


def _decoded(body: bytes) -> Payload | None:
    """Return the update; `None` if the body is not one."""
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(payload, dict) or not isinstance(payload.get("update_id"), int):
        return None
    return payload
