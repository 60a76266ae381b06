"""Serve the pages that only show: overview, hit test, gaps, feedback, what is due, knowledge."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from bot.adapters.web.errors import refuse
from bot.admin import charts
from bot.admin.door import Visitor
from bot.admin.guard import Form, Guard
from bot.admin.pages import page
from bot.admin.platforms import views
from bot.core.answering.entry_replies import entry_reply
from bot.core.model.pack import Pack
from bot.core.model.reply import Reason, Status
from bot.core.model.scope import Scope
from bot.core.model.spans import ZONE
from bot.core.ports import Usage
from bot.core.procedures.drawings import draw_text
from bot.core.procedures.summary import chart_named
from bot.drawing.verbs import NotDrawableError, drawing_of
from bot.knowledge.blocks import editable_files
from bot.runtime.due import TITLES
from bot.runtime.entry_search import matching
from bot.runtime.explain import LABELS, explain_as_json
from bot.runtime.report_text import BADLY, RATINGS, REASONS, SAID, STATUSES
from bot.runtime.unanswered import FEWEST_PEOPLE, Group
from bot.runtime.workplace import Workplace, where_of

SPANS = (7, 30, 90)
DUE_DAYS = 60
MOST_TURNS = 10
MOST_LISTED = 100
LONGEST_QUESTION = 2000


@dataclass(frozen=True)
class Looking:
    work: Workplace
    guard: Guard

    @property
    def pack(self) -> Pack:
        return self.work.conversation.pack

    def shown(self, visitor: Visitor, at: str, **values: Any) -> dict[str, Any]:
        """Return what every page needs, and what this one adds."""
        common = {"name": visitor.name, "token": self.guard.door.token(visitor), "at": at}
        return {**common, "pack": self.pack, "work": self.work, **values}

    def today(self) -> date:
        return self.work.conversation.clock.now().astimezone(ZONE).date()

    async def overview(self, request: Request, visitor: Visitor) -> Response:
        days = _days(request)
        found = await self.work.usage(days)
        values = {
            "days": days,
            "spans": SPANS,
            "usage": None if found is None else self._usage(found, days),
            "due": await self.work.due(DUE_DAYS),
            "copies": self.work.log.latest(5),
        }
        return page(request, "overview.html", self.shown(visitor, "overview", **values))

    def _usage(self, found: Usage, days: int) -> dict[str, Any]:
        by, today = found.by, self.today()
        titles = {entry.id: entry.title for entry in self.pack.entries.values()}
        answered, missed = (by["status"].get(s, 0) for s in (Status.ANSWERED, Status.ABSTAINED))
        reasons = {name: n for name, n in by["reason"].items() if name in REASONS}
        ratings = {name: n for name, n in by["reason"].items() if name in RATINGS}
        return {
            "replies": found.replies,
            "answered": answered,
            "missed": missed,
            "liked": ratings.get(Reason.LIKED, 0),
            "disliked": ratings.get(Reason.DISLIKED, 0),
            "days": charts.days(found, today - timedelta(days - 1), today),
            "tables": [
                ("结果", charts.bars(by["status"], STATUSES)),
                ("没答的原因", charts.bars(reasons, REASONS)),
                ("评价", charts.bars(ratings, RATINGS)),
                ("问得最多的条目", charts.bars(by["entry"], titles)),
                ("问得最多的地区", charts.bars(by["region"], {})),
                ("平台", charts.bars(by["platform"], {})),
            ],
        }

    async def get_hit_test(self, request: Request, visitor: Visitor) -> Response:
        values = self.shown(visitor, "try", question="", found=None)
        return page(request, "try.html", values)

    async def post_hit_test(self, request: Request, visitor: Visitor, form: Form) -> Response:
        question = form.get("question", "")[:LONGEST_QUESTION]
        turns = [line for line in map(str.strip, question.splitlines()) if line][-MOST_TURNS:]
        found = await asyncio.to_thread(self._hit, turns) if turns else None
        values = self.shown(visitor, "try", question=question, found=found)
        return page(request, "try.html", values)

    def _hit(self, turns: Sequence[str]) -> dict[str, Any]:
        """Ask as people ask; the last line is the question, those before it the conversation."""
        exchange = self.work.replayer().run(turns)
        reply = exchange.reply
        return {
            "explained": explain_as_json(exchange, self.pack.vocabulary.names),
            "status": STATUSES.get(reply.status.value, reply.status.value),
            "reason": REASONS.get(reply.reason.value, reply.reason.value) if reply.reason else "",
            "rule": reply.rule,
            "score": reply.score,
            "labels": LABELS,
            "titles": {e.id: e.title for e in self.pack.entries.values()},
            "views": views(self.pack, reply, self.today()),
        }

    async def gaps(self, request: Request, visitor: Visitor) -> Response:
        days = _days(request)
        groups = await self.work.groups(days)
        is_open = [g for g in groups or () if not g.is_closed and g.reason not in BADLY]
        values = self._grouped(groups, is_open, days)
        return page(request, "gaps.html", self.shown(visitor, "gaps", **values))

    async def feedback(self, request: Request, visitor: Visitor) -> Response:
        days = _days(request)
        groups = await self.work.groups(days)
        bad = [g for g in groups or () if not g.is_closed and g.reason in BADLY]
        rated = await self.work.rated(days)
        values = self._grouped(groups, bad, days) | {
            "rated": rated[:MOST_LISTED],
            "ratings": {rating: RATINGS[rating] for rating in SAID},
        }
        return page(request, "feedback.html", self.shown(visitor, "feedback", **values))

    def _grouped(
        self, groups: Sequence[Group] | None, listed: Sequence[Group], days: int
    ) -> dict[str, Any]:
        return {
            "days": days,
            "spans": SPANS,
            "has_journal": groups is not None,
            "groups": listed[:MOST_LISTED],
            "closed": sum(group.is_closed for group in groups or ()),
            "fewest": FEWEST_PEOPLE,
            "reasons": REASONS | BADLY,
        }

    async def due(self, request: Request, visitor: Visitor) -> Response:
        found = await self.work.due(DUE_DAYS)
        by_what = [(title, [d for d in found if d.what == what]) for what, title in TITLES.items()]
        values = {"by_what": [row for row in by_what if row[1]], "due_days": DUE_DAYS}
        return page(request, "due.html", self.shown(visitor, "due", **values))

    async def knowledge(self, request: Request, visitor: Visitor) -> Response:
        words = request.query_params.get("q", "").strip()[:LONGEST_QUESTION]
        entries = await asyncio.to_thread(matching, self.work.replayer(), words)
        values = {
            "words": words,
            "entries": entries[:MOST_LISTED],
            "count": len(entries),
            "files": editable_files(self.work.folder),
        }
        return page(request, "knowledge.html", self.shown(visitor, "knowledge", **values))

    async def entry(self, request: Request, visitor: Visitor) -> Response:
        found = self.pack.entries.get(request.path_params["id"])
        if found is None:
            return self.missing(request, visitor)
        scope = Scope(self.pack, self.today(), dict(found.slots))
        reply = entry_reply(scope, found, None, "preview")
        values = {
            "entry": found,
            "views": views(self.pack, reply, self.today()),
            "where": where_of(found.id),
            "block": await self.work.find(where_of(found.id)),
            "slots": {self.pack.vocabulary.names.get(k, k): v for k, v in found.slots.items()},
        }
        return page(request, "entry.html", self.shown(visitor, "knowledge", **values))

    async def procedure(self, request: Request, visitor: Visitor) -> Response:
        found = self.pack.procedures.get(request.path_params["id"])
        if found is None:
            return self.missing(request, visitor)
        charts_ = [(kind, chart_named(self.pack, f"{found.id}#{kind}@")) for kind in found.kinds]
        values = {
            "procedure": found,
            "texts": [(kind, draw_text(chart)) for kind, chart in charts_ if chart],
            "where": f"file:procedures/{found.id}.yaml",
            "block": await self.work.find(f"file:procedures/{found.id}.yaml"),
        }
        return page(request, "procedure.html", self.shown(visitor, "knowledge", **values))

    async def drawing(self, request: Request, _: Visitor) -> Response:
        found = self.pack.procedures.get(request.path_params["id"])
        try:
            drawn = await asyncio.to_thread(drawing_of, found, "svg", None) if found else None
        except NotDrawableError:
            drawn = None
        return Response(drawn, media_type="image/svg+xml") if drawn else refuse(404)

    async def picture(self, request: Request, _: Visitor) -> Response:
        """Return a picture of a reply, at the address that the chat's script asks for."""
        drawn = await self.work.conversation.picture(request.path_params["name"], "svg")
        return Response(drawn, media_type="image/svg+xml") if drawn else refuse(404)

    def missing(self, request: Request, visitor: Visitor) -> Response:
        return page(request, "missing.html", self.shown(visitor, "knowledge"), 404)


def _days(request: Request) -> int:
    given = request.query_params.get("days", "")
    return int(given) if given.isdecimal() and int(given) in SPANS else SPANS[1]
