"""Every call that came in, with what became of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tests.e2e.bot_api.params import Params
from tests.e2e.bot_api.views import Message


@dataclass(frozen=True, slots=True)
class Call:
    """One call. `status` is the HTTP status that was due; `fault` names what kept it back.

    `body` is the answer; a call whose connection was dropped after the effect has one too.
    """

    method: str
    params: Params
    status: int
    body: bytes
    started: float
    ended: float
    fault: str = ""
    over: str = "http"

    @property
    def ok(self) -> bool:
        return self.status == 200 and bool(self.body)

    @property
    def answer(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body) if self.body else {}
        return found

    @property
    def result(self) -> Any:
        return self.answer.get("result")

    @property
    def description(self) -> str:
        return str(self.answer.get("description", ""))

    @property
    def message(self) -> Message:
        """The message that the call made or changed, as it was then."""
        return Message(self.result)

    def __str__(self) -> str:
        words = {name: value for name, value in self.params.items() if value is not None}
        outcome = self.fault or (self.description if not self.ok else "ok")
        return f"{self.method} {json.dumps(words, ensure_ascii=False, default=str)} -> {outcome}"
