"""Show what the pack holds: its version and age, entries, portals, procedures with drawings.

What a newcomer would get wrong: an entry is shown as the reply that people get today, never as its
bare facts, because some of them may not be shown, or not as facts.  So the tags change with the day
as well as with the pack.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response

from bot.adapters.web.errors import Json, refuse
from bot.adapters.web.etags import has
from bot.adapters.web.schemas import (
    EntriesOut,
    EntryOut,
    KnowledgeOut,
    Name,
    PortalsOut,
    ProcedureOut,
    ProceduresOut,
    RefusalOut,
)
from bot.core.answering.entry_replies import entry_reply
from bot.core.model.entry import Entry, EntryKind, Source
from bot.core.model.pack import Pack
from bot.core.model.procedure import Procedure, Step
from bot.core.model.scope import Scope
from bot.core.model.spans import day_of
from bot.core.model.vocabulary import PLACE
from bot.core.ports import Clock
from bot.core.procedures.drawings import draw_mermaid, draw_text
from bot.core.procedures.summary import chart_named
from bot.core.wire import reply_as_json

_ANSWERS: dict[int | str, dict[str, Any]] = {
    304: {"description": "Nothing has changed since the `ETag` in `If-None-Match`."},
    404: {"model": RefusalOut},
    422: {"model": RefusalOut},
    429: {"model": RefusalOut},
}


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The pack in use now; without one there is nothing to show."""

    pack: Callable[[], Pack] | None
    clock: Clock

    def router(self) -> APIRouter:
        router = APIRouter(prefix="/api/v1", responses=_ANSWERS)
        router.get("/knowledge", response_model=KnowledgeOut)(self.get_knowledge)
        router.get("/entries", response_model=EntriesOut)(self.get_entries)
        router.get("/entries/{name}", response_model=EntryOut)(self.get_entry)
        router.get("/portals", response_model=PortalsOut)(self.get_portals)
        router.get("/procedures", response_model=ProceduresOut)(self.get_procedures)
        router.get("/procedures/{name}", response_model=ProcedureOut)(self.get_procedure)
        return router

    async def get_knowledge(self, request: Request) -> Response:
        """Return which knowledge is in use and how old it is."""
        return self._answer(request, _about)

    async def get_entries(self, request: Request) -> Response:
        """List everything that can be answered."""
        return self._answer(request, lambda pack: {"entries": list(_listed(pack))})

    async def get_entry(self, name: Name, request: Request) -> Response:
        """Return an entry as it is answered today to somebody of no particular place."""
        return self._answer(request, lambda pack: self._entry(pack, name))

    async def get_portals(self, request: Request) -> Response:
        """List where the service is, place by place; the entry says it."""
        return self._answer(request, lambda pack: {"portals": list(_portals(pack))})

    async def get_procedures(self, request: Request) -> Response:
        """List the procedures."""
        return self._answer(request, lambda pack: {"procedures": list(_procedures(pack))})

    async def get_procedure(self, name: Name, request: Request) -> Response:
        """Return a procedure: its steps, and its drawing for each kind as text and Mermaid."""
        return self._answer(request, lambda pack: _procedure(pack, name))

    def _answer(self, request: Request, show: Callable[[Pack], Any]) -> Response:
        """Return what `show` returns; 404 if it returns nothing, 304 if the client has it."""
        pack = self.pack() if self.pack else None
        shown = show(pack) if pack else None
        if pack is None or shown is None:
            return refuse(404)
        etag = f'"{pack.version}-{day_of(self.clock.now())}"'
        headers = {"ETag": etag, "Cache-Control": "no-cache"}
        if has(request, etag):
            return Response(status_code=304, headers=headers)
        return Json(shown, headers=headers)

    def _entry(self, pack: Pack, name: str) -> dict[str, Any] | None:
        entry = pack.entries.get(name)
        if entry is None:
            return None
        scope = Scope(pack, day_of(self.clock.now()), dict(entry.slots))
        reply = reply_as_json(entry_reply(scope, entry, None, "listed"), pack.vocabulary.names)
        return {"id": entry.id, "title": entry.title, "reply": reply}


def _about(pack: Pack) -> dict[str, Any]:
    sources = [_source(source) for source in pack.sources.values()]
    days = sorted(source["checked_on"] for source in sources)
    return {
        "version": pack.version,
        "title": pack.title,
        "language": pack.language,
        "entries": len(pack.entries),
        "oldest_check": days[0] if days else None,
        "newest_check": days[-1] if days else None,
        "sources": sources,
    }


def _source(source: Source, article: str | None = None) -> dict[str, Any]:
    checked_on = source.checked_on.isoformat()
    return {
        "title": source.title,
        "article": article,
        "url": source.url,
        "checked_on": checked_on,
    }


def _listed(pack: Pack) -> Iterator[dict[str, Any]]:
    for entry in pack.entries.values():
        if entry.kind is not EntryKind.SMALLTALK:
            yield {"id": entry.id, "title": entry.title, "slots": _slots(pack, entry)}


def _slots(pack: Pack, entry: Entry) -> dict[str, str]:
    names = pack.vocabulary.names
    return {names.get(kind, kind): value for kind, value in entry.slots.items()}


def _portals(pack: Pack) -> Iterator[dict[str, Any]]:
    for entry in pack.portals:
        yield {"place": entry.slots[PLACE], "entry": entry.id, "title": entry.title}


def _procedures(pack: Pack) -> Iterator[dict[str, Any]]:
    for procedure in pack.procedures.values():
        yield {"id": procedure.id, "title": procedure.title, "kinds": list(procedure.kinds)}


def _procedure(pack: Pack, name: str) -> dict[str, Any] | None:
    procedure = pack.procedures.get(name)
    if procedure is None:
        return None
    return {
        "id": procedure.id,
        "title": procedure.title,
        "regions": list(procedure.regions),
        "start": procedure.start,
        "steps": [_step(step) for step in procedure.steps.values()],
        "drawings": list(_drawings(pack, procedure)),
        "mermaid": draw_mermaid(procedure),
        "sources": [_source(cited.source, cited.article) for cited in procedure.citations],
    }


def _step(step: Step) -> dict[str, Any]:
    ways = [
        {"to": way.to, "label": way.label, "kinds": list(way.registrations)}
        for way in step.transitions
    ]
    return {"id": step.id, "actor": step.actor, "action": step.action, "ways": ways}


def _drawings(pack: Pack, procedure: Procedure) -> Iterator[dict[str, Any]]:
    for kind in procedure.kinds:
        picture = f"{procedure.id}#{kind}@"
        if chart := chart_named(pack, picture):
            yield {"kind": kind, "picture": picture, "text": draw_text(chart)}
