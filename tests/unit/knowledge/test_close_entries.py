"""Entries that lie close: whose lines nearly land next door, and how they are told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.model.entry import EntryKind
from bot.core.model.pack import Pack
from bot.core.model.understanding import Candidate, Understanding
from bot.knowledge.close_entries import Neighbours, neighbours
from tests.fakes import understood
from tests.tiny import entry, tiny_pack

Rates = dict[str, float]


def pack_of(**asks: tuple[str, ...]) -> Pack:
    """A pack of these entries alone, each with its lines; hello and bye are small talk."""
    small = EntryKind.SMALLTALK
    kinds = {"hello": small, "bye": small}
    entries = {
        name: replace(entry(name, name, kind=kinds.get(name, EntryKind.FACT)), ask=lines)
        for name, lines in asks.items()
    }
    return replace(tiny_pack(), entries=entries)


def found(pack: Pack, rates: dict[str, Rates]) -> list[Neighbours]:
    def understand(line: str) -> Understanding:
        return understood(*(Candidate(n, 0.5, "", {"rate": by}) for n, by in rates[line].items()))

    return neighbours(pack, understand, lambda candidate: candidate.signals["rate"])


def test_a_line_with_a_close_runner_up_makes_neighbours() -> None:
    pack = pack_of(fees=("多少钱",), limits=())
    assert found(pack, {"多少钱": {"fees": 2.0, "limits": 1.5}}) == [
        Neighbours("fees", "limits", 1, 0.5, "多少钱")
    ]


@pytest.mark.parametrize(
    "rates",
    [
        pytest.param({"fees": 2.0, "limits": 1.0}, id="well ahead"),
        pytest.param({"fees": 2.0}, id="no runner-up"),
        pytest.param({"limits": 2.0}, id="not among the candidates at all"),
        pytest.param({}, id="no candidates"),
    ],
)
def test_other_lines_make_none(rates: Rates) -> None:
    assert found(pack_of(fees=("多少钱",), limits=()), {"多少钱": rates}) == []


def test_who_is_behind_has_a_margin_below_zero() -> None:
    pack = pack_of(fees=("多少钱",), limits=())
    (pair,) = found(pack, {"多少钱": {"limits": 2.0, "fees": 1.25}})
    assert (pair.entry, pair.other, pair.margin) == ("fees", "limits", -0.75)


def test_of_several_others_the_nearest_counts() -> None:
    pack = pack_of(fees=("多少钱",), limits=(), late=())
    (pair,) = found(pack, {"多少钱": {"fees": 2.0, "limits": 1.25, "late": 1.5}})
    assert (pair.other, pair.margin) == ("late", 0.5)


def test_lines_are_counted_and_the_closest_is_the_example() -> None:
    pack = pack_of(fees=("多少钱", "收费吗", "要钱吗"), limits=())
    lines = {"多少钱": 1.5, "收费吗": 1.75, "要钱吗": 0.5}
    rates = {line: {"fees": 2.0, "limits": by} for line, by in lines.items()}
    assert found(pack, rates) == [Neighbours("fees", "limits", 2, 0.25, "收费吗")]


def test_most_lines_come_first_then_the_least_margin() -> None:
    pack = pack_of(fees=("一", "二"), limits=("三",), late=("四",))
    rates = {
        "一": {"fees": 1.0, "limits": 0.5},
        "二": {"fees": 1.0, "limits": 0.5},
        "三": {"limits": 1.0, "fees": 0.25},
        "四": {"late": 1.0, "fees": 0.75},
    }
    assert [pair.entry for pair in found(pack, rates)] == ["fees", "late", "limits"]


def test_two_greetings_are_no_neighbours() -> None:
    pack = pack_of(hello=("你好",), bye=(), fees=())
    assert found(pack, {"你好": {"hello": 2.0, "bye": 1.9}}) == []
    (pair,) = found(pack, {"你好": {"hello": 2.0, "bye": 1.9, "fees": 1.5}})
    assert pair.other == "fees"


def test_neighbours_are_told_in_a_line() -> None:
    assert str(Neighbours("fees", "limits", 2, 0.25, "收费吗")) == (
        "fees → limits  2 句，最小分差 0.25  “收费吗”"
    )
