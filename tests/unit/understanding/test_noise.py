"""Questions of the pack with noise in them: how many still find their entry, class by class.

A province's portal is never taken for another's, however noisy the question.
"""

from __future__ import annotations

from datetime import date
from random import Random
from zlib import crc32

import pytest

from bot.core.compose import Setting
from bot.core.deciding import decide_words
from bot.core.pack import Entry, Pack
from bot.core.reply import Reply
from bot.core.session import Context
from bot.understanding.engine import PackUnderstander
from tests import noise
from tests.fakes import NOON

SAMPLE = 300
ROUNDS = 2
"""How often each question about a portal is asked, with new noise each time."""
ALLOWANCE = 0.03
MEASURED = {
    "polite": 0.993,
    "fillers": 0.993,
    "homophone": 0.880,
    "dropped": 0.893,
    "doubled": 0.960,
    "swapped": 0.853,
    "full_width": 0.993,
    "traditional": 1.000,
    "emoji": 1.000,
    "pinyin": 0.800,
    "voice": 0.990,
}
"""Share of the sample that found its entry when this was last measured."""


class Asker:
    """Asks with noise and judges what comes back."""

    def __init__(self, pack: Pack, understander: PackUnderstander) -> None:
        self._pack = pack
        self._understander = understander
        self._places = sorted(name for name in _places(pack) if len(name) > 1)

    def asks(self, text: str) -> Reply:
        understanding = self._understander.understand(text, Context(), NOON)
        return decide_words(Setting(self._pack, date(2026, 11, 22), {}), understanding)

    def noisy(self, name: str, text: str, number: int = 0) -> str:
        """The text with noise of a class; the same for the same number."""
        chance = Random(f"{name} {number} {text}")
        return noise.harmless(noise.CLASSES[name], text, chance, self._places)

    def finds(self, entry: Entry, reply: Reply) -> bool:
        """The entry is told or offered, or one of the same slots is."""
        pressed = {choice.value for choice in reply.choices}
        found = [self._pack.entries[name] for name in self._shown(reply)]
        return f"r:{entry.slots.get('region')}" in pressed or any(
            other.id == entry.id or (entry.slots and other.slots == entry.slots) for other in found
        )

    def strays(self, entry: Entry, reply: Reply) -> set[str]:
        """Regions whose portal is told or offered instead, unless all are, to choose from."""
        if reply.rule == "missing_slot:region":
            return set()
        regions = {self._pack.entries[n].slots.get("region") for n in self._shown(reply)}
        return {region for region in regions if region} - {entry.slots["region"]}

    def _shown(self, reply: Reply) -> set[str]:
        """Entries that are told, or offered with a button."""
        names = {answer.entry for answer in reply.answers if answer.entry}
        names |= {choice.value.removeprefix("e:") for choice in reply.choices}
        return names & self._pack.entries.keys()


@pytest.fixture(scope="module")
def asker(pack: Pack, understander: PackUnderstander) -> Asker:
    return Asker(pack, understander)


def _places(pack: Pack) -> set[str]:
    return {
        name
        for region in pack.regions.values()
        for name in (region.short, *region.names, *region.places)
    } | set(pack.lexicon.ambiguous_regions)


def sample(pack: Pack) -> list[tuple[Entry, str]]:
    """Some questions of all entries, mostly the same ones when the pack has changed a little."""
    asks = [(entry, ask) for entry in pack.entries.values() for ask in entry.ask]
    return sorted(asks, key=lambda pair: crc32(pair[1].encode()))[:SAMPLE]


def portals(pack: Pack) -> list[Entry]:
    return [e for e in pack.entries.values() if e.slots.keys() == {"region", "aspect"}]


@pytest.mark.parametrize("name", noise.CLASSES)
def test_a_noisy_question_still_finds_its_entry(asker: Asker, pack: Pack, name: str) -> None:
    found = [asker.finds(entry, asker.asks(asker.noisy(name, ask))) for entry, ask in sample(pack)]
    assert sum(found) / len(found) >= MEASURED[name] - ALLOWANCE


@pytest.mark.parametrize("name", noise.CLASSES)
def test_a_noisy_question_never_gets_the_portal_of_another_region(
    asker: Asker, pack: Pack, name: str
) -> None:
    noisy = {
        asker.noisy(name, ask, number): entry
        for entry in portals(pack)
        for ask in entry.ask
        for number in range(ROUNDS)
    }
    strays = {text: asker.strays(entry, asker.asks(text)) for text, entry in noisy.items()}
    assert {text: found for text, found in strays.items() if found} == {}


def test_all_twenty_three_portals_are_asked_for(pack: Pack) -> None:
    assert len(portals(pack)) == 23
