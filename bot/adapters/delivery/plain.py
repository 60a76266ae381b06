"""Render a reply as plain text, for platforms and messages without any markup."""

from __future__ import annotations

from bot.adapters.delivery.splitting import Room, Run, as_text, cut
from bot.core.model.reply import Choices, Reply, part_as_text


def plain_pages(reply: Reply, room: Room, *, with_choices: bool = True) -> tuple[str, ...]:
    """Return the texts of the messages; choices are numbered in them, unless buttons show them."""
    parts = [part for part in reply.parts if with_choices or not isinstance(part, Choices)]
    return tuple(
        as_text(page) for page in cut([(Run(part_as_text(part)),) for part in parts], room)
    )
