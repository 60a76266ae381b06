"""Make links that open an answer in the private chat: `https://t.me/<bot>?start=<payload>`.

A payload has 1 to 64 of `A-Za-z0-9_-` (https://core.telegram.org/bots/features#deep-linking, read
2026-11).  Anybody may share a link, so it is not signed; a checksum tells a link that was truncated
or mistyped from one that is old.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.adapters.telegram.outgoing.codes import SHORT, Codebook, short_hash
from bot.core.model.choices import OpenAnswers
from bot.core.model.reply import Answer
from bot.core.model.vocabulary import PLACE

ASK = "ask"
"""The payload of a link that only invites to ask."""
_KIND = "o"
_CHECK = 3
_NOWHERE = "_" * SHORT
_MOST = (64 - len(_KIND) - _CHECK) // (2 * SHORT)


def payload_of(codes: Codebook, answers: Sequence[Answer]) -> str | None:
    """Return the payload that opens these answers; `None` if a name has no code, or too many."""
    if not 0 < len(answers) <= _MOST:
        return None
    shorts: list[str] = []
    for answer in answers:
        entry = codes.short(answer.entry)
        region = codes.short(answer.slots[PLACE]) if PLACE in answer.slots else _NOWHERE
        if entry is None or region is None:
            return None
        shorts += [entry, region]
    body = _KIND + "".join(shorts)
    return body + short_hash(body, _CHECK)


def value_from(codes: Codebook, payload: str) -> str | None:
    """Return the value of a choice that shows the payload's answers; `None` if a name is gone."""
    body, check = payload[:-_CHECK], payload[-_CHECK:]
    if body[:1] != _KIND or check != short_hash(body, _CHECK) or len(body) % (2 * SHORT) != 1:
        return None
    shorts = [body[at : at + SHORT] for at in range(1, len(body), SHORT)]
    names = [None if short == _NOWHERE else codes.long(short) for short in shorts]
    entries, regions = names[::2], names[1::2]
    if None in entries or any(
        region is None and short != _NOWHERE
        for region, short in zip(regions, shorts[1::2], strict=True)
    ):
        return None
    pairs = zip(entries, regions, strict=True)
    return str(OpenAnswers(tuple((entry, region or "") for entry, region in pairs if entry)))


def link(username: str, payload: str) -> str:
    return f"https://t.me/{username}?start={payload}"
