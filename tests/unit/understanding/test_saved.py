"""A saved index: whole or refused, whatever has become of its files."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bot.errors import SavedIndexError
from bot.understanding.saved import HEADER, identity, load, save

ARRAYS = {"numbers": np.arange(1_000, dtype=np.int32), "weights": np.linspace(0, 1, 100)}
IDENTITY = {"corpus": "c", "tokeniser": "jieba 1", "opencc": "1", "code": "d"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save(tmp_path / "index", IDENTITY, ARRAYS)
    return tmp_path / "index"


def file_of(folder: Path, name: str) -> Path:
    [found] = folder.glob(f"*/{name}.npy")
    return found


def rewrite(folder: Path, **facts: object) -> None:
    header = json.loads((folder / HEADER).read_text("utf-8"))
    (folder / HEADER).write_text(json.dumps(header | facts), encoding="utf-8")


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def test_what_was_saved_is_loaded(folder: Path) -> None:
    found = load(folder, IDENTITY)
    assert found is not None
    assert found.keys() == ARRAYS.keys()
    assert all(np.array_equal(found[name], array) for name, array in ARRAYS.items())
    assert all(found[name].dtype == array.dtype for name, array in ARRAYS.items())


def test_what_is_loaded_cannot_be_written(folder: Path) -> None:
    found = load(folder, IDENTITY)
    assert found is not None
    with pytest.raises(ValueError, match="read-only"):
        found["numbers"][0] = 7


def test_no_index_is_none(tmp_path: Path) -> None:
    assert load(tmp_path / "nowhere", IDENTITY) is None


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        pytest.param(lambda f: flip(file_of(f, "numbers"), 700), "校验和", id="a byte flipped"),
        pytest.param(lambda f: flip(file_of(f, "numbers"), 20), "校验和", id="in an array's head"),
        pytest.param(
            lambda f: file_of(f, "weights").write_bytes(file_of(f, "weights").read_bytes()[:-1]),
            "应当有 928 字节，现在是 927",
            id="an array cut short",
        ),
        pytest.param(lambda f: file_of(f, "weights").write_bytes(b""), "应当有", id="empty"),
        pytest.param(lambda f: file_of(f, "weights").unlink(), "打不开", id="an array gone"),
        pytest.param(lambda f: (f / HEADER).write_text("{"), "读不懂", id="header cut short"),
        pytest.param(lambda f: (f / HEADER).write_bytes(b"\xff"), "读不懂", id="header no text"),
        pytest.param(lambda f: (f / HEADER).write_text("[]"), "不是一个", id="header no object"),
        pytest.param(lambda f: rewrite(f, format=0), "第 0 版格式", id="another format"),
        pytest.param(lambda f: rewrite(f, identity={}), "没有写明", id="no identity"),
        pytest.param(lambda f: rewrite(f, identity=None), "没有写明", id="identity is nothing"),
        pytest.param(lambda f: rewrite(f, arrays={"numbers": {}}), "文件头", id="no sizes"),
        pytest.param(lambda f: rewrite(f, arrays=3), "文件头", id="no arrays"),
        pytest.param(lambda f: rewrite(f, generation=3), "文件头", id="no generation"),
    ],
)
def test_damage_is_noticed(folder: Path, damage: Callable[[Path], object], told: str) -> None:
    damage(folder)
    with pytest.raises(SavedIndexError, match=told):
        load(folder, IDENTITY)


@pytest.mark.parametrize(
    ("name", "told"),
    [("corpus", "语料"), ("tokeniser", "分词器"), ("opencc", "OpenCC"), ("code", "程序")],
)
def test_what_an_index_was_made_of_has_changed(folder: Path, name: str, told: str) -> None:
    with pytest.raises(SavedIndexError, match=f"建好以后变了：{told}"):
        load(folder, IDENTITY | {name: "another"})


def test_every_byte_of_a_corpus_belongs_to_its_identity(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_bytes(b"one")
    before = identity(corpus, "jieba")
    corpus.write_bytes(b"onf")
    after = identity(corpus, "jieba")
    assert {name for name in before if before[name] != after[name]} == {"corpus"}


def test_a_new_index_takes_the_place_of_the_old_one(folder: Path) -> None:
    save(folder, IDENTITY | {"corpus": "d"}, {"numbers": np.zeros(3)})
    assert sorted(path.name for path in folder.glob("*/*")) == ["numbers.npy"]
    with pytest.raises(SavedIndexError):
        load(folder, IDENTITY)


def test_what_is_mapped_outlives_its_replacement(folder: Path) -> None:
    found = load(folder, IDENTITY)
    save(folder, IDENTITY, {"numbers": np.zeros(3)})
    assert found is not None
    assert found["numbers"].sum() == 499_500


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SavedIndexError, match="写不进去"):
        save(tmp_path / "file", IDENTITY, ARRAYS)


def test_an_interrupted_save_leaves_the_index_that_was_there(folder: Path) -> None:
    with pytest.raises(ValueError, match="pickle"):
        save(folder, IDENTITY, {"numbers": np.zeros(3), "objects": np.array([{}])})
    assert load(folder, IDENTITY) is not None
    assert len([*folder.iterdir()]) == 2


def test_readers_find_a_whole_index_while_it_is_replaced(folder: Path) -> None:
    wrong: list[object] = []

    def read() -> None:
        for _ in range(20):
            try:
                found = load(folder, IDENTITY)
                if found is None or len({len(a) for a in found.values()}) != 1:
                    wrong.append(found)
            except SavedIndexError as error:
                wrong.append(error)

    save(folder, IDENTITY, {"a": np.zeros(50), "b": np.ones(50)})
    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for size in range(51, 61):
        save(folder, IDENTITY, {"a": np.zeros(size), "b": np.ones(size)})
    for reader in readers:
        reader.join()
    assert wrong == []
