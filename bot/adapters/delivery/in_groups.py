"""Choose what a group is shown of a reply: the short form, if the long one can be linked to."""

from __future__ import annotations

from datetime import date

from bot.adapters.delivery.codes import Codebook
from bot.adapters.delivery.deep_links import payload_of
from bot.core.dialogue.short_form import shorten
from bot.core.model.pack import Pack
from bot.core.model.reply import Reply


def short_in_group(
    pack: Pack, codes: Codebook, reply: Reply, day: date
) -> tuple[Reply, str] | None:
    """Return the reply in short and the payload of a link to all of it; `None` to show it whole."""
    payload = payload_of(codes, reply.answers)
    short = shorten(pack, reply, day) if payload else None
    return (short, payload) if short and payload else None
