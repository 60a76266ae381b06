"""What people asked a running bot in vain can be read by its operator, and nothing else can."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.e2e.test_serve import STOP_S, environment, serving

MISSED = "我叫王小明 13812345678 注册费公司出还是个人出"


def zhuce(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        cwd=folder,
        env=environment(folder, 0, **more),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a bot was asked some things and stopped at once."""
    place = tmp_path_factory.mktemp("journal")
    with serving(place) as running:
        for chat in ("one", "two", "three"):
            running.says("四川二建在哪注册", chat, id="1")
            running.says("四川二建在哪注册", chat, id="1")
            running.says(MISSED, chat)
        running.says("今天天气怎么样", "one")
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(STOP_S) == 0
    return place


def test_unanswered_questions_are_reported_scrubbed(folder: Path) -> None:
    found = json.loads(zhuce(folder, "report", "unanswered", "--json").stdout)["groups"]
    assert [(one["wordings"], one["reason"], one["times"], one["people"]) for one in found] == [
        (["我叫〔姓名〕 〔号码〕 注册费公司出还是个人出"], "no_data", 3, 3),
        ([], "out_of_domain", 1, 1),
    ]
    assert found[0]["nearest"] == "fees-who-pays"
    assert [bool(one["yaml"]) for one in found] == [True, False]


def test_replies_are_counted_and_repeats_are_not(folder: Path) -> None:
    ran = zhuce(folder, "report", "usage", "--json", "--svg", "usage.svg")
    found = json.loads(ran.stdout)
    assert (found["replies"], found["by_status"], found["by_platform"]) == (
        7,
        {"abstained": 4, "answered": 3},
        {"web": 7},
    )
    assert found["by_entry"]["portal-sichuan"] == 3
    drawn = ET.parse(folder / "usage.svg")
    told = [text.text for text in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert {"使用情况", "四川", "portal-sichuan", "7（4）"} <= {*told}


def test_reports_can_be_read(folder: Path) -> None:
    unanswered = zhuce(folder, "report", "unanswered").stdout
    usage = zhuce(folder, "report", "usage").stdout
    assert "3 人 3 次" in unanswered
    assert "没有这方面的资料\n   “我叫〔姓名〕 〔号码〕 注册费公司出还是个人出”" in unanswered
    # The words of one person are counted and not shown.
    assert "1 人 1 次" in unanswered
    assert "天气" not in unanswered
    assert "其中 1 组问的不到 3 人，不显示原话。" in unanswered
    assert usage.startswith("一共 7 条回复。")
    assert re.search(r"^ {7}3  █+ +portal-sichuan$", usage, re.MULTILINE)
    assert re.search(r"^ {7}3  █+ +四川$", usage, re.MULTILINE)


def test_no_file_holds_a_name_a_number_or_an_answered_question(folder: Path) -> None:
    kept = b"".join(file.read_bytes() for file in (folder / "data").iterdir())
    assert "注册费公司出还是个人出".encode() in kept
    for word in ("王小明", "13812345678", "四川二建在哪注册"):
        assert word.encode() not in kept


def test_without_a_journal_there_is_no_report(tmp_path: Path) -> None:
    ran = zhuce(tmp_path, "report", "usage", BOT_JOURNAL="")
    assert (ran.returncode, "BOT_JOURNAL" in ran.stderr) == (2, True)
    assert list(tmp_path.iterdir()) == []


def test_tables_of_both_can_be_moved(tmp_path: Path) -> None:
    for revision in ("0001", "0002", "0004", "0005", "0006"):
        moved = json.loads(zhuce(tmp_path, "store", "migrate", "--to", revision, "--json").stdout)
        assert moved == {"revision": revision, "settings": ["BOT_STORE", "BOT_JOURNAL"]}
    assert (
        "有：0001、0002、0004、0005、0006"
        in zhuce(tmp_path, "store", "migrate", "--to", "7").stderr
    )
