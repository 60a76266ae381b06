"""The methods of the Bot API that this server knows; names are compared without case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.e2e.bot_api.methods import answering, editing, places, profile, sending, webhooks
from tests.e2e.bot_api.params import Params
from tests.e2e.bot_api.refusals import Refused
from tests.e2e.bot_api.world import World

Method = Callable[[World, Params], Any]
METHODS: dict[str, Method] = {
    name.lower(): method
    for room in (answering, editing, places, profile, sending, webhooks)
    for name, method in room.METHODS.items()
}


def execute(world: World, method: str, params: Params) -> Any:
    """The result of one call.

    Raises:
        Refused: Telegram would have said no.
    """
    found = METHODS.get(method.lower())
    if found is None:
        raise Refused(404, "Not Found: method not found")
    with world.lock:
        return found(world, params)
