"""Connect free text with walks: start one, correct it, lead back to it."""

from __future__ import annotations

from dataclasses import replace

from bot.core.model.choices import ResumeWalk
from bot.core.model.pack import Pack
from bot.core.model.procedure import Procedure
from bot.core.model.reply import Reply, Status
from bot.core.model.scope import Scope
from bot.core.model.session import Session
from bot.core.model.turn import Turn
from bot.core.model.understanding import Understanding
from bot.core.model.vocabulary import ASPECT, PLACE, SERVICE
from bot.core.procedures import cards, dispatch, switch
from bot.core.procedures import turns as step_turns
from bot.core.words.folding import folded
from bot.core.words.moves import (
    Kind,
    Move,
    asks,
    means_another_kind,
    means_back_to_it,
    means_not_that,
    says_only_where,
    stripped,
    tells_where,
)


def begin_named(scope: Scope, session: Session, understanding: Understanding) -> Turn:
    """Start the procedure that the words name, or ask which one.

    Of the conversation's slots the region is used, and the registration too if the words name
    nothing themselves (带我办).
    """
    names_nothing = all(slot.is_inherited for slot in understanding.slots)
    kept = (PLACE, SERVICE) if names_nothing else (PLACE,)
    before = {kind: scope.slots[kind] for kind in kept if kind in scope.slots}
    scope = replace(scope, slots={**before, **understanding.plain_slots})
    listed = [slot.value for slot in understanding.of(SERVICE) if slot.is_listed]
    if len(listed) > 1:
        asking = replace(session, walk=None)
        return Turn(cards.menu(scope, asking, listed), session)
    if titled := _titled(scope, understanding.text):
        return step_turns.begin(scope, session, titled, "")
    kind = scope.slots.get(SERVICE)
    for procedure in cards.by_region(scope):
        if kind in (*procedure.registrations, *procedure.without_path):
            return step_turns.begin(scope, session, procedure, kind or "")
    return Turn(cards.menu(scope, session), session)


def _titled(scope: Scope, text: str) -> Procedure | None:
    """Return the procedure without registrations whose id is said, or the longest title in it."""
    said = folded(stripped(text))
    possible = [one for one in cards.by_region(scope) if not one.registrations]
    if named := next((one for one in possible if one.id == said), None):
        return named
    titled = [one for one in possible if folded(one.title) in said]
    return max(titled, key=lambda one: len(one.title), default=None)


def correct_walk(scope: Scope, session: Session, understanding: Understanding) -> Turn | None:
    """Change the registration or the region of the walk if the words say nothing else.

    Return `None` if they are no correction.
    """
    said = [slot for slot in understanding.slots if not slot.is_inherited]
    if any(slot.kind == ASPECT and slot.surface for slot in said):
        return None
    kinds = [slot.value for slot in said if slot.kind == SERVICE]
    walk, session = session.walk, set_region(session, understanding)
    if walk is None:
        return _resume_left(scope, session, understanding.text, kinds) or _begin_instead(
            scope, session, understanding.text, kinds
        )
    others = [kind for kind in kinds if kind != walk.registration]
    if others and means_another_kind(understanding.text):
        found = _procedure_of(scope.pack, walk.procedure, others[-1])
        return switch.switch(scope, session, found, others[-1]) if found else None
    if kinds == [walk.registration] and means_not_that(understanding.text):
        return dispatch.move(scope, session, Move(Kind.OTHER))
    places = [slot.surface for slot in said if slot.kind == PLACE and not slot.is_ambiguous]
    is_follow_up = ASPECT in scope.slots and not tells_where(understanding.text)
    if (
        len(places) == 1
        and not is_follow_up
        and says_only_where(understanding.utterance, places[0])
    ):
        return dispatch.move(scope, session, Move(Kind.HERE))
    return None


def _resume_left(scope: Scope, session: Session, text: str, kinds: list[str]) -> Turn | None:
    """Resume a walk on the shelf when the words ask for it: 改回补证, 接着办换证."""
    left = (walk for walk in session.shelf if walk.trail and walk.registration in kinds)
    walk = next(left, None) if means_back_to_it(text) else None
    if walk is None:
        return None
    return step_turns.press_resume(scope, session, ResumeWalk(walk.name, walk.trail[-1]))


def _begin_instead(scope: Scope, session: Session, text: str, kinds: list[str]) -> Turn | None:
    """Begin the walk that the words change to (改成退证) where no walk is under way.

    This is the case beside the text of a registration without a path.
    """
    before = scope.pack.procedures.get(session.context.entry or "")
    if before is None or len(kinds) != 1 or not means_another_kind(text):
        return None
    found = _procedure_of(scope.pack, before.id, kinds[0])
    return step_turns.begin(scope, session, found, kinds[0]) if found else None


def choice_named(session: Session, understanding: Understanding) -> str | None:
    """Return the value of the offered choice that is named by another word: 是换证, 续卡吧."""
    slot = understanding.names_only(SERVICE)
    if slot is None or asks(understanding.text):
        return None
    return dict(session.offered).get(slot.value)


def _procedure_of(pack: Pack, first: str, kind: str) -> Procedure | None:
    """Return the procedure of a registration; prefer the one with the id `first`."""
    ordered = sorted(pack.procedures.values(), key=lambda procedure: procedure.id != first)
    fitting = (p for p in ordered if kind in (*p.kinds, *p.without_path))
    return next(fitting, None)


def set_region(session: Session, understanding: Understanding) -> Session:
    """Set the walk's region to the one that was said.

    A walk that has a region keeps it if an aspect was said too: then the words are a question about
    that other region.
    """
    said = [slot for slot in understanding.slots if not slot.is_inherited]
    places = {slot.value for slot in said if slot.kind == PLACE and not slot.is_ambiguous}
    walk = session.walk
    if walk is None or len(places) != 1:
        return session
    if walk.region is not None and any(slot.kind == ASPECT and slot.surface for slot in said):
        return session
    return replace(session, walk=replace(walk, region=places.pop()))


def lead_back(scope: Scope, turn: Turn) -> Turn:
    """Append the way back into the walk to a reply that is not part of it.

    The first answer during a walk is followed by the card itself; later answers, and questions
    back, by a choice.
    """
    reply, session = turn.reply, turn.session
    under_way = step_turns.walk_under_way(scope, session)
    if under_way is None or reply.status is Status.PROCEDURE:
        return turn
    procedure, walk = under_way
    if _is_answer(reply) and not walk.is_aside:
        reply = cards.shown_again(scope, procedure, walk, reply)
        aside = replace(session, walk=replace(walk, is_aside=True))
        return replace(turn, reply=reply, session=aside)
    choice = cards.resume_choice(scope, session)
    offered = [option.value for option in reply.choices]
    is_new = choice is not None and choice.value not in offered
    return replace(turn, reply=reply.with_choice(choice)) if choice and is_new else turn


def _is_answer(reply: Reply) -> bool:
    """Return whether the reply answers a question or admits that the pack has no data on it."""
    return bool(reply.answers) and reply.status in (Status.ANSWERED, Status.ABSTAINED)
