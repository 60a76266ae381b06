"""Describe a reply to a language model: verdict, words, sources, dates, and what to make of it.

What a newcomer would get wrong: an abstention is a result, not an error.  A model that is told that
a call failed answers from memory; one that is told that nothing is known, and not to fill that in,
can say so.  The field descriptions are part of the schema that models read.
"""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from bot.core.dialogue.autocomplete import Suggestion
from bot.core.model.date_rules import Outcome, work_out
from bot.core.model.pack import Pack
from bot.core.model.reply import Reason, Reply, SourceNote, Status
from bot.core.model.spans import read_span

ENTRY_URI = "zhuce://entries/"
_NOTES = {
    Status.ANSWERED: "model_answered",
    Status.PROCEDURE: "model_answered",
    Status.CLARIFY: "model_clarify",
    Status.ABSTAINED: "model_abstained",
    Status.SMALLTALK: "model_smalltalk",
}
"""The phrase that tells a model what to make of a reply."""


class _Out(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SourceOut(_Out):
    title: str
    article: str | None = Field(description="Section or article, as the document names it.")
    url: str | None
    checked_on: date = Field(description="When a person last compared the answer with it.")


class ReplyOut(_Out):
    """A reply of the bot; show `text` as it is, and do what `note` says."""

    status: Status = Field(
        description="answered or procedure: facts with sources. clarify: the question in `text` "
        "has to be answered by the user first. abstained: nothing is known; do not fill it in. "
        "smalltalk: no facts."
    )
    reason: Reason | None = Field(description="Why it is not answered.")
    note: str = Field(description="What to do with this reply.")
    text: str = Field(description="The whole reply, for the user.")
    sources: list[SourceOut] = Field(description="What the text rests on; empty: on nothing.")
    as_of: date = Field(description="The day for which it holds.")
    entries: list[str] = Field(
        description=f"Ids of what was answered; {ENTRY_URI}<id> says all of it."
    )
    slots: dict[str, str] = Field(description="What was understood: place, service and so on.")
    choices: list[str] = Field(description="What the user may choose; ask with one of these words.")
    knowledge: str = Field(description="Version of the knowledge.")
    conversation: str = Field(description="Pass it to `ask` to go on from this reply.")


class DrawingOut(_Out):
    text: str = Field(description="The path as a tree in plain text.")
    mermaid: str = Field(description="The whole procedure, every branch, in Mermaid.")


class ProcedureOut(ReplyOut):
    """A procedure: papers and steps in `text`, and its drawing."""

    steps: list[str] = Field(description="The steps in order; empty if none can be named.")
    drawing: DrawingOut | None


class ComputedOut(_Out):
    """What was worked out; for a month or a year from its first and from its last day."""

    calculator: str
    outcomes: list[Outcome] = Field(
        description="open: in time. late: too late. early: not allowed yet. free: allowed again. "
        "short: too late to be in time, not expired yet. Two: it depends on the day."
    )
    given: str = Field(description="The date it was worked out from.")
    last_days: list[date] = Field(description="Last day of the period, or last day to act.")


class DeadlineOut(ReplyOut):
    """A deadline, with how it was worked out in `text`."""

    computed: ComputedOut | None = Field(description="Empty if nothing was worked out.")


class FoundOut(_Out):
    title: str
    short: str
    status: Status
    reason: Reason | None
    entries: list[str]
    sources: list[SourceOut]


class SearchOut(_Out):
    """Answers that fit the words, best first."""

    status: Status = Field(description="answered, or abstained if nothing was found.")
    reason: Reason | None
    note: str
    as_of: date
    knowledge: str
    found: list[FoundOut]


class EntryOut(ReplyOut):
    """An entry: its answer in `text`, everything that it rests on in `details`."""

    details: str


def reply_facts(reply: Reply, pack: Pack, day: date, conversation: str) -> dict[str, object]:
    """Return the fields of `ReplyOut`."""
    names = pack.vocabulary.names
    return {
        "status": reply.status,
        "reason": reply.reason,
        "note": pack.phrase(_NOTES[reply.status]),
        "text": reply.as_text(),
        "sources": sources_of(reply),
        "as_of": day,
        "entries": [answer.entry for answer in reply.answers],
        "slots": {names.get(kind, kind): value for kind, value in reply.slots.items()},
        "choices": [choice.label for choice in reply.choices],
        "knowledge": pack.version,
        "conversation": conversation,
    }


def sources_of(reply: Reply) -> list[SourceOut]:
    """Return every source once: those named in the reply, then those of its answers."""
    notes = (*reply.sources, *(note for answer in reply.answers for note in answer.sources))
    return [_source(note) for note in dict.fromkeys(notes)]


def _source(note: SourceNote) -> SourceOut:
    return SourceOut(
        title=note.title, article=note.article, url=note.url, checked_on=note.checked_on
    )


def computed(reply: Reply, pack: Pack, day: date) -> ComputedOut | None:
    """Return what a calculator worked out for a reply; `None` if the reply is no result."""
    answer = reply.answers[0] if reply.answers else None
    calculator = pack.calculators.get(answer.entry) if answer else None
    span = read_span(answer.slots.get("date", "")) if answer else None
    if calculator is None or span is None:
        return None
    ends = [
        work_out(calculator.rule, calculator.period, end, day) for end in (span.first, span.last)
    ]
    return ComputedOut(
        calculator=calculator.id,
        outcomes=list(dict.fromkeys(end.outcome for end in ends)),
        given=str(span),
        last_days=list(dict.fromkeys(end.last for end in ends)),
    )


def found(suggestions: list[Suggestion], pack: Pack, day: date) -> SearchOut:
    """Return what a search found; finding nothing is an abstention."""
    status = Status.ANSWERED if suggestions else Status.ABSTAINED
    return SearchOut(
        status=status,
        reason=None if suggestions else Reason.NO_DATA,
        note=pack.phrase("model_found" if suggestions else _NOTES[status]),
        as_of=day,
        knowledge=pack.version,
        found=[_found(one) for one in suggestions],
    )


def _found(one: Suggestion) -> FoundOut:
    return FoundOut(
        title=one.title,
        short=one.short,
        status=one.reply.status,
        reason=one.reply.reason,
        entries=[answer.entry for answer in one.reply.answers],
        sources=sources_of(one.reply),
    )
