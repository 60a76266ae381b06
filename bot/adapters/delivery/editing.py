"""Replace messages that were sent by the pages of a newer reply."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from bot.adapters.delivery.errors import NotModified, Refused

T = TypeVar("T")
log = logging.getLogger(__name__)


async def edit_in_place(
    olds: Sequence[T],
    pages: int,
    edit: Callable[[int, T], Awaitable[None]],
    delete: Callable[[T], Awaitable[None]],
) -> tuple[T, ...]:
    """Edit older messages, page by page, and delete those too many; return those that are kept.

    If there are fewer than pages, or one is refused, the pages after those kept are to be sent.
    """
    kept: list[T] = []
    for page, old in enumerate(olds[:pages]):
        try:
            await edit(page, old)
        except NotModified:
            pass
        except Refused:
            log.info("a message could not be edited; a new one is sent")
            break
        kept.append(old)
    for surplus in olds[pages:]:
        try:
            await delete(surplus)
        except Refused:
            log.info("a message that is no longer needed could not be deleted")
    return tuple(kept)
