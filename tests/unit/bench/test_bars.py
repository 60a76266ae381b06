"""Verdicts are worked out from figures, and what was not measured has none."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.bench.bars import bars
from scripts.bench.checking import read
from scripts.bench.doors import doors, in_words
from scripts.bench.notes import read_notes
from tests.unit.bench.measured import sections


@pytest.mark.parametrize(
    ("id_", "measured", "is_met"),
    [
        ("quality-lcqmc-500", "hit1 0.9960, cov95 0.9940", True),
        ("speed-lcqmc-500-rjieba", "0.100 ms against 0.090 ms", False),
        ("speed-lcqmc-500-jieba", "not measured", None),
        ("better-lcqmc-500", "not in hit5, mrr10, au_far, cov90", False),
        ("pairs-lcqmc", "0.8697", True),
        ("homophones", "lcqmc-500 0.0040", True),
        ("million-build_s", "55.0 s", False),
        ("million-p50_ms", "6.00 ms", False),
        ("answer", "4.5 × (400 µs, a cut 90 µs)", True),
        ("ask", "1.25 × (1000 ms), with an empty cache 1.63 ×", True),
        ("http-rate", "900 a second, 1.00 ms of CPU each", False),
        ("memory", "110 MiB after the start, 131 MiB after 200 questions", False),
        ("telegram-ptb-polling", "+0.40 ms (1.50 against 1.10), +0.40 ms asked before", True),
        ("telegram-aiogram-webhook", "not measured", None),
    ],
)
def test_a_bar_is_held_against_its_figure(id_: str, measured: str, is_met: bool | None) -> None:
    [bar] = [bar for bar in bars(sections()) if bar.id == id_]
    assert (bar.measured, bar.is_met) == (measured, is_met)


def test_without_figures_nothing_is_met_and_nothing_missed() -> None:
    assert {bar.is_met for bar in bars({})} == {None}


def test_every_bar_has_an_id_of_its_own() -> None:
    ids = [bar.id for bar in bars({})]
    assert len(set(ids)) == len(ids)


def test_a_checkers_report_is_read() -> None:
    report = "portal 3 / 3\n\nwrong portals: 1\npassed 79 of 80 (98.8%)\n"
    assert read(report) == {"passed": 79, "of": 80, "wrong_portals": 1}


def test_a_checker_that_failed_is_quoted() -> None:
    with pytest.raises(ValueError, match="no such file"):
        read("no such file")


def test_a_core_serves_what_its_time_allows() -> None:
    [_, http, telegram] = doors(sections())
    assert (http.name, http.per_s) == ("HTTP API", 1000.0)
    assert telegram.sensible_per_s == pytest.approx(400.0)
    assert "667 messages a second" in in_words(doors(sections()))


def test_notes_are_about_what_there_is(tmp_path: Path) -> None:
    path = tmp_path / "notes.json"
    assert read_notes(path, ["ask"]) == {}
    path.write_text('{"ask": "imports", "growth": "caches"}', "utf-8")
    assert read_notes(path, ["ask"]) == {"ask": "imports", "growth": "caches"}
    with pytest.raises(ValueError, match="nothing is called ask; there are bots, peers"):
        read_notes(path, [])
