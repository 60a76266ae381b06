"""Count what operators watch, and show it in the text format of Prometheus.

Names of people or chats are never labels; regions, entries and reasons are, and those are as many
as the pack and the code have.  Each process counts its own; whoever collects adds them up.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from bot.core.model.pack import Pack
from bot.core.model.reply import Reply
from bot.core.model.spans import ZONE
from bot.core.model.update import Update
from bot.core.model.vocabulary import PLACE
from bot.core.ports import Held

disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series beside each

BUCKETS_S = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""The promises are a quarter of a second for 99 in 100, and 2.5 seconds for all."""
_HELD = {
    Held.LIMITED: "Updates and requests beyond a limit",
    Held.REFUSED: "Requests and replies that were refused",
    Held.DELAYED: "Replies that had to wait",
    Held.SENT_LATE: "Replies that had waited and were sent",
}


@dataclass(frozen=True, slots=True)
class Watched:
    """What is looked at when somebody collects."""

    version: str
    """The program's."""
    pack: Callable[[], Pack]
    store: Callable[[], str | None]
    """Returns why turns cannot be stored; `None` while they can."""
    adapters: Callable[[], Mapping[str, str | None]]
    """Returns the trouble of each platform, by its name; `None` where there is none."""
    is_stopping: Callable[[], bool] = lambda: False
    limits: Mapping[str, float] = field(default_factory=dict)
    """The limits in force, by their names in the settings."""


class Metrics:
    """Implements `bot.core.ports.Meter`."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._replies = self._counter("replies", "Replies", "platform", "status", "reason")
        self._entries = self._counter("entry_replies", "Answers, by entry", "entry")
        self._regions = self._counter("region_replies", "Replies about a region", "region")
        self._seconds = Histogram(
            "zhuce_turn_seconds",
            "Seconds from an update to its reply, stored",
            ["platform"],
            buckets=BUCKETS_S,
            registry=self._registry,
        )
        self._held = {
            held: self._counter(held.value, told, "platform", "reason")
            for held, told in _HELD.items()
        }
        self._remember_series()

    def _counter(self, name: str, told: str, *labels: str) -> Counter:
        return Counter(f"zhuce_{name}", told, labels, registry=self._registry)

    def _remember_series(self) -> None:
        """Look each series up once: `labels` checks and converts its labels at every call."""
        self._observed = cache(self._seconds.labels)
        self._counted = cache(lambda counter, *labels: counter.labels(*labels))

    def ticks(self) -> float:
        return time.perf_counter()

    def turn(self, update: Update, reply: Reply, began: float) -> None:
        platform = update.key.platform
        self._observed(platform).observe(self.ticks() - began)
        self._counted(self._replies, platform, reply.status.value, reply.reason or "").inc()
        for answer in reply.answers:
            self._counted(self._entries, answer.entry).inc()
        for region in {reply.slots.get(PLACE), *(a.slots.get(PLACE) for a in reply.answers)}:
            if region:
                self._counted(self._regions, region).inc()

    def held(self, held: Held, platform: str, reason: str) -> None:
        self._held[held].labels(platform, reason).inc()

    def watch(self, watched: Watched) -> None:
        """Show also what is looked at; called once."""
        self._registry.register(_Looking(watched))

    def shown(self) -> bytes:
        """Return everything in the text format."""
        return generate_latest(self._registry)


class _Looking(Collector):
    def __init__(self, watched: Watched) -> None:
        self._watched = watched

    def collect(self) -> Iterator[GaugeMetricFamily]:
        watched, pack = self._watched, self._watched.pack()
        yield _gauge("info", "The program", {"version": watched.version}, 1)
        yield _gauge("knowledge_info", "The pack in use", {"version": pack.version}, 1)
        for which, day in _checked_days(pack):
            told = "Day on which sources were compared with the pack, as Unix time"
            yield _gauge(f"knowledge_{which}_check_timestamp_seconds", told, {}, _as_unix(day))
        yield _gauge("stopping", "1 after the signal to stop", {}, watched.is_stopping())
        yield _gauge("store_up", "1 while turns can be stored", {}, watched.store() is None)
        up = GaugeMetricFamily(
            "zhuce_adapter_up", "1 while the platform makes progress", labels=["platform"]
        )
        for platform, trouble in watched.adapters().items():
            up.add_metric([platform], trouble is None)
        yield up
        limits = GaugeMetricFamily("zhuce_limit", "Limits in force", labels=["name"])
        for name, limit in watched.limits.items():
            limits.add_metric([name], limit)
        yield limits


def _gauge(name: str, told: str, labels: Mapping[str, str], value: float) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"zhuce_{name}", told, labels=list(labels))
    family.add_metric(list(labels.values()), value)
    return family


def _checked_days(pack: Pack) -> Iterator[tuple[str, date]]:
    days = [source.checked_on for source in pack.sources.values()]
    if days:
        yield "oldest", min(days)
        yield "newest", max(days)


def _as_unix(day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=ZONE).timestamp()
