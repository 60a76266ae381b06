"""The pack's own questions asked with noise: which still find their entry.

The tests ask a sample of them, `make noise` all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from bot.core.answering.free_text import decide_words
from bot.core.model.entry import Entry
from bot.core.model.pack import Pack
from bot.core.model.reply import Reply
from bot.core.model.scope import Scope
from bot.core.model.session import Context
from bot.understanding.engine import PackUnderstander
from tests import noise
from tests.fakes import NOON

FLOOR = 0.95
"""Share of the questions that find their entry in spite of the noise, in every class."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question with noise in it, and what came back."""

    entry: str
    ask: str
    noisy: str
    reply: Reply
    is_found: bool

    def __str__(self) -> str:
        got = "、".join(answer.entry or "" for answer in self.reply.answers) or self.reply.rule
        return f"{self.entry}: {self.ask} -> {self.noisy}  [{self.reply.status} {got}]"


class Asker:
    """Asks with noise and judges what comes back."""

    def __init__(self, pack: Pack, understander: PackUnderstander) -> None:
        self._pack = pack
        self._understander = understander
        self._places = sorted(name for name in _places(pack) if not name.isascii())

    def asks(self, text: str) -> Reply:
        understanding = self._understander.understand(text, Context(), NOON)
        return decide_words(Scope(self._pack, date(2026, 11, 22), {}), understanding)

    def noisy(self, name: str, text: str, number: int = 0) -> str:
        """The text with noise of a class; the same for the same number."""
        chance = Random(f"{name} {number} {text}")
        return noise.harmless(noise.CLASSES[name], text, chance, self._places)

    def outcomes(self, name: str, asks: Iterable[tuple[Entry, str]]) -> Iterator[Outcome]:
        """What comes back for each question that the class of noise can change at all."""
        for entry, ask in asks:
            noisy = self.noisy(name, ask)
            if noisy != ask:
                reply = self.asks(noisy)
                yield Outcome(entry.id, ask, noisy, reply, self._is_found(entry, ask, reply))

    def _is_found(self, entry: Entry, ask: str, reply: Reply) -> bool:
        """The entry is told, or what the question gets without noise is.

        Letters cannot tell 山西 from 陕西, so there the question between them is what is right.
        """
        if reply.rule == "ambiguous_region":
            return f"r:{entry.slots.get('region')}" in {choice.value for choice in reply.choices}
        return entry.id in told(reply) or _verdict(reply) == _verdict(self.asks(ask))

    def names_a_place(self, text: str) -> bool:
        return bool(self._understander.understand(text, Context(), NOON).of("region"))

    def strays(self, entry: Entry, ask: str, reply: Reply) -> set[str]:
        """Regions whose portal is told or offered though the question names another or none.

        All of them, to choose from, are no such thing.
        """
        if reply.rule == "missing_slot:region":
            return set()
        regions = {self._pack.entries[n].slots.get("region") for n in self._shown(reply)}
        own = entry.slots.get("region")
        return {region for region in regions if region and region != own and region not in ask}

    def _shown(self, reply: Reply) -> set[str]:
        """Entries that are told, or offered with a button."""
        offered = {choice.value.removeprefix("e:") for choice in reply.choices}
        return (told(reply) | offered) & self._pack.entries.keys()


def told(reply: Reply) -> set[str]:
    return {answer.entry for answer in reply.answers if answer.entry}


def _verdict(reply: Reply) -> tuple[object, ...]:
    return (reply.status, reply.reason, *(answer.entry for answer in reply.answers))


def _places(pack: Pack) -> set[str]:
    return {
        name
        for region in pack.regions.values()
        for name in (region.short, *region.names, *region.places)
    } | set(pack.lexicon.ambiguous_regions)


def every_ask(pack: Pack) -> list[tuple[Entry, str]]:
    return [(entry, ask) for entry in pack.entries.values() for ask in entry.ask]


def portals(pack: Pack) -> list[Entry]:
    return [e for e in pack.entries.values() if e.slots.keys() == {"region", "aspect"}]


def share(outcomes: Sequence[Outcome]) -> float:
    return sum(outcome.is_found for outcome in outcomes) / len(outcomes)
