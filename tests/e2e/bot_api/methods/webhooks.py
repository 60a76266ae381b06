"""The methods that set where updates go."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from tests.e2e.bot_api.params import Params
from tests.e2e.bot_api.refusals import bad_request
from tests.e2e.bot_api.world import Json, Webhook, World

SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
PORTS = frozenset({443, 80, 88, 8443})


def set_webhook(world: World, params: Params) -> bool:
    if not params.text("url"):
        return delete_webhook(world, params)
    _check_url(world, params.text("url"))
    secret = params.text("secret_token")
    if secret and not SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters or is too long")
    connections = params.integer("max_connections", 40)
    world.webhook = Webhook(
        params.text("url"), secret, min(100, max(1, connections)), "certificate" in params
    )
    _take_over(world, params)
    return True


def _take_over(world: World, params: Params) -> None:
    world.updates.allow(params.get("allowed_updates"))
    if params.flag("drop_pending_updates"):
        world.updates.clear()
    world.webhook_changed()


def _check_url(world: World, url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme == "http" and world.options.plain_http:
        return
    if parts.scheme != "https":
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if not world.options.plain_http and (parts.port or 443) not in PORTS:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


def delete_webhook(world: World, params: Params) -> bool:
    world.webhook = None
    if params.flag("drop_pending_updates"):
        world.updates.clear()
    world.webhook_changed()
    return True


def get_webhook_info(world: World, _: Params) -> Json:
    webhook = world.webhook
    info: Json = {
        "url": webhook.url if webhook else "",
        "has_custom_certificate": bool(webhook and webhook.has_certificate),
        "pending_update_count": len(world.updates),
    }
    if webhook:
        info |= {"max_connections": webhook.max_connections, **world.webhook_error}
    if world.updates.allowed:
        info["allowed_updates"] = list(world.updates.allowed)
    return info


METHODS = {
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
}
