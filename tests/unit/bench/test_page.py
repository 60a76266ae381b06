"""The page and its plots come from the results alone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from scripts.bench.charts import SHAPES, Axis, Panel, Series, around, drawing, shown
from scripts.bench.page import figures, page, table
from scripts.bench.peers import PEERS
from scripts.bench.plots import plots
from scripts.bench.results import Results
from tests.unit.bench.measured import row, sections

SVG = "{http://www.w3.org/2000/svg}"


def written(found: dict[str, Any], **notes: str) -> str:
    return page(found, notes, plots(found).keys())


def test_an_unmeasured_section_says_so() -> None:
    assert written({}).count("Not measured in this run.") == 8


def test_a_quick_look_is_not_to_be_trusted() -> None:
    found = sections()
    found["http"]["is_quick"] = True
    assert written(found).count("a quick look: do not trust it") == 1


def test_tables_hold_their_cells_together() -> None:
    assert table(["a", "b"], [["1|2", "3"]]) == "| a | b |\n| --- | --- |\n| 1\\|2 | 3 |"


def test_a_column_stands_where_any_row_has_the_figure() -> None:
    forms = [("x", "X", str), ("y", "Y", str)]
    assert figures("who", [("one", {"x": 1}), ("two", {})], forms) == (
        "| who | X |\n| --- | --- |\n| one | 1 |\n| two | – |"
    )


def test_every_table_of_the_page_is_even() -> None:
    for block in re.findall(r"(?:^\|.*\n)+", written(sections()), re.MULTILINE):
        widths = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
        assert len(widths) == 1, block


def test_what_is_left_out_or_sampled_is_said() -> None:
    text = written(sections())
    assert "Left out: whoosh-reloaded + jieba, because whoosh is not installed." in text
    assert "quality is that of a sample: bm25s + jieba 60 of 700." in text


def test_a_missed_bar_has_its_note_or_says_that_there_is_none() -> None:
    text = written(sections(), memory="the table of pinyin")
    assert "- `zhuce serve` without a platform: the table of pinyin" in text
    assert "- one search of 1,000,000: no note yet." in text


def test_notes_stand_in_their_section() -> None:
    assert "*Note.* It bends where the caches end." in written(
        sections(), growth="It bends where the caches end."
    )


def test_only_plots_that_were_drawn_are_shown() -> None:
    found = sections()
    assert set(plots(found)) == {"latency.svg", "memory.svg", "growth.svg"}
    assert "quality.svg" not in written(found)


def test_all_plots_are_drawn_from_a_full_run() -> None:
    found = sections()
    rows = {name: row() for name in PEERS}
    found["peers"]["sets"] |= {"lcqmc-5k": {"rows": rows}, "covid-500": {"rows": rows}}
    drawn = plots(found)
    assert len(drawn) == 5
    for text in drawn.values():
        assert inside(text)


def inside(text: str) -> bool:
    """Whether it is well-formed, and all of its words begin on the paper."""
    root = ET.fromstring(text)
    _, _, wide, high = map(float, root.attrib["viewBox"].split())
    return all(
        -200 <= float(word.get("x", 0)) <= wide and float(word.get("y", 0)) <= high
        for word in root.iter(f"{SVG}text")
    )


def test_every_peer_has_a_shape_of_its_own() -> None:
    assert len(SHAPES) >= len(PEERS)


def test_words_in_a_plot_are_escaped() -> None:
    axis = Axis("a < b", 0, 1, ticks=(0, 1))
    text = drawing([Panel("x & y", axis, axis, [Series("<one>", [(0, 0), (1, 1)], 0)])])
    words = {word.text for word in ET.fromstring(text).iter(f"{SVG}text")}
    assert {"a < b", "x & y", "<one>"} <= words


@pytest.mark.parametrize(
    ("values", "bounds"),
    [((500, 1e6), (500, 1e6)), ((0.09, 0.3), (0.05, 0.5)), ((1, 1), (1, 2))],
    ids=["exact", "rounded outwards", "one value"],
)
def test_an_axis_reaches_from_step_to_step(
    values: tuple[float, float], bounds: tuple[float, float]
) -> None:
    assert around(values) == bounds


@pytest.mark.parametrize(
    ("value", "text"), [(1e6, "1M"), (2e4, "20k"), (2000, "2,000"), (0.05, "0.05"), (10.0, "10")]
)
def test_ticks_are_written_as_people_write_them(value: float, text: str) -> None:
    assert shown(value) == text


def test_small_ranges_have_more_ticks() -> None:
    assert Axis("", 0.05, 0.5, is_log=True).marks() == (0.05, 0.1, 0.2, 0.5)
    assert Axis("", 500, 1e6, is_log=True).marks() == (1e3, 1e4, 1e5, 1e6)


def test_sections_are_kept_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    Results(path, is_quick=False).keep("start", {"ask_ms": 1.0})
    Results(path, is_quick=True).keep_part("peers", "sets", "one", {"rows": {}})
    Results(path, is_quick=True).keep_part("peers", "sets", "two", {"rows": {}})
    found = Results(path, is_quick=False).sections
    assert found["start"]["ask_ms"] == 1.0
    assert (found["start"]["is_quick"], found["peers"]["is_quick"]) == (False, True)
    assert set(found["peers"]["sets"]) == {"one", "two"}


def test_results_name_no_host_and_no_folder(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    Results(path, is_quick=True).keep("start", {})
    assert str(Path.cwd()) not in path.read_text("utf-8")


def test_a_bot_that_was_asked_less_is_named() -> None:
    text = written(sections())
    assert "| zhuce | 80.0% | 70.0% | 9 of 10 | 1.000 |" in text
    assert "Too slow for as many questions: hassil, phrasings as sentences 20." in text
