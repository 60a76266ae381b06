"""`make bench`, a quick look on a corpus that is made here, with the peers that are installed."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from scripts.bench.__main__ import main

VERBS = ("办理", "申请", "查询", "补办", "变更", "注销")
THINGS = ("身份证", "驾驶证", "营业执照", "居住证", "护照", "健康证", "残疾证", "老年卡", "公交卡")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Fifty-four groups of two, a held-out phrasing of each, and questions that none answers."""
    folder = tmp_path / "data" / "covid-500"
    folder.mkdir(parents=True)
    pairs = [(verb, thing) for verb in VERBS for thing in THINGS]
    corpus = [
        {"id": verb + thing, "questions": [f"{thing}怎么{verb}", f"在哪里{verb}{thing}"]}
        for verb, thing in pairs
    ]
    queries = [
        {"q": f"{verb}{thing}的流程", "gold": verb + thing, "kind": "in"} for verb, thing in pairs
    ]
    queries += [{"q": f"今天天气{n}度吗", "gold": None, "kind": "far"} for n in range(20)]
    queries += [{"q": f"{thing}好看吗", "gold": None, "kind": "near"} for thing in THINGS]
    same = [{"a": f"怎么{v}{t}", "b": f"{v}{t}怎么弄", "y": 1} for v, t in pairs[:9]]
    other = [{"a": f"怎么{v}{t}", "b": "天气怎么样", "y": 0} for v, t in pairs[:9]]
    _write(folder / "corpus.jsonl", corpus)
    _write(folder / "queries.jsonl", queries)
    (tmp_path / "data" / "pairs").mkdir()
    _write(tmp_path / "data" / "pairs" / "lcqmc.jsonl", same + other)
    return tmp_path / "data"


def _write(path: Path, rows: list[dict[str, object]]) -> None:
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text("".join(lines), "utf-8")


def test_a_quick_look_measures_and_draws(data: Path, tmp_path: Path) -> None:
    options = ["--quick", "--out", str(tmp_path), "--peers", "zhuce-jieba,wratio"]
    more = ["--data", str(data), "--only", "peers,growth", "--sizes", "60"]
    assert main([*options, *more]) == 0
    text = (tmp_path / "benchmarks.md").read_text("utf-8")
    assert "### covid-500: 108 phrasings" in text
    found = json.loads((tmp_path / "benchmarks" / "results.json").read_text("utf-8"))
    assert found["peers"]["sets"]["covid-500"]["rows"]["zhuce-jieba"]["hit1"] > 0.5
    assert found["peers"]["pairs"]["lcqmc"]["wratio"]["n"] == 18
    for plot in (tmp_path / "benchmarks").glob("*.svg"):
        ET.parse(plot)


def test_foreign_questions_are_asked_for_where_they_are_needed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--quick", "--out", str(tmp_path), "--only", "questions,peers,growth"]) == 0
    told = capsys.readouterr().err
    assert "peers: skipped, it needs foreign questions: --data DIR" in told
    assert "questions: skipped" in told


def test_the_page_is_drawn_again_without_measuring(tmp_path: Path) -> None:
    assert main(["--draw", "--out", str(tmp_path)]) == 0
    assert "Not measured in this run." in (tmp_path / "benchmarks.md").read_text("utf-8")
    assert not (tmp_path / "benchmarks" / "results.json").exists()
