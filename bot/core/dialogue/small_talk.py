"""Answer remarks about the talk itself while no cards are under way: once more, why do you ask, no.

What a newcomer would get wrong: 为什么 is a remark only behind a question of the bot's own.
Anywhere else it is a word like any other.
"""

from __future__ import annotations

from bot.core.answering.phrase_replies import plain_reply
from bot.core.deadlines import turns as deadline_turns
from bot.core.dialogue.presses import press_choice, show_entry
from bot.core.model.choices import NoneOfThese, ShowExtra
from bot.core.model.reply import Choice, Choices, Reason, Reply, Status, Text
from bot.core.model.scope import Scope
from bot.core.model.session import Session
from bot.core.model.turn import Turn
from bot.core.procedures import turns as step_turns
from bot.core.words.moves import ALONE, Kind, read_move, read_ordinal, stripped
from bot.core.words.numerals import read_number
from bot.core.words.unsure import says_no, says_unsure

_IT_IS = "是"
"""In a no that speaks of the answer: 不是."""
SLOT = "slot"
"""What a reply has asked for that offers answers to choose from."""


def asks_to_choose(reply: Reply) -> bool:
    """Return whether the reply is a question with answers on offer."""
    return reply.status is Status.CLARIFY and bool(reply.choices)


def answer_remark(scope: Scope, session: Session, text: str) -> Turn | None:
    """Answer a remark; return `None` if the text is none."""
    if turn := _answer_bare_answer(scope, session, text):
        return turn
    what = read_move(text)
    if what is None:
        return None
    match what.kind:
        case Kind.WHY if session.asked == SLOT:
            return _explained(scope, session)
        case Kind.DECLINE:
            if session.asking:
                return deadline_turns.stop(scope, session)
            reply = plain_reply(scope, "no_need", Status.SMALLTALK, None, "no_need")
            return Turn(reply, session)
        case Kind.REPEAT if not session.walk and session.context.entry:
            return show_entry(scope, session, session.context.entry)
        case kind if kind in ALONE and not (session.walk or session.asking):
            return _nowhere(scope, session, kind)
        case _:
            return None


def _answer_bare_answer(scope: Scope, session: Session, text: str) -> Turn | None:
    """Answer 不知道, 随便, 没有 or 不: they answer what was asked, and are no question.

    Where nothing was asked, what was told before is not told again.
    """
    if session.walk or session.asking:
        return None
    is_no, is_unsure = says_no(text), says_unsure(text)
    if session.asked == SLOT and is_unsure:
        return Turn(_offered_again(scope, session, scope.phrase("why_slot"), "unsure"), session)
    if session.asked == SLOT and is_no:
        return press_choice(scope, session, str(NoneOfThese()))
    if session.context.entry and is_no and _IT_IS in text:
        reply = plain_reply(scope, "rejected", Status.CLARIFY, Reason.AMBIGUOUS, "rejected")
        return Turn(reply, session)
    if session.context.entry and (is_no or is_unsure):
        reply = plain_reply(scope, "no_need", Status.SMALLTALK, None, "bare_answer")
        return Turn(reply, session)
    return None


def take_number(scope: Scope, session: Session, text: str) -> Turn | None:
    """Take the choice with the number that was said in words, or say that there is none.

    For what means nothing else: 三 alone may be many things.
    """
    said = stripped(text)
    number = read_ordinal(said) or read_number(said)
    if number is None or not session.offered:
        return None
    if 1 <= number <= len(session.offered):
        return press_choice(scope, session, session.offered[number - 1][1])
    notice = scope.phrase("no_such_choice", number=number, total=len(session.offered))
    return Turn(_offered_again(scope, session, notice, "no_such_choice"), session)


def _explained(scope: Scope, session: Session) -> Turn:
    """Why it was asked, and the same answers to choose from."""
    return Turn(_offered_again(scope, session, scope.phrase("why_slot"), "why_asked"), session)


def _offered_again(scope: Scope, session: Session, text: str, rule: str) -> Reply:
    options = tuple(Choice(label, value) for label, value in session.offered)
    parts = (Text(text), Choices(options))
    return Reply(Status.CLARIFY, parts, Reason.AMBIGUOUS, slots=scope.slots, rule=rule)


def _nowhere(scope: Scope, session: Session, kind: Kind) -> Turn:
    """Answer a move while no walk is under way; offer the walks that were left."""
    if kind is Kind.STOP:
        reply = plain_reply(scope, "nothing_to_cancel", Status.SMALLTALK, None, "no_walk")
        return Turn(reply, session)
    reply = plain_reply(scope, "no_walk", Status.CLARIFY, Reason.AMBIGUOUS, "no_walk")
    for walk in session.shelf:
        if walk.trail and (procedure := step_turns.split_name(scope, walk.name)[0]):
            reply = reply.with_choice(step_turns.go_on_choice(scope, procedure, walk))
    choice = Choice(scope.phrase("step_by_step"), str(ShowExtra("other")))
    return Turn(reply.with_choice(choice), session)
