"""Vectors are made once and kept; a file that is not right is never used."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from bot.understanding.semantic.vectors import FILES_KEPT, vectors_of
from tests.semantics import ToldEncoder

TEXTS = ("续期", "补办", "延续")
MEANINGS = {"续期": 1, "补办": 2, "延续": 1}


@pytest.fixture
def encoder() -> ToldEncoder:
    return ToldEncoder(MEANINGS)


def silent(doing: str, done: int, of: int) -> None:
    pass


def numbers_in(folder: Path) -> Path:
    (found,) = folder.glob("*.npy")
    return found


def test_a_second_time_nothing_is_made(encoder: ToldEncoder, tmp_path: Path) -> None:
    first = vectors_of(TEXTS, encoder, tmp_path, silent)
    again = vectors_of(TEXTS, encoder, tmp_path, silent)
    assert encoder.encoded == len(TEXTS)
    assert np.array_equal(first, again)


def test_what_is_kept_is_mapped_and_not_read(encoder: ToldEncoder, tmp_path: Path) -> None:
    assert isinstance(vectors_of(TEXTS, encoder, tmp_path, silent), np.memmap)


def test_without_a_folder_nothing_is_kept(
    encoder: ToldEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert vectors_of(TEXTS, encoder, None, silent).shape == (3, 512)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("texts", "version"),
    [
        pytest.param(("续期", "补办"), "told 1", id="other texts"),
        pytest.param(("补办", "续期", "延续"), "told 1", id="another order"),
        pytest.param(TEXTS, "told 2", id="another encoder"),
    ],
)
def test_what_is_of_something_else_is_not_used(
    encoder: ToldEncoder, tmp_path: Path, texts: tuple[str, ...], version: str
) -> None:
    vectors_of(TEXTS, encoder, tmp_path, silent)
    other = ToldEncoder(MEANINGS, version)
    vectors_of(texts, other, tmp_path, silent)
    assert other.encoded == len(texts)


def damage_numbers(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def damage_header(path: Path) -> None:
    header = path.with_suffix(".json")
    header.write_text(json.dumps(json.loads(header.read_text()) | {"form": 0}))


def empty_header(path: Path) -> None:
    path.with_suffix(".json").write_bytes(b"\xff{")


def cut_numbers(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:200])


def lose_header(path: Path) -> None:
    path.with_suffix(".json").unlink()


@pytest.mark.parametrize(
    "damage", [damage_numbers, damage_header, empty_header, cut_numbers, lose_header]
)
def test_what_is_damaged_is_made_anew(encoder: ToldEncoder, tmp_path: Path, damage: object) -> None:
    assert callable(damage)
    right = np.array(vectors_of(TEXTS, encoder, tmp_path, silent))
    damage(numbers_in(tmp_path))
    assert np.array_equal(vectors_of(TEXTS, encoder, tmp_path, silent), right)
    assert encoder.encoded == 2 * len(TEXTS)


def test_a_folder_that_cannot_be_written_costs_time_only(
    encoder: ToldEncoder, tmp_path: Path
) -> None:
    place = tmp_path / "file"
    place.write_text("in the way")
    assert vectors_of(TEXTS, encoder, place / "vectors", silent).shape == (3, 512)


def test_old_vectors_go(tmp_path: Path) -> None:
    for number in range(FILES_KEPT + 3):
        vectors_of([str(number)], ToldEncoder({}), tmp_path, silent)
    assert len(list(tmp_path.glob("*.npy"))) == FILES_KEPT
    assert len(list(tmp_path.iterdir())) == 2 * FILES_KEPT


def test_it_is_told_how_far_it_has_come(encoder: ToldEncoder) -> None:
    told: list[tuple[int, int]] = []
    vectors_of(TEXTS, encoder, None, lambda _, done, of: told.append((done, of)))
    assert told == [(0, 3), (3, 3)]


def test_a_folder_that_others_can_fill_is_not_used(encoder: ToldEncoder, tmp_path: Path) -> None:
    open_to_all = tmp_path / "open"
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    vectors_of(TEXTS, encoder, open_to_all, silent)
    assert list(open_to_all.iterdir()) == []


def test_numbers_behind_a_link_are_not_used(encoder: ToldEncoder, tmp_path: Path) -> None:
    vectors_of(TEXTS, encoder, tmp_path / "mine", silent)
    numbers = numbers_in(tmp_path / "mine")
    elsewhere = numbers.rename(tmp_path / "elsewhere")
    numbers.symlink_to(elsewhere)
    before = elsewhere.read_bytes()
    vectors_of(TEXTS, encoder, tmp_path / "mine", silent)
    assert encoder.encoded == 2 * len(TEXTS)
    assert not numbers.is_symlink()
    assert elsewhere.read_bytes() == before


def test_clearing_leaves_files_that_are_none_of_ours(encoder: ToldEncoder, tmp_path: Path) -> None:
    letters = [tmp_path / f"letter-{number}.json" for number in range(FILES_KEPT + 2)]
    for letter in letters:
        letter.write_text("{}")
    vectors_of(TEXTS, encoder, tmp_path, silent)
    assert all(letter.exists() for letter in letters)
