"""Compute what one core serves on each platform, from the sections that measured them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Sections = Mapping[str, Any]
SENSIBLE = 0.6
"""The share of a core at which a single-threaded server can run before replies begin to queue: at
0.6 the mean wait is 1.5 times the service time (M/M/1), at 0.8 four times.
"""


EMBEDDED = "Python, embedded: text in, Reply out"


@dataclass(frozen=True, slots=True)
class Door:
    name: str
    cpu_ms: float
    """For one message."""

    @property
    def per_s(self) -> float:
        return 1000 / self.cpu_ms

    @property
    def sensible_per_s(self) -> float:
        return SENSIBLE * self.per_s


def doors(sections: Sections) -> list[Door]:
    return list(_doors(sections))


def _doors(sections: Sections) -> Iterator[Door]:
    if "answer" in sections:
        row = sections["answer"]["rows"]["rjieba"]
        yield Door(EMBEDDED, row["answer_mean_us"] / 1000)
    if "http" in sections:
        row = sections["http"]["rows"]["zhuce"]
        yield Door("HTTP API", row["cpu_ms"])
    for name, found in sections.get("telegram", {}).get("doors", {}).items():
        row = found["zhuce"]
        yield Door(f"Telegram, {name}", row["cpu_ms"])


def in_words(found: list[Door]) -> str:
    """Say from which load a second machine makes sense; nothing if no platform was measured."""
    outside = [door for door in found if door.name != EMBEDDED]
    if not outside:
        return ""
    least = min(outside, key=lambda door: door.per_s)
    most = max(outside, key=lambda door: door.per_s)
    return (
        f"A process uses one core. On it the dearest door, {least.name}, serves "
        f"{least.per_s:,.0f} messages a second and the cheapest, {most.name}, {most.per_s:,.0f}. "
        f"Kept at {SENSIBLE:.0%}, so that replies do not queue, a core serves at least "
        f"{least.sensible_per_s:,.0f} a second, {least.sensible_per_s * 3600:,.0f} an hour. Below "
        "that a second machine serves only to survive the loss of the first. Above it, add "
        "processes behind the same webhook address, first on the cores of one machine and then on "
        "a second one; what they share is Redis (conversations, claims) and PostgreSQL (the "
        "journal). Polling stays with one process, because Telegram gives each update to one "
        "poller."
    )
