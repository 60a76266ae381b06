"""Build replies from phrases or from other replies, not from entries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.core.answering.limits import MAX_NEAR
from bot.core.model.choices import ShowEntry, read
from bot.core.model.entry import Fact
from bot.core.model.reply import (
    Answer,
    Choice,
    Choices,
    Reason,
    Reply,
    Sources,
    Status,
    Text,
)
from bot.core.model.scope import Scope


def joined_reply(replies: Sequence[Reply], rest: str = "") -> Reply:
    """Several things answered at once, in their order, each under its own heading.

    The first question back comes last, so that its choices stand under it.

    The verdict of the whole is that of the first that could be answered; `rest` says what was not.
    One line names the sources of all; `answers` have those of each.  Of all choices those of the
    first question back are kept, behind everything else; without one, titles of other answers:
    what else is offered means one of the things answered, not all.
    """
    first = min(replies, key=lambda reply: reply.status is not Status.ANSWERED)
    asking = next((reply for reply in replies if reply.status is Status.CLARIFY), None)
    replies = sorted(replies, key=lambda reply: reply is asking)
    told = [part for reply in replies for part in reply.parts if not isinstance(part, Choices)]
    kept = [part for part in told if not isinstance(part, Sources)]
    sources = joined_sources([part for part in told if isinstance(part, Sources)])
    options = asking.choices if asking else _other_titles(replies)
    answers = sorted(replies, key=lambda reply: reply is not first)
    return replace(
        first,
        parts=(
            *kept,
            *sources,
            *([Text(rest)] if rest else []),
            *([Choices(options)] if options else []),
        ),
        answers=tuple(answer for reply in answers for answer in reply.answers),
        rule="several:" + ",".join(reply.rule for reply in replies),
        topics=len(replies),
    )


def joined_sources(found: Sequence[Sources]) -> Sequence[Sources]:
    """Return one line for all sources, marked as old if one of them is."""
    if not found:
        return ()
    notes = tuple(dict.fromkeys(note for part in found for note in part.notes))
    oldest = min(found, key=lambda part: min(note.checked_on for note in part.notes))
    return (replace(oldest, notes=notes),)


def _other_titles(replies: Sequence[Reply]) -> tuple[Choice, ...]:
    """Return choices that show entries which none of the replies has told, each once."""
    told = {answer.entry for reply in replies for answer in reply.answers}
    found = {
        choice.label: choice
        for reply in reversed(replies)
        for choice in reversed(reply.choices)
        if isinstance(shown := read(choice.value), ShowEntry) and shown.entry not in told
    }
    return tuple(reversed(found.values()))[:MAX_NEAR]


def headed_reply(scope: Scope, reply: Reply, topic: str) -> Reply:
    return replace(reply, parts=(Text(scope.phrase("for_topic", topic=topic)), *reply.parts))


def outdated_reply(
    scope: Scope, name: str, title: str, facts: Iterable[Fact], score: float | None
) -> Reply:
    """Reply that all facts are out of date; `name` is the id of what they belong to."""
    facts = tuple(facts)
    ended = [f.valid_until for f in facts if f.valid_until and f.valid_until < scope.day]
    started = [f.valid_from for f in facts if f.valid_from]
    key, day = ("expired", max(ended)) if ended else ("not_yet_valid", min(started))
    return Reply(
        status=Status.ABSTAINED,
        reason=Reason.EXPIRED,
        parts=(Text(scope.phrase(key, title=title, date=day.isoformat())),),
        answers=(Answer(name),),
        slots=scope.slots,
        score=score,
        rule="expired",
    )


def question_reply(
    scope: Scope, key: str, options: Sequence[Choice], rule: str, **values: str
) -> Reply:
    """Ask one question back, with its choices."""
    return Reply(
        status=Status.CLARIFY,
        reason=Reason.AMBIGUOUS,
        parts=(Text(scope.phrase(key, **values)), Choices(tuple(options))),
        slots=scope.slots,
        rule=rule,
    )


def plain_reply(scope: Scope, key: str, status: Status, reason: Reason | None, rule: str) -> Reply:
    """Reply with one of the bot's own sentences and nothing else."""
    return Reply(
        status=status,
        reason=reason,
        parts=(Text(scope.phrase(key)),),
        slots=scope.slots,
        rule=rule,
    )
