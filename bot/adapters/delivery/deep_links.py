"""Name answers and steps in links: `/?open=<payload>` of the page, `/start` of Telegram.

A payload has 1 to 64 of `A-Za-z0-9_-`, as the narrowest of platforms allows
(https://core.telegram.org/bots/features#deep-linking, read 2026-11), and is the same on all.
Anybody may share a link, so it is not signed; a checksum tells a link that was truncated or
mistyped from one that is old.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.adapters.delivery.codes import SHORT, Codebook, short_hash
from bot.core.model.choices import OpenAnswers, ResumeWalk, ShowSteps, read
from bot.core.model.reply import Answer, Reply, Status
from bot.core.model.vocabulary import PLACE

ASK = "ask"
"""The payload of a link that only invites to ask."""
_ANSWERS, _STEP = "o", "g"
_CHECK = 3
_NOWHERE = "_" * SHORT
_MOST = (64 - len(_ANSWERS) - _CHECK) // (2 * SHORT)


def payload_of(codes: Codebook, answers: Sequence[Answer]) -> str | None:
    """Return the payload that opens these answers; `None` if a name has no code, or too many."""
    if not 0 < len(answers) <= _MOST:
        return None
    names = [name for one in answers for name in (one.entry, one.slots.get(PLACE, ""))]
    return _payload(codes, _ANSWERS, names)


def payload_of_reply(codes: Codebook, reply: Reply) -> str | None:
    """Return the payload that opens what a reply shows, its step or its answers."""
    if reply.status is Status.ANSWERED and not reply.has_card:
        return payload_of(codes, reply.answers)
    step = _step_shown(reply) if reply.status is Status.PROCEDURE else None
    return _payload(codes, _STEP, [*_named(step.walk), step.step]) if step else None


def value_from(codes: Codebook, payload: str) -> str | None:
    """Return the value of a choice that shows what is named; `None` if a name is gone."""
    body, check = payload[:-_CHECK], payload[-_CHECK:]
    if check != short_hash(body, _CHECK) or len(body) % SHORT != 1:
        return None
    shorts = [body[at : at + SHORT] for at in range(1, len(body), SHORT)]
    names = ["" if short == _NOWHERE else codes.long(short) for short in shorts]
    known = [name for name in names if name is not None]
    return _value(body[0], known) if len(known) == len(names) else None


def _payload(codes: Codebook, kind: str, names: Sequence[str]) -> str | None:
    shorts = [codes.short(name) if name else _NOWHERE for name in names]
    known = [short for short in shorts if short is not None]
    if len(known) < len(shorts):
        return None
    body = kind + "".join(known)
    return body + short_hash(body, _CHECK)


def _value(kind: str, names: Sequence[str]) -> str | None:
    match kind, names:
        case "g", [procedure, registration, step]:
            return str(ResumeWalk(f"{procedure}#{registration}", step))
        case "o", [_, _, *_] if len(names) % 2 == 0 and all(names[::2]):
            return str(OpenAnswers(tuple(zip(names[::2], names[1::2], strict=True))))
        case _:
            return None


def _step_shown(reply: Reply) -> ShowSteps | None:
    """Return the step of a card: its choice of all steps names it."""
    if not reply.has_card:
        return None
    targets = (read(choice.value) for choice in reply.choices)
    return next((one for one in targets if isinstance(one, ShowSteps) and one.step), None)


def _named(walk: str) -> tuple[str, str]:
    procedure, _, registration = walk.partition("#")
    return procedure, registration
