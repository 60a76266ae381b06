"""What `/metrics` shows of a conversation over HTTP, and to whom."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from bot.adapters.web import Gate, Page, Readiness, create_app
from bot.adapters.web.limits import Limits
from bot.core.conversation import Conversation
from bot.runtime.brain import Brain
from bot.runtime.metrics import Metrics, Watched
from bot.storage.memory import MemoryStore
from tests.fakes import FakeClock

KEY = "sixteen characters at least"
BEARER = {"Authorization": f"Bearer {KEY}"}


def samples(shown: str) -> dict[tuple[str, ...], float]:
    """The value of each series by its name and labels, as Prometheus itself reads them."""
    return {
        (sample.name.removeprefix("zhuce_"), *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(shown)
        for sample in family.samples
    }


def test_what_happens_is_counted_by_outcome_and_shown_to_those_with_the_key(brain: Brain) -> None:
    metrics, clock = Metrics(), FakeClock()
    conversation = Conversation(brain, MemoryStore(), clock, meter=metrics)
    watched = Watched(
        version="1.2",
        pack=lambda: conversation.pack,
        store=lambda: "gone",
        adapters=lambda: {"telegram": None, "shop": "连不上"},
        limits={"turns": 64},
    )
    metrics.watch(watched)
    web = TestClient(
        create_app(
            conversation=conversation,
            clock=clock,
            readiness=lambda: Readiness(can_answer=True),
            knowledge_version=lambda: "v1",
            gate=Gate(is_open=False, key=KEY, signing_secret=b"only for this test"),
            page=Page("问答"),
            limits=Limits(conversation="2/minute"),
            meter=metrics,
            metrics=metrics.shown,
        )
    )

    def says(text: str, **more: str) -> int:
        message = {"conversation": "one", "text": text, **more}
        return web.post("/api/v1/messages", json=message, headers=BEARER).status_code

    assert [says("四川二建在哪注册", id="1"), says("四川二建在哪注册", id="1"), says("?")] == [
        200,
        200,
        429,
    ]
    assert web.post("/api/v1/messages", json={"text": "x"}).status_code == 422
    assert web.get("/metrics").status_code == 401
    found = samples(web.get("/metrics", headers=BEARER).text)
    expected = {
        ("replies_total", "", "answered", "web"): 1,
        ("entry_replies_total", "portal-sichuan"): 1,
        ("region_replies_total", "四川"): 1,
        ("turn_seconds_count", "web"): 1,
        ("limited_total", "conversation", "web"): 1,
        ("refused_total", "422", "web"): 1,
        ("refused_total", "401", "web"): 1,
        ("info", "1.2"): 1,
        ("knowledge_info", brain.pack.version): 1,
        ("store_up",): 0,
        ("adapter_up", "telegram"): 1,
        ("adapter_up", "shop"): 0,
        ("limit", "turns"): 64,
    }
    assert {name: found.get(name) for name in expected} == expected
    day = min(source.checked_on for source in brain.pack.sources.values())
    assert day.isoformat() == "2021-12-08"
    assert found["knowledge_oldest_check_timestamp_seconds",] == 1638892800
