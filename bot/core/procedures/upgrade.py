"""Carry the walks of a session over from an older version of the pack to the current one."""

from __future__ import annotations

from dataclasses import replace

from bot.core.model.pack import Pack
from bot.core.model.session import Context, Session, Walk
from bot.core.model.vocabulary import PLACE
from bot.core.procedures.graph import path
from bot.core.procedures.walk import migrated, renamed


def still_valid(pack: Pack, session: Session) -> tuple[Session, tuple[str, ...]]:
    """Return the session in terms of the current pack, and notices for the person."""
    if session.pack_version in ("", pack.version):
        return session, ()
    context = session.context
    if context.slots.get(PLACE, "") not in ("", *pack.regions):
        context = Context()
    walk = _upgraded(pack, session.walk) if session.walk else None
    shelf = tuple(kept for left in session.shelf if (kept := _upgraded(pack, left)))
    is_moved = walk is not None and session.walk is not None and walk.trail != session.walk.trail
    notices = (pack.phrase("procedure_changed"),) if is_moved else ()
    return replace(session, context=context, walk=walk, shelf=shelf), notices


def _upgraded(pack: Pack, walk: Walk) -> Walk | None:
    procedure = pack.procedures.get(walk.procedure)
    if procedure is None:
        return None
    if walk.registration in procedure.without_path:
        return replace(renamed(procedure, walk), trail=())
    if not path(procedure, walk.registration):
        return None
    if walk.region not in (None, *pack.regions):
        walk = replace(walk, region=None)
    return migrated(procedure, walk)
