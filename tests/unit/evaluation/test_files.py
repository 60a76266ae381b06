"""Files of an evaluation: what they hold, and which line is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import DataFileError
from bot.evaluation.files import Corpus, Pair, Query, read_corpus, read_pairs, read_queries

CORPUS = Corpus(("a", "b"), ("一", "二", "三"), (0, 0, 1))


def written(folder: Path, *lines: str) -> Path:
    path = folder / "data.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_a_corpus_numbers_its_groups(tmp_path: Path) -> None:
    path = written(
        tmp_path, '{"id": "a", "questions": ["一", "二"]}', "", '{"id": "b", "questions": ["三"]}'
    )
    assert read_corpus(path) == CORPUS


def test_queries_point_at_groups(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        '{"q": "三", "gold": "b", "kind": "in"}',
        '{"q": "四", "gold": null, "kind": "far"}',
    )
    assert read_queries(path, CORPUS.ids) == [Query("三", 1, "in"), Query("四", None, "far")]


def test_pairs_have_a_label(tmp_path: Path) -> None:
    path = written(tmp_path, '{"a": "一", "b": "壹", "y": 1}', '{"a": "一", "b": "二", "y": 0}')
    assert read_pairs(path) == [Pair("一", "壹", is_same=True), Pair("一", "二", is_same=False)]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        pytest.param("not json", "不是一个 JSON 对象", id="no JSON"),
        pytest.param("[" * 100_000, "不是一个 JSON 对象", id="too deep"),
        pytest.param('{"id": "b"}', "至少一个问题", id="no questions"),
        pytest.param('{"id": "b", "questions": []}', "至少一个问题", id="empty group"),
        pytest.param('{"id": 7, "questions": ["一"]}', "应当是", id="id is a number"),
        pytest.param('{"id": "a", "questions": ["一"]}', "“a” 前面已经有了", id="id twice"),
    ],
)
def test_a_bad_line_of_a_corpus_is_named(tmp_path: Path, line: str, told: str) -> None:
    path = written(tmp_path, '{"id": "a", "questions": ["一"]}', line)
    with pytest.raises(DataFileError) as raised:
        read_corpus(path)
    assert (raised.value.path, raised.value.line) == (path, 2)
    assert told in str(raised.value)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        pytest.param('{"q": "一", "gold": "a", "kind": "on"}', "in、far 或 near", id="kind"),
        pytest.param('{"q": "一", "gold": null, "kind": "in"}', "要写 gold", id="no gold"),
        pytest.param('{"q": "一", "gold": "a", "kind": "far"}', "应当是 null", id="gold too much"),
        pytest.param('{"q": "一", "gold": "c", "kind": "in"}', "没有 gold 写的“c”", id="no group"),
    ],
)
def test_a_bad_query_is_named(tmp_path: Path, line: str, told: str) -> None:
    with pytest.raises(DataFileError, match=r"data\.jsonl:1  .*" + told):
        read_queries(written(tmp_path, line), CORPUS.ids)


@pytest.mark.parametrize("y", ["2", '"1"', "null"])
def test_a_label_is_one_or_zero(tmp_path: Path, y: str) -> None:
    with pytest.raises(DataFileError, match="y 是 1 或 0"):
        read_pairs(written(tmp_path, f'{{"a": "一", "b": "二", "y": {y}}}'))


def test_pairs_of_one_label_prove_nothing(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="至少要有一个 1 和一个 0"):
        read_pairs(written(tmp_path, '{"a": "一", "b": "二", "y": 0}'))


def test_an_empty_corpus_is_no_corpus(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match=r"data\.jsonl  一组问题也没有"):
        read_corpus(written(tmp_path))


def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="打不开"):
        read_corpus(tmp_path / "nowhere.jsonl")


def test_another_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "data.jsonl"
    path.write_bytes('{"id": "a", "questions": ["材料"]}\n'.encode("gb18030"))
    with pytest.raises(DataFileError, match="不是 UTF-8 编码"):
        read_corpus(path)
