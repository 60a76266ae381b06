"""What pressing a button does: the value of a choice in, a turn out.

A value is a kind, a colon and what that kind needs.  Values come back from the outside and may be
old or forged: whatever does not fit the pack as it is now explains itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.core.answering.entries import entry_reply
from bot.core.answering.free_text import entry_for
from bot.core.answering.limits import MAX_SEVERAL
from bot.core.answering.regions import portal_choice, region_page
from bot.core.answering.replies import headed_reply, joined_reply, plain_reply, question_reply
from bot.core.deadlines import turns as deadline_turns
from bot.core.model.choices import CALCULATE, CLEAR_CONTEXT
from bot.core.model.reply import Reason, Reply, Status
from bot.core.model.scope import Scope
from bot.core.model.session import Session
from bot.core.model.turn import Turn
from bot.core.model.vocabulary import PORTAL
from bot.core.procedures import dispatch

NONE_OF_THESE = "none"
OPEN = "o"
"""Shows whole answers wherever it comes from: `o:<entry>#<region>`, several apart by commas."""


def pressed(scope: Scope, session: Session, value: str) -> Turn:
    """A choice by its value; what is old, unknown or forged explains itself."""
    kind, _, rest = value.partition(":")
    handler = _PRESSES.get(kind)
    turn = handler(scope, session, rest) if handler else None
    return turn or Turn(_old_choice(scope), session)


Press = Callable[[Scope, Session, str], Turn | None]


def value_of(answers: Sequence[tuple[str, str | None]]) -> str:
    """The value that opens these answers again, each an entry and the region it was given for."""
    return f"{OPEN}:" + ",".join(f"{entry}#{region or ''}" for entry, region in answers)


def _press_open(scope: Scope, session: Session, target: str) -> Turn | None:
    replies: list[Reply] = []
    for one in target.split(",")[:MAX_SEVERAL]:
        entry_id, _, region = one.partition("#")
        entry = scope.pack.entries.get(entry_id)
        if not entry or region not in ("", *scope.pack.regions):
            return None
        slots = ({"region": region} if region else {}) | dict(entry.slots)
        here = replace(scope, slots=slots)
        reply = entry_reply(here, entry, None, "opened")
        replies.append(reply)
    if len(replies) == 1:
        return Turn(replies[0], session)
    heads = (r.slots.get("region") or scope.pack.entries[r.answers[0].entry].title for r in replies)
    headed = [headed_reply(scope, r, head) for r, head in zip(replies, heads, strict=True)]
    return Turn(joined_reply(headed), session)


def _press_entry(scope: Scope, session: Session, entry_id: str) -> Turn | None:
    entry = scope.pack.entries.get(entry_id)
    if not entry:
        return None
    slots = {k: v for k, v in scope.slots.items() if k == "region"} | dict(entry.slots)
    return Turn(entry_reply(replace(scope, slots=slots), entry, None, "choice"), session)


def _press_region(scope: Scope, session: Session, short: str) -> Turn | None:
    """A region picked: the question that was open is answered for it."""
    if short not in scope.pack.regions:
        return None
    slots = {"aspect": PORTAL, **scope.slots, "region": short}
    scope = replace(scope, slots=slots)
    return Turn(entry_for(scope, slots), session)


def _press_regions(scope: Scope, session: Session, page: str) -> Turn | None:
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 3 else 0
    options = region_page(scope, number) if number else ()
    if not options:
        return None
    slots = {k: v for k, v in scope.slots.items() if k != "region"} | {"aspect": PORTAL}
    reply = question_reply(replace(scope, slots=slots), "ask_region", options, "region_page")
    return Turn(reply, session)


def _press_context(scope: Scope, session: Session, what: str) -> Turn | None:
    if what != "clear":
        return None
    reply = plain_reply(scope, "context_cleared", Status.SMALLTALK, None, CLEAR_CONTEXT)
    return Turn(replace(reply, slots={}), session.without_context())


def _press_none(scope: Scope, session: Session, _: str) -> Turn | None:
    reply = plain_reply(scope, "none_chosen", Status.CLARIFY, Reason.AMBIGUOUS, "none_of_these")
    reply = replace(reply, slots={}).with_choice(portal_choice(scope))
    return Turn(reply, session.without_context())


_PRESSES: dict[str, Press] = {
    "e": _press_entry,
    "r": _press_region,
    "regions": _press_regions,
    "context": _press_context,
    CALCULATE: deadline_turns.pressed,
    OPEN: _press_open,
    NONE_OF_THESE: _press_none,
    **dispatch.PRESSES,
}


def _old_choice(scope: Scope) -> Reply:
    reply = plain_reply(scope, "old_choice", Status.CLARIFY, Reason.AMBIGUOUS, "old_choice")
    return reply.with_choice(portal_choice(scope))
