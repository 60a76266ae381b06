"""What is kept comes back as it was, whole or not at all."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from bot.understanding.saved import (
    NOWHERE,
    DamagedError,
    Ragged,
    Saved,
    Shelf,
    Writer,
    opened,
    writing,
)


@dataclass(frozen=True)
class Words:
    """Something that can be kept."""

    words: list[str]

    def save(self, writer: Writer) -> None:
        writer.table("words", self.words)
        writer.array("lengths", np.array([len(word) for word in self.words]))

    @classmethod
    def restored(cls, saved: Saved) -> Words:
        return cls(saved.table("words"))


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


def kept(shelf: Shelf, build: Builder) -> Words:
    return shelf.kept("words", build, Words.restored)


def test_arrays_and_tables_come_back(tmp_path: Path) -> None:
    with writing(tmp_path / "some") as writer:
        writer.array("numbers", np.array([[1, 2], [3, 4]], np.int16))
        writer.array("none", np.zeros(0))
        writer.table("names", {"四川": ["川", "蜀"]})
    saved = opened(tmp_path / "some")
    assert saved.array("numbers").tolist() == [[1, 2], [3, 4]]
    assert saved.array("numbers").dtype == np.int16
    assert saved.array("none").tolist() == []
    assert saved.table("names") == {"四川": ["川", "蜀"]}


def test_a_mapped_array_cannot_be_changed(tmp_path: Path) -> None:
    with writing(tmp_path / "some") as writer:
        writer.array("numbers", np.arange(3))
    assert not opened(tmp_path / "some").array("numbers").flags.writeable


@pytest.mark.parametrize("rows", [[], [[]], [[1], [], [2, 3]]], ids=["none", "empty", "some"])
def test_rows_of_any_length_come_back(tmp_path: Path, rows: list[list[int]]) -> None:
    with writing(tmp_path / "some") as writer:
        Ragged.of(rows).save(writer, "rows")
    found = Ragged.restored(opened(tmp_path / "some"), "rows")
    assert [found[number] for number in range(len(rows))] == rows


def test_what_is_kept_is_built_once(tmp_path: Path, build: Builder) -> None:
    first, second = (kept(Shelf(tmp_path / "pack"), build) for _ in range(2))
    assert (first, build.built) == (second, 1)


def test_without_a_folder_everything_is_built(build: Builder) -> None:
    assert [kept(NOWHERE, build), kept(NOWHERE, build)] == [Words(["注册", "材料"])] * 2
    assert build.built == 2


def cut_short(folder: Path) -> None:
    path = folder / "lengths.npy"
    path.write_bytes(path.read_bytes()[:-1])


def change_a_bit(folder: Path) -> None:
    path = folder / "lengths.npy"
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(raw)


def lose_a_file(folder: Path) -> None:
    (folder / "words.json").unlink()


def lose_the_header(folder: Path) -> None:
    (folder / "header.json").unlink()


def spoil_the_header(folder: Path) -> None:
    (folder / "header.json").write_text("[]")


@pytest.mark.parametrize(
    "damage", [cut_short, change_a_bit, lose_a_file, lose_the_header, spoil_the_header]
)
def test_damage_is_noticed_and_mended(
    tmp_path: Path, build: Builder, damage: Callable[[Path], None]
) -> None:
    shelf = Shelf(tmp_path)
    expected = kept(shelf, build)
    damage(tmp_path / "words")
    with pytest.raises(DamagedError):
        opened(tmp_path / "words")
    assert kept(shelf, build) == expected
    assert kept(shelf, build) == expected
    assert build.built == 2
    assert [path.name for path in tmp_path.iterdir()] == ["words"]


def test_a_place_that_cannot_be_written_is_no_error(tmp_path: Path, build: Builder) -> None:
    (tmp_path / "file").write_text("no folder")
    assert kept(Shelf(tmp_path / "file" / "pack"), build) == Words(["注册", "材料"])


def fill_and_fail(folder: Path) -> None:
    with writing(folder) as writer:
        writer.table("names", [])
        raise ZeroDivisionError


def test_a_writer_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        fill_and_fail(tmp_path / "some")
    assert list(tmp_path.iterdir()) == []


def test_several_may_write_the_same_at_once(tmp_path: Path) -> None:
    start = threading.Barrier(8)
    found: list[Words] = []

    def run() -> None:
        start.wait()
        found.append(kept(Shelf(tmp_path), Builder()))

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [Words(["注册", "材料"])] * 8
    assert [path.name for path in tmp_path.iterdir()] == ["words"]
