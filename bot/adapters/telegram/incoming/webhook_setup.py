"""Tell Telegram how updates travel, and check it while the bot runs."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from typing import Any

from bot.adapters.delivery.errors import Refused
from bot.adapters.delivery.health import Health
from bot.adapters.telegram.incoming.kinds import ALLOWED_UPDATES
from bot.adapters.telegram.ports import Caller
from bot.errors import DeliveryFailed, SettingsError

log = logging.getLogger(__name__)

MOST_CONNECTIONS = 40
"""The default of setWebhook (https://core.telegram.org/bots/api#setwebhook), sent all the same, so
that it can be compared with what the server has.
"""
RECENT_S = 90.0


class WebhookSetup:
    """The webhook of one bot, as Telegram knows it."""

    def __init__(self, caller: Caller, kinds: Sequence[str] = ALLOWED_UPDATES) -> None:
        self._caller, self._kinds = caller, tuple(kinds)

    async def remove(self) -> None:
        """Remove the webhook, so that `getUpdates` works; pending updates are kept."""
        if (await self._caller.call("getWebhookInfo", {})).get("url"):
            await self._caller.call("deleteWebhook", {"drop_pending_updates": False})
            log.info("webhook removed, updates are fetched")

    async def set(self, url: str, secret: str | None) -> None:
        """Let updates be posted to `url`.

        Telegram does not return the secret it has, so with one this is sent at every start.

        Raises:
            SettingsError: Telegram does not accept the address.
        """
        if secret is None and self._is_set(await self._caller.call("getWebhookInfo", {}), url):
            return
        params: dict[str, Any] = {
            "url": url,
            "allowed_updates": list(self._kinds),
            "max_connections": MOST_CONNECTIONS,
        }
        try:
            await self._caller.call(
                "setWebhook", params | ({"secret_token": secret} if secret else {})
            )
        except Refused as refused:
            expected = f"Telegram 不接受这个地址：{refused}"
            raise SettingsError("BOT_TELEGRAM__WEBHOOK_URL", url, expected) from None
        log.info("webhook set, updates are posted here")

    def _is_set(self, info: dict[str, Any], url: str) -> bool:
        return (
            info.get("url") == url
            and set(info.get("allowed_updates") or ()) == set(self._kinds)
            and info.get("max_connections", MOST_CONNECTIONS) == MOST_CONNECTIONS
        )

    async def watch(self, health: Health, url: str, secret: str | None) -> None:
        """Check once whether updates are still posted here; if not, set the webhook again."""
        try:
            info = await self._caller.call("getWebhookInfo", {})
            if info.get("url") != url:
                log.warning("somebody else has changed the webhook; it is set again")
                await self.set(url, secret)
        except (DeliveryFailed, SettingsError) as failed:
            health.miss(f"查不到 webhook 的状态（{failed}）")
            return
        health.beat()
        if complaint := recent_error(info):
            health.complain(f"消息送不到这里：{complaint}")


def recent_error(info: dict[str, Any]) -> str | None:
    """Return why Telegram could not deliver lately; `None` if it could."""
    happened_s = info.get("last_error_date") or 0
    is_waiting = bool(info.get("pending_update_count"))
    if not is_waiting or time.time() - happened_s > RECENT_S:
        return None
    return str(info.get("last_error_message") or "原因不明")
