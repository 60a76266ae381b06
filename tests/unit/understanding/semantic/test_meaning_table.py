"""The table of meaning: what is looked up, and what is kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.understanding.semantic.meaning_table import MeaningTable, features_of, save, shipped_table

TEXTS = ("证书丢了怎么办", "注册要多少钱", "", "？", "aé")


@pytest.fixture
def small(tmp_path: Path) -> MeaningTable:
    rows = np.array([[1, 0], [0, 2], [3, 0]], np.float32)
    save(tmp_path, ["证", "书", "证书"], rows, "small 1")
    return MeaningTable(tmp_path)


def test_characters_and_their_pairs_are_looked_up_without_punctuation() -> None:
    assert features_of("證書？丢") == ["证", "书", "丢", "证书", "书丢"]


def test_a_vector_is_the_sum_of_known_rows_brought_to_length_1(small: MeaningTable) -> None:
    assert small.encode_one("证书呢") == pytest.approx([0.8944, 0.4472], abs=0.005)


def test_of_a_text_of_which_nothing_is_known_zeros_are_said(small: MeaningTable) -> None:
    assert small.encode(["呢", "书"]).tolist() == [[0.0, 0.0], [0.0, 1.0]]
    assert small.encode_one("呢").tolist() == [0.0, 0.0]


def test_many_at_once_and_one_at_a_time_are_the_same() -> None:
    table = shipped_table()
    one_by_one = [table.encode_one(text) for text in TEXTS]
    assert np.allclose(table.encode(TEXTS), one_by_one, atol=1e-6)


def test_the_version_tells_what_a_table_was_made_of(small: MeaningTable) -> None:
    assert (small.version, small.dimensions) == ("small 1", 2)


def test_parts_of_different_tables_are_refused(small: MeaningTable, tmp_path: Path) -> None:
    np.save(tmp_path / "scales.npy", np.ones(2, np.float16))
    with pytest.raises(ValueError, match="not of one table"):
        MeaningTable(tmp_path)


def test_the_table_in_the_package_puts_a_question_nearer_to_what_asks_the_same() -> None:
    asked, same, other = shipped_table().encode(["怎么补办证书", "证书丢了如何补", "明天会下雨吗"])
    assert asked @ same > asked @ other
