"""Work out deadlines for programs: the calculators of the pack, and what comes of a date.

Nothing is asked and nothing is stored; the reply is the one that people get.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter

from bot.adapters.web.errors import Json, Sentence, refuse
from bot.adapters.web.schemas import CalculatorsOut, Day, DeadlineOut, Name, RefusalOut
from bot.core.deadlines import turns
from bot.core.deadlines.result import compute
from bot.core.model.calculator import Calculator
from bot.core.model.choices import Calculate
from bot.core.model.pack import Pack
from bot.core.model.reply import Reply
from bot.core.model.scope import Scope
from bot.core.model.session import Session
from bot.core.model.spans import day_of, read_span
from bot.core.ports import Clock
from bot.core.wire import reply_as_json

_ANSWERS: dict[int | str, dict[str, Any]] = {
    status: {"model": RefusalOut} for status in (404, 422, 429)
}
_NO_SUCH_DAY = Sentence("没有这个日期。", "There is no such date.")


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The calculators of the pack in use now; without one there are none."""

    pack: Callable[[], Pack] | None
    clock: Clock

    def router(self) -> APIRouter:
        router = APIRouter(prefix="/api/v1", responses=_ANSWERS)
        router.get("/calculators", response_model=CalculatorsOut)(self.get_calculators)
        router.get("/calculators/{name}", response_model=DeadlineOut)(self.get_deadline)
        return router

    async def get_calculators(self) -> Json:
        """List the deadlines that can be worked out."""
        pack = self.pack() if self.pack else None
        if pack is None:
            return refuse(404)
        shown = [{"id": one.id, "title": one.title} for one in pack.calculators.values()]
        return Json({"calculators": shown})

    async def get_deadline(self, name: Name, date: Day) -> Json:
        """Work out a deadline from a date, of which month or day may be unknown."""
        pack = self.pack() if self.pack else None
        calculator = pack.calculators.get(name) if pack else None
        if pack is None or calculator is None:
            return refuse(404)
        scope = Scope(pack, day_of(self.clock.now()), {})
        turn = turns.calculate(scope, Session(), Calculate(name, date))
        if turn is None:
            return refuse(422, _NO_SUCH_DAY)
        reply = reply_as_json(turn.reply, pack.vocabulary.names)
        return Json(
            {
                "id": name,
                "title": calculator.title,
                **_ends(scope, calculator, turn.reply),
                "reply": reply,
            }
        )


def _ends(scope: Scope, calculator: Calculator, reply: Reply) -> dict[str, Any]:
    """Return what came out as data; empty where the date was refused."""
    given = reply.answers[0].slots.get("date", "") if reply.answers else ""
    span = read_span(given)
    ends = compute(calculator, span, scope) if span else ()
    return {
        "given": given,
        "outcomes": list(dict.fromkeys(end.outcome.value for end in ends)),
        "last_days": list(dict.fromkeys(end.last.isoformat() for end in ends)),
    }
