"""What is kept comes back as it was, whole or not at all, whatever has become of its files."""

from __future__ import annotations

import errno
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.errors import SavedIndexError
from bot.understanding.arrays.saved import HEADER, NO_CACHE, Saved, TableCache, Writer, load, save

IDENTITY = {"corpus": "c", "tokeniser": "jieba 1", "opencc": "1", "code": "d"}


@dataclass(frozen=True)
class Arrays:
    """Arrays by name, and a table of their names."""

    arrays: Mapping[str, NDArray[Any]]

    def save(self, writer: Writer) -> None:
        writer.table("names", sorted(self.arrays))
        for name, array in self.arrays.items():
            writer.array(name, array)

    @classmethod
    def restored(cls, saved: Saved) -> Arrays:
        return cls({name: saved.array(name) for name in saved.table("names")})


ARRAYS = {"numbers": np.arange(1_000, dtype=np.int32), "weights": np.linspace(0, 1, 100)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save(tmp_path / "index", IDENTITY, Arrays(ARRAYS))
    return tmp_path / "index"


def loaded(folder: Path) -> Mapping[str, NDArray[Any]]:
    found = load(folder, IDENTITY, Arrays.restored)
    assert found is not None
    return found.arrays


def file_of(folder: Path, name: str) -> Path:
    [found] = folder.glob(f"*/{name}.*")
    return found


def rewrite(place: Path, **facts: object) -> None:
    header = json.loads((place / HEADER).read_text("utf-8"))
    (place / HEADER).write_text(json.dumps(header | facts), encoding="utf-8")


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def test_what_was_saved_is_loaded(folder: Path) -> None:
    found = loaded(folder)
    assert found.keys() == ARRAYS.keys()
    assert all(np.array_equal(found[name], array) for name, array in ARRAYS.items())
    assert all(found[name].dtype == array.dtype for name, array in ARRAYS.items())


@pytest.mark.parametrize(
    "array", [np.array([[1, 2], [3, 4]], np.int16), np.zeros(0)], ids=["a table", "empty"]
)
def test_arrays_of_any_shape_come_back(tmp_path: Path, array: NDArray[Any]) -> None:
    save(tmp_path, IDENTITY, Arrays({"some": array}))
    found = loaded(tmp_path)["some"]
    assert (found.tolist(), found.dtype) == (array.tolist(), array.dtype)


def test_what_is_loaded_cannot_be_written(folder: Path) -> None:
    with pytest.raises(ValueError, match="read-only"):
        loaded(folder)["numbers"][0] = 7


def test_nothing_kept_is_none(tmp_path: Path) -> None:
    assert load(tmp_path / "nowhere", IDENTITY, Arrays.restored) is None


DAMAGE = [
    pytest.param(lambda f: flip(file_of(f, "numbers"), 700), "校验和", id="a byte flipped"),
    pytest.param(lambda f: flip(file_of(f, "numbers"), 20), "校验和", id="in an array's head"),
    pytest.param(lambda f: flip(file_of(f, "names"), 3), "校验和", id="in a table"),
    pytest.param(
        lambda f: cut_short(file_of(f, "weights")),
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
    pytest.param(lambda f: rewrite(f, files={"names.json": {}}), "文件头", id="no sizes"),
    pytest.param(lambda f: rewrite(f, files=3), "文件头", id="no files"),
    pytest.param(lambda f: rewrite(f, files={}, folder=3), "文件头", id="no folder"),
    pytest.param(lambda f: rewrite(f, files={}), "文件头里没有", id="files that nobody checked"),
    pytest.param(lambda f: rewrite(f, files={}, folder="../index"), "文件头", id="leads outside"),
    pytest.param(lambda f: rewrite(f, files={"/etc/passwd": {}}), "文件头", id="a file outside"),
]


@pytest.mark.parametrize(("damage", "told"), DAMAGE)
def test_damage_is_noticed(folder: Path, damage: Callable[[Path], object], told: str) -> None:
    damage(folder)
    with pytest.raises(SavedIndexError, match=told):
        load(folder, IDENTITY, Arrays.restored)


@pytest.mark.parametrize(
    ("name", "told"),
    [("corpus", "语料"), ("tokeniser", "分词器"), ("opencc", "OpenCC"), ("code", "程序")],
)
def test_what_an_index_was_made_of_has_changed(folder: Path, name: str, told: str) -> None:
    with pytest.raises(SavedIndexError, match=f"建好以后变了：{told}"):
        load(folder, IDENTITY | {name: "another"}, Arrays.restored)


def test_a_new_index_takes_the_place_of_the_old_one(folder: Path) -> None:
    save(folder, IDENTITY | {"corpus": "d"}, Arrays({"numbers": np.zeros(3)}))
    assert sorted(path.name for path in folder.glob("*/*")) == ["names.json", "numbers.npy"]
    with pytest.raises(SavedIndexError):
        load(folder, IDENTITY, Arrays.restored)


def test_what_is_mapped_outlives_its_replacement(folder: Path) -> None:
    found = loaded(folder)
    save(folder, IDENTITY, Arrays({"numbers": np.zeros(3)}))
    assert found["numbers"].sum() == 499_500


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SavedIndexError, match="写不进去"):
        save(tmp_path / "file", IDENTITY, Arrays(ARRAYS))


def test_an_interrupted_save_leaves_the_index_that_was_there(folder: Path) -> None:
    with pytest.raises(ValueError, match="pickle"):
        save(folder, IDENTITY, Arrays({"numbers": np.zeros(3), "objects": np.array([{}])}))
    assert loaded(folder).keys() == ARRAYS.keys()
    assert len([*folder.iterdir()]) == 2


def test_what_a_killed_writer_left_goes_with_the_next(folder: Path) -> None:
    (folder / "files-0123").mkdir()
    (folder / "mine").mkdir()
    save(folder, IDENTITY, Arrays(ARRAYS))
    assert len([*folder.glob("files-*")]) == 1
    assert (folder / "mine").exists()


def test_readers_find_a_whole_index_while_it_is_replaced(folder: Path) -> None:
    wrong: list[object] = []

    def read() -> None:
        for _ in range(20):
            try:
                found = load(folder, IDENTITY, Arrays.restored)
                if found is None or len({len(a) for a in found.arrays.values()}) != 1:
                    wrong.append(found)
            except SavedIndexError as error:
                wrong.append(error)

    save(folder, IDENTITY, Arrays({"a": np.zeros(50), "b": np.ones(50)}))
    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for size in range(51, 61):
        save(folder, IDENTITY, Arrays({"a": np.zeros(size), "b": np.ones(size)}))
    for reader in readers:
        reader.join()
    assert wrong == []


@dataclass(frozen=True)
class Words:
    """Something that can be kept."""

    words: list[str]

    def save(self, writer: Writer) -> None:
        writer.table("words", {"words": self.words})
        writer.array("lengths", np.array([len(word) for word in self.words]))

    @classmethod
    def restored(cls, saved: Saved) -> Words:
        return cls(saved.table("words")["words"])


class Builder:
    """Counts how often something had to be built."""

    def __init__(self) -> None:
        self.built = 0

    def __call__(self) -> Words:
        self.built += 1
        return Words(["注册", "材料"])


@pytest.fixture
def build() -> Builder:
    return Builder()


def kept(shelf: TableCache, build: Builder) -> Words:
    return shelf.kept("words", build, Words.restored)


def test_what_is_kept_is_built_once(tmp_path: Path, build: Builder) -> None:
    first, second = (kept(TableCache(tmp_path / "pack"), build) for _ in range(2))
    assert (first, build.built) == (second, 1)


def test_what_is_kept_is_used_where_nothing_can_be_changed(
    tmp_path: Path, build: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a container whose root is read-only, where root of this test could write."""
    kept(TableCache(tmp_path / "pack"), build)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "chmod", refuse)
    kept(TableCache(tmp_path / "pack"), build)
    assert build.built == 1


def test_without_a_folder_everything_is_built(build: Builder) -> None:
    assert [kept(NO_CACHE, build), kept(NO_CACHE, build)] == [Words(["注册", "材料"])] * 2
    assert build.built == 2


def test_what_was_made_of_something_else_is_built_anew(tmp_path: Path, build: Builder) -> None:
    for pack in ("one", "other", "other"):
        kept(TableCache(tmp_path, {"pack": pack}), build)
    assert build.built == 2


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda f: cut_short(file_of(f, "lengths")), id="a file cut short"),
        pytest.param(lambda f: flip(file_of(f, "lengths"), -1), id="a bit changed"),
        pytest.param(lambda f: file_of(f, "words").unlink(), id="a file lost"),
        pytest.param(lambda f: (f / HEADER).unlink(), id="the header lost"),
        pytest.param(lambda f: (f / HEADER).write_text("[]"), id="the header spoilt"),
    ],
)
def test_damage_is_mended(tmp_path: Path, build: Builder, damage: Callable[[Path], object]) -> None:
    shelf = TableCache(tmp_path)
    expected = kept(shelf, build)
    damage(tmp_path / "words")
    assert kept(shelf, build) == expected
    assert kept(shelf, build) == expected
    assert build.built == 2
    assert len([*tmp_path.glob("words/*")]) == 2


def test_a_place_that_cannot_be_written_is_no_error(tmp_path: Path, build: Builder) -> None:
    (tmp_path / "file").write_text("no folder")
    assert kept(TableCache(tmp_path / "file" / "pack"), build) == Words(["注册", "材料"])


def test_several_may_write_the_same_at_once(tmp_path: Path) -> None:
    start = threading.Barrier(8)
    found: list[Words] = []

    def run() -> None:
        start.wait()
        found.append(kept(TableCache(tmp_path), Builder()))

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [Words(["注册", "材料"])] * 8
    assert len([*tmp_path.glob("words/*")]) == 2
