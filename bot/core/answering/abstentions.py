"""Admit a limit: not the pack's business, nothing on this question, nothing for this place.

Each offers something to press, so that nobody is left with a sentence only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.core.answering.choices_under_answers import topic_choices
from bot.core.answering.entry_replies import entry_reply, with_answer
from bot.core.answering.limits import MAX_NEAR
from bot.core.answering.phrase_replies import plain_reply
from bot.core.answering.regions import no_data_for_region
from bot.core.model.choices import ShowEntry
from bot.core.model.entry import Entry, EntryKind
from bot.core.model.reply import Choice, Choices, Reason, Reply, Status, Text
from bot.core.model.scope import Scope
from bot.core.model.vocabulary import ASPECT, PLACE, SERVICE


def out_of_domain(scope: Scope, score: float) -> Reply:
    """Decline what is none of the pack's business; what it is for is offered."""
    reply = plain_reply(
        scope, "out_of_domain", Status.ABSTAINED, Reason.OUT_OF_DOMAIN, "nothing_close"
    )
    parts = (*reply.parts, Choices(topic_choices(scope)))
    return replace(reply, parts=parts, score=score, is_unclear=True)


def no_data(scope: Scope, near: Sequence[Entry], score: float | None) -> Reply:
    """Admit that the pack has nothing on this question, and name the service that was understood.

    `near` are entries on nearby topics, best first; at most `MAX_NEAR` are offered, none is told.
    Their titles are no topic to name: it would be told to be missing, and may be beside the point.
    """
    topic, about = _topic(scope, near), _about(scope)
    words = scope.phrase("no_data_about", topic=about) if about else scope.phrase("no_data")
    shown = [e for e in near if e.kind is EntryKind.FACT][:MAX_NEAR]
    options = tuple(Choice(e.title, str(ShowEntry(e.id))) for e in shown)
    return Reply(
        status=Status.ABSTAINED,
        reason=Reason.NO_DATA,
        parts=(
            Text(words),
            Choices(options or topic_choices(scope)),
        ),
        slots=scope.slots,
        score=score,
        rule="no_data",
        topic=topic,
        question_type=scope.asked,
        is_unclear=True,
    )


def region_gap(scope: Scope, entry: Entry | None, score: float | None = None) -> Reply:
    """Admit that what `entry` says of other regions is missing for the one asked about.

    Without an entry it is about the portals; the region's own is told if there is one.  Where a
    name fits several regions, what is missing is admitted without one.
    """
    if PLACE not in scope.slots:
        return no_data(scope, [entry] if entry else [], score)
    region = scope.pack.regions[scope.slots[PLACE]]
    asks_for_it = scope.slots.get(ASPECT) == scope.pack.vocabulary.portal
    is_portal = entry is None or asks_for_it or scope.pack.is_about_portal(entry)
    portal = scope.pack.portal_of(region.short)
    if is_portal and portal:
        return entry_reply(scope, portal, score, "slots")
    topic = entry.title if entry and not is_portal else scope.phrase("topic_portal")
    own = [e for e in scope.pack.entries.values() if e.slots.get(PLACE) == region.short]
    options = [Choice(other.title, str(ShowEntry(other.id))) for other in own]
    reply = no_data_for_region(scope, region, topic, options)
    if portal:
        reply = with_answer(scope, reply, portal)
    return replace(reply, score=score, topic=topic)


def _about(scope: Scope) -> str:
    """Name the place and the service that were named; empty if none was."""
    said = [scope.slots[kind] for kind in (PLACE, SERVICE) if kind in scope.slots]
    return "".join(said)


def _topic(scope: Scope, near: Sequence[Entry]) -> str:
    """Name what the question seems to be about: its slots, or the nearest title."""
    said = [scope.slots[kind] for kind in (PLACE, SERVICE, ASPECT) if kind in scope.slots]
    titles = [e.title for e in near if e.kind is not EntryKind.BOUNDARY]
    if titles and not {SERVICE, ASPECT} & set(scope.slots):
        return "、".join((*said, titles[0]))
    return "、".join(said) or scope.pack.title
