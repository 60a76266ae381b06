"""Every call that came in, with what became of it."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from tests.e2e.bot_api.params import Params
from tests.e2e.bot_api.views import Message


@dataclass(frozen=True, slots=True)
class Call:
    """One call. `status` is the HTTP status that was due; `fault` names what kept it back.

    `answer` is the JSON that was due, empty for a call that was dropped before it had an effect;
    one that was dropped afterwards has it, and counts as ok.
    """

    method: str
    params: Params
    status: int
    answer: dict[str, Any]
    started: float
    ended: float
    fault: str = ""
    over: str = "http"

    @property
    def ok(self) -> bool:
        return bool(self.answer.get("ok"))

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


SENDING = frozenset({"sendmessage", "sendrichmessage", "sendphoto", "senddocument"})


class Ledger:
    """The calls in order of completion, and what they sent, sorted by chat."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.sent: list[Message] = []
        self.sent_to: dict[int, list[Message]] = defaultdict(list)

    def note(self, call: Call) -> None:
        if call.ok and call.method.lower() in SENDING:
            self.sent.append(call.message)
            self.sent_to[call.message.chat_id].append(call.message)
        self.calls.append(call)
