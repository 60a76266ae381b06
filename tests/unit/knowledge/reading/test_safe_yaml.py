import os
from datetime import date
from pathlib import Path

import pytest

from bot.knowledge.reading.files import read_text
from bot.knowledge.reading.located import Located
from bot.knowledge.reading.safe_yaml import MAX_DEPTH, MAX_NODES, parse_yaml


def parsed(path: Path) -> Located:
    return parse_yaml(read_text(path, "file.yaml"), "file.yaml")


def read(folder: Path, text: str | bytes) -> Located:
    path = folder / "file.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return parsed(path)


def test_scalars_are_what_they_look_like_and_nothing_cleverer(tmp_path: Path) -> None:
    text = "a: 12\nb: '12'\nc: true\nd: yes\ne: 2021-12-08\nf: '2021-12-08'\ng:\nh: 007\ni: 1.10\n"
    assert read(tmp_path, text).data == {
        "a": 12,
        "b": "12",
        "c": True,
        "d": "yes",
        "e": date(2021, 12, 8),
        "f": "2021-12-08",
        "g": None,
        "h": "007",
        "i": "1.10",
    }


def test_keys_are_always_text(tmp_path: Path) -> None:
    assert read(tmp_path, "2021: a\ntrue: b\n").data == {"2021": "a", "true": "b"}


def test_every_key_and_item_has_its_line(tmp_path: Path) -> None:
    lines = read(tmp_path, "a:\n  - b\n  - c: |\n      text\n    d: e\n").lines
    assert lines == {(): 1, ("a",): 1, ("a", 0): 2, ("a", 1): 3, ("a", 1, "c"): 3, ("a", 1, "d"): 5}


def test_a_byte_order_mark_is_not_part_of_the_text(tmp_path: Path) -> None:
    assert read(tmp_path, b"\xef\xbb\xbfa: b\n").data == {"a": "b"}


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        pytest.param("a: &x 1\nb: 2\n", 1, "锚点", id="anchor"),
        pytest.param("a: 1\nb: *x\n", 2, "引用", id="alias"),
        pytest.param("a: 1\nb: !!python/object:os.system {}\n", 2, "标签", id="tag"),
        pytest.param("a: 1\nb: 2\na: 3\n", 3, "第 1 行", id="duplicate key"),
        pytest.param("a: 1\n---\nb: 2\n", 2, "一份文档", id="two documents"),
        pytest.param("[" * 100_000, 1, f"{MAX_DEPTH} 层", id="depth bomb"),
        pytest.param("- a\n" * (MAX_NODES + 1), MAX_NODES, "拆成几个", id="too many nodes"),
        pytest.param("a: 1\nb: c\0d\n", 2, "U+0000", id="NUL"),
        pytest.param('a: 1\nb: "\\0"\n', 2, "U+0000", id="escaped NUL"),
        pytest.param("a: 1\nb: \u202ec\n", 2, "U+202E", id="bidi control"),
        pytest.param(b"a: 1\nb: \xc4\xe3\n", 2, "第 9 个字节 0xC4", id="GBK"),
        pytest.param("", 1, "空的", id="empty"),
        pytest.param("# nothing\n", 1, "空的", id="comment only"),
        pytest.param("a: 1\nb: 2021-02-30\n", 2, "2021-02-30", id="no such day"),
        pytest.param("a: 1\nb: c: d\n", 2, "冒号", id="syntax"),
        pytest.param("a: 1\nb: 'c\nd: e\n", 2, "引号没有配好", id="open quote"),
        pytest.param("[a]: 1\n", 1, "只能是文字", id="list as key"),
        pytest.param("%TAG ! tag:x,2000:\n---\na: b\n", 1, "%TAG", id="tag directive"),
    ],
)
def test_it_is_refused_with_its_line(
    tmp_path: Path, text: str | bytes, line: int, word: str
) -> None:
    first, *_ = read(tmp_path, text).problems
    assert (first.line, word in first.message) == (line, True), first


def test_an_alias_bomb_costs_one_problem_for_each_trick(tmp_path: Path) -> None:
    bomb = "a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n"
    located = read(tmp_path, bomb)
    assert [problem.line for problem in located.problems] == [1, 2, 2, 2, 3, 3]
    assert located.data == {"a": ["x"], "b": [None, None], "c": [None, None]}


def test_problems_stop_at_a_hundred(tmp_path: Path) -> None:
    *_, last = read(tmp_path, "- *a\n" * 1000).problems
    assert "只列出前 100 个" in last.message


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    path.touch()
    os.truncate(path, 100 * 1024 * 1024)
    (problem,) = parsed(path).problems
    assert "100.0 MiB" in problem.message


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    (problem,) = parsed(tmp_path / "pipe.yaml").problems
    assert "不是普通文件" in problem.message


def test_a_missing_file_is_a_problem(tmp_path: Path) -> None:
    (problem,) = parsed(tmp_path / "none.yaml").problems
    assert "读不出来" in problem.message
