"""The examples in `/openapi.json`: what the API answers, recorded over the pack of a library.

`python -m tests.api_examples` writes `bot/adapters/web/examples.json` anew.  What is different each
time (ids, the version of the pack) is replaced, and long lists are cut.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.testclient import TestClient

from bot.adapters.web import Gate, Page, Readiness, create_app
from bot.adapters.web.limits import Limits
from bot.core.conversation import Conversation
from bot.core.model.reply import Reply
from bot.core.model.update import Update
from bot.core.ports import Brain
from bot.drawing import ChartDrawer
from bot.errors import StoreUnavailable
from bot.storage.memory import MemoryStore
from tests.fakes import FakeClock

FILE = Path(__file__).parents[1] / "bot" / "adapters" / "web" / "examples.json"
CHAT, ENTRY, PROCEDURE, CALCULATOR = "my-chat-1", "card-adult", "get-card", "card-last-day"
KEY, SECRET, MOST_SHOWN = "sixteen characters", b"sixteen bytes or more", 2


@dataclass(frozen=True)
class Call:
    """A request, and the operation that it belongs to."""

    operation: str
    path: str
    body: Any = None
    status: int = 200


def calls(brain: Brain) -> Iterator[Call]:
    messages = "/api/v1/messages"
    press = {"conversation": CHAT, "press": f"e:{ENTRY}", "id": "1"}
    feedback = {"conversation": CHAT, "entry": ENTRY, "rating": "disliked"}
    picture = f"{PROCEDURE}#{next(iter(brain.pack.procedures[PROCEDURE].kinds))}@"
    yield Call(f"POST {messages}", messages, press)
    yield Call("POST /api/v1/feedback", "/api/v1/feedback", feedback)
    one = "/api/v1/conversations/{conversation}"
    yield Call(f"GET {one}", f"/api/v1/conversations/{CHAT}?limit=1")
    yield Call(f"DELETE {one}", f"/api/v1/conversations/{CHAT}")
    yield Call("POST /api/v1/conversations", "/api/v1/conversations", {}, 201)
    yield Call("GET /api/v1/pictures/{name}", f"/api/v1/pictures/{quote(picture, safe='')}")
    for name in ("knowledge", "entries", "portals", "procedures", "calculators"):
        yield Call(f"GET /api/v1/{name}", f"/api/v1/{name}")
    yield Call("GET /api/v1/entries/{name}", f"/api/v1/entries/{ENTRY}")
    yield Call("GET /api/v1/procedures/{name}", f"/api/v1/procedures/{PROCEDURE}")
    dated = f"/api/v1/calculators/{CALCULATOR}?date=2026-11-01"
    yield Call("GET /api/v1/calculators/{name}", dated)
    yield Call("GET /api/v1/suggestions", "/api/v1/suggestions")
    yield Call("GET /healthz", "/healthz")
    yield Call("GET /readyz", "/readyz")


def refusals(brain: Brain) -> Iterator[tuple[str, int, Any]]:
    """Yield what is refused, by servers to which that happens: where, status and answer."""
    messages = "/api/v1/messages"
    said = {"conversation": CHAT, "text": "a"}
    web = client(brain)
    yield messages, 400, web.post(messages, content=b"\xff", headers=JSON).json()
    yield (
        messages,
        401,
        client(brain, gate=Gate(is_open=False, key=KEY, signing_secret=SECRET))
        .post(messages, json=said)
        .json(),
    )
    yield messages, 404, web.get("/api/v1/entries/nothing").json()
    yield messages, 413, web.post(messages, content=b"a" * 100_000, headers=JSON).json()
    yield messages, 422, web.post(messages, json={"conversation": CHAT}).json()
    hasty = client(brain, limits=Limits(conversation="1/minute"))
    hasty.post(messages, json=said)
    yield messages, 429, hasty.post(messages, json=said).json()
    yield messages, 503, client(brain, conversation=Out()).post(messages, json=said).json()
    stopped = client(brain, readiness=lambda: Readiness(can_answer=False, degraded=("正在停止",)))
    yield "/readyz", 503, stopped.get("/readyz").json()


class Out:
    """A conversation whose store is out."""

    async def handle(self, _: Update) -> Reply:
        raise StoreUnavailable("out")


JSON = {"Content-Type": "application/json"}


def client(brain: Brain, **changes: Any) -> TestClient:
    clock = FakeClock()
    plain: dict[str, Any] = {
        "conversation": Conversation(brain, MemoryStore(), clock, drawer=ChartDrawer()),
        "clock": clock,
        "readiness": lambda: Readiness(can_answer=True),
        "knowledge_version": lambda: brain.pack.version,
        "gate": Gate(is_open=True, key=None, signing_secret=SECRET),
        "page": Page(brain.pack.title),
        "pack": lambda: brain.pack,
        "feedback": True,
    }
    return TestClient(create_app(**plain | changes), raise_server_exceptions=False)


def recorded(brain: Brain) -> dict[str, dict[str, Any]]:
    """Return the answer of each operation by its status."""
    web, found = client(brain), dict[str, dict[str, Any]]()
    for call in calls(brain):
        method = call.operation.partition(" ")[0]
        answer = web.request(method, call.path, json=call.body)
        assert answer.status_code == call.status, (call, answer.text)
        is_json = answer.headers["content-type"] == "application/json"
        shown = answer.json() if is_json else '<svg xmlns="http://www.w3.org/2000/svg">…</svg>'
        link = shown.get("link") if is_json else None
        found[call.operation] = {str(call.status): normal(shown, brain)}
        if link:
            opened = web.get(f"/api/v1/links/{link}").json()
            found["GET /api/v1/links/{payload}"] = {"200": opened}
    for path, status, body in refusals(brain):
        if path == "/readyz":
            found["GET /readyz"][str(status)] = normal(body, brain)
        else:
            told = re.sub(r"\d+ (?=秒|seconds)", "30 ", json.dumps(body, ensure_ascii=False))
            found.setdefault("*", {})[str(status)] = json.loads(told)
    return found


def normal(shown: Any, brain: Brain) -> Any:
    text = json.dumps(shown, ensure_ascii=False).replace(brain.pack.version, "0123456789ab")
    text = re.sub(r'"conversation": "[\w-]{22}\.[\w-]+"', f'"conversation": "{ISSUED}"', text)
    found = json.loads(text)
    for name in ("entries", "portals", "procedures", "calculators", "sources", "suggestions"):
        if isinstance(found, dict) and isinstance(found.get(name), list):
            found[name] = found[name][:MOST_SHOWN]
    return found


ISSUED = "Zq3v0m5rS1eXkq2o5mJm2A.2o0cN1yZ9k0wU5xkQv7p1w"


if __name__ == "__main__":
    from bot.runtime.brain import load_brain
    from tests.library.questions import PACK

    made = json.dumps(recorded(load_brain(PACK)), ensure_ascii=False, indent=1)
    FILE.write_text(made + "\n", encoding="utf-8")
