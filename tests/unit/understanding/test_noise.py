"""Questions of the pack with noise in them: nearly all of them still find their entry.

A province's portal is never taken for another's, however noisy the question.  This asks a sample;
`make noise` asks every question in every class.
"""

from __future__ import annotations

from zlib import crc32

import pytest

from bot.core.model.entry import Entry
from bot.core.model.pack import Pack
from bot.understanding.engine import PackUnderstander
from tests import noise
from tests.noisy import FLOOR, Asker, every_ask, portals, share, told

SAMPLE = 400
OF_EACH_PORTAL = 3
"""Questions asked about each portal in each class."""


@pytest.fixture(scope="module")
def asker(pack: Pack, understander: PackUnderstander) -> Asker:
    return Asker(pack, understander)


@pytest.fixture(scope="module")
def sample(pack: Pack) -> list[tuple[Entry, str]]:
    """The same questions as long as the pack keeps them."""
    return _some(every_ask(pack), SAMPLE)


def _some(asks: list[tuple[Entry, str]], number: int) -> list[tuple[Entry, str]]:
    return sorted(asks, key=lambda pair: crc32(pair[1].encode()))[:number]


@pytest.mark.parametrize("name", noise.CLASSES)
def test_nineteen_of_twenty_noisy_questions_find_their_entry(
    asker: Asker, sample: list[tuple[Entry, str]], name: str
) -> None:
    outcomes = list(asker.outcomes(name, sample))
    lost = [str(outcome) for outcome in outcomes if not outcome.is_found]
    assert share(outcomes) >= FLOOR, "\n".join(lost)


@pytest.mark.parametrize("name", noise.CLASSES)
def test_a_noisy_question_never_gets_the_portal_of_another_region(
    asker: Asker, pack: Pack, name: str
) -> None:
    asks = [
        (entry, ask)
        for entry in portals(pack)
        for _, ask in _some([(entry, ask) for ask in entry.ask], OF_EACH_PORTAL)
    ]
    outcomes = asker.outcomes(name, asks)
    strays = {o.noisy: asker.strays(pack.entries[o.entry], o.ask, o.reply) for o in outcomes}
    assert {noisy: found for noisy, found in strays.items() if found} == {}


def test_a_question_that_has_lost_its_place_gets_no_portal(asker: Asker, pack: Pack) -> None:
    placeless = {
        ask.replace(entry.slots["region"], "")
        for entry in portals(pack)
        for ask in entry.ask
        if entry.slots["region"] in ask
    }
    names = {entry.id for entry in portals(pack)}
    stripped = [text for text in placeless if not asker.names_a_place(text)]
    wrong = {text: told(asker.asks(text)) & names for text in stripped}
    assert {text: found for text, found in wrong.items() if found} == {}
    assert len(stripped) > 100


def test_all_twenty_three_portals_are_asked_for(pack: Pack) -> None:
    assert len(portals(pack)) == 23


def test_every_class_changes_most_questions_of_a_sample(
    asker: Asker, sample: list[tuple[Entry, str]]
) -> None:
    changed = {
        name: sum(asker.noisy(name, ask) != ask for _, ask in sample) for name in noise.CLASSES
    }
    assert [name for name, number in changed.items() if number < SAMPLE // 2] == ["initials"]
