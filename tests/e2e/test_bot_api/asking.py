"""Short words for what many tests of the server ask."""

from __future__ import annotations

from typing import Any

from tests.e2e.bot_api import BotApi
from tests.e2e.bot_api.clients import Client

TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


async def told(api: BotApi, client: Client, method: str, **params: Any) -> str:
    """The sentence of the refusal, from the ledger: PTB would change its case."""
    await client.refused(method, **params)
    return api.calls[-1].description


def newest(api: BotApi) -> dict[str, Any]:
    """The last update that waits for the bot."""
    return list(api.world.updates.pending.values())[-1]


def keyboard(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "好", **button}]]}
