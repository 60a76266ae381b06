from pathlib import Path

import pytest

from bot.understanding.ranking.likelihood import LikelihoodRatio
from bot.understanding.semantic.everyday import EverydayGrams, save, shipped_everyday

EVERYDAY = {"天": 40, "气": 30, "天气": 30, "吃": 20, "么": 60, "什": 60, "什么": 60}


@pytest.fixture
def everyday(tmp_path: Path) -> EverydayGrams:
    save(tmp_path, EVERYDAY, 100)
    return EverydayGrams(tmp_path)


def test_a_share_is_never_nothing(everyday: EverydayGrams) -> None:
    assert everyday.share("天") == pytest.approx(40.5 / 101)
    assert everyday.share("证") == pytest.approx(0.5 / 101)


def test_what_was_found_once_is_not_kept(tmp_path: Path) -> None:
    save(tmp_path, {"天": 2, "气": 1}, 10)
    assert list(EverydayGrams(tmp_path).grams()) == ["天"]


def test_counts_of_another_table_are_refused(tmp_path: Path) -> None:
    save(tmp_path, EVERYDAY, 100)
    grams = (tmp_path / "everyday.marisa").read_bytes()
    save(tmp_path, {"天": 2}, 10)
    (tmp_path / "everyday.marisa").write_bytes(grams)
    with pytest.raises(ValueError, match="not of one table"):
        EverydayGrams(tmp_path)


def test_own_words_speak_for_the_pack_and_everyday_ones_against(everyday: EverydayGrams) -> None:
    ratio = LikelihoodRatio.of(["办借书证", "补借书证要什么"], everyday)
    assert ratio.of_text("借书证") > ratio.of_text("借什么") > 0 > ratio.of_text("天气")


@pytest.mark.parametrize("text", ["", "abc 123", "龘靐齉"])
def test_what_neither_has_says_nothing(text: str, everyday: EverydayGrams) -> None:
    assert LikelihoodRatio.of(["借书证"], everyday).of_text(text) == 0


def test_the_counts_of_the_package_are_whole() -> None:
    grams = shipped_everyday()
    assert grams.share("什么") > 0.05 > grams.share("建造")
