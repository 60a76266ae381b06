"""Ask whether an answer helped, and take what people say about it.

What a newcomer would get wrong: the question is no part of the reply.  An adapter that may ask adds
`ratings` below an answer in its own way, or `question` where nothing can be pressed, so groups stay
quiet and numbered choices keep their numbers.  Who says the words of a rating says it.  What was
said goes to the journal like any other turn, by the reason of the reply.
"""

from __future__ import annotations

from dataclasses import replace

from bot.core.answering.phrase_replies import plain_reply
from bot.core.model.choices import RateAnswer, ReportFault
from bot.core.model.pack import Pack
from bot.core.model.reply import FAULTS, Answer, Choice, Choices, Reason, Reply, Status
from bot.core.model.scope import Scope
from bot.core.model.session import Session
from bot.core.model.turn import Turn
from bot.core.model.vocabulary import PLACE

Said = RateAnswer | ReportFault


def ratings(pack: Pack, reply: Reply) -> tuple[Choice, ...]:
    """Return what may be said about a reply: it helped, or it did not; nothing if it is no answer.

    A card asks for something else, and what a calculator works out belongs to no entry.
    """
    if reply.status is not Status.ANSWERED or reply.has_card or not reply.answers:
        return ()
    entry, region = reply.answers[0].entry, reply.answers[0].slots.get(PLACE, "")
    if entry not in pack.entries:
        return ()
    return tuple(
        Choice(pack.phrase(key), str(RateAnswer(entry, is_good, region)))
        for key, is_good in (("rate_good", True), ("rate_bad", False))
    )


def question(pack: Pack, reply: Reply) -> str | None:
    """Return the line that asks whether a reply helped, where nothing can be pressed."""
    labels = [one.label for one in ratings(pack, reply)]
    return pack.phrase("rate_in_words", good=labels[0], bad=labels[1]) if labels else None


def take(scope: Scope, session: Session, said: Said) -> Turn | None:
    """Thank for praise, ask what was wrong, or note the fault; `None` if the entry is gone."""
    if said.entry not in scope.pack.entries or said.region not in ("", *scope.pack.regions):
        return None
    key, reason = _answer_to(said)
    reply = plain_reply(scope, key, Status.SMALLTALK, reason, f"rated:{said.entry}")
    slots = {PLACE: said.region} if said.region else {}
    reply = replace(reply, answers=(Answer(said.entry, slots),))
    if reason is Reason.DISLIKED:
        reply = replace(reply, parts=(*reply.parts, Choices(_faults(scope.pack, said))))
    return Turn(reply, session)


def _answer_to(said: Said) -> tuple[str, Reason]:
    """Return the phrase that answers it, and the reason by which it is counted."""
    if isinstance(said, ReportFault):
        return f"noted_{said.fault}", said.fault
    return ("rated_good", Reason.LIKED) if said.is_good else ("rated_bad", Reason.DISLIKED)


def _faults(pack: Pack, said: Said) -> tuple[Choice, ...]:
    offered = [fault for fault in FAULTS if pack.regions or fault is not Reason.REGION_MISSING]
    return tuple(
        Choice(pack.phrase(f"fault_{fault}"), str(ReportFault(said.entry, fault, said.region)))
        for fault in offered
    )
