"""Build adapters that run only if one setting of theirs is given: an id that the platform gave.

What a newcomer would get wrong: nothing of such a platform is imported before that.  So the adapter
names what is imported, and only calls do it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from bot.errors import ExtraMissing, SettingsError
from bot.plugins.adapter import Adapter, Capabilities, Listening, S, Service, Surroundings
from bot.plugins.finding import Finding, problem

A = TypeVar("A")


@dataclass(frozen=True, slots=True, kw_only=True)
class WhenGiven(Generic[S, A]):
    """What is done with what operators entered, once the setting `key` is given."""

    key: str
    """The setting without which there is no when."""
    read: Callable[[S], A]
    """Return what was entered; raises SettingsError if something is missing, or ExtraMissing."""
    serve: Callable[[A, Surroundings], Service]
    report: Callable[[A, S], Awaitable[Sequence[Finding]]]

    def is_wanted(self, chosen: S) -> bool:
        return getattr(chosen, self.key) is not None


def optional_adapter(
    name: str,
    title: str,
    settings: type[S],
    capabilities: Capabilities,
    when: WhenGiven[S, Any],
) -> Adapter[S]:
    """Return an adapter that does nothing, and imports nothing, until its key is given."""

    def start(chosen: S, surroundings: Surroundings) -> Service | None:
        if not when.is_wanted(chosen):
            return None
        return when.serve(when.read(chosen), surroundings)

    async def examine(chosen: S, listening: Listening) -> Sequence[Finding]:  # noqa: ARG001
        if not when.is_wanted(chosen):
            return ()
        try:
            entered = when.read(chosen)
        except (SettingsError, ExtraMissing) as error:
            return (problem(title, str(error), "改好这个设置，再查一次"),)
        return await when.report(entered, chosen)

    return Adapter(
        name=name,
        title=title,
        settings=settings,
        capabilities=capabilities,
        start=start,
        examine=examine,
    )
