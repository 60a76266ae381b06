from __future__ import annotations

from pathlib import Path

import pytest

from bot.knowledge.dictionary import write_dictionary
from bot.knowledge.inheritance import inherited_words
from bot.knowledge.loader import load_pack
from tests.packs import edited, write_pack

ALL = edited("pack.yaml", ("inherit: [phrases]", "inherit: [phrases, synonyms]"))
WORDS = edited("faq/main.yaml", ("续期材料", "续期要什么饕餮材料"))


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return write_pack(tmp_path, pack=ALL, main=WORDS, dictionary="# 自己写的\n云泽图 30\n")


def words_in(folder: Path) -> dict[str, int]:
    lines = (folder / "dictionary.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split(" ") for line in lines if not line.startswith("#"))
    return {word: int(count) for word, count in pairs}


def test_only_words_that_are_not_inherited_are_written(pack: Path) -> None:
    write_dictionary(pack)
    written = words_in(pack)
    assert written["饕餮"] > 0
    assert not written.keys() & inherited_words("zh").keys()


def test_a_word_that_nobody_else_knows_stays(pack: Path) -> None:
    write_dictionary(pack)
    assert words_in(pack)["云泽图"] == 30


def test_words_that_no_question_has_any_more_go(pack: Path) -> None:
    (pack / "dictionary.txt").write_text("# 旧的\n觥筹交错 3\n", encoding="utf-8")
    write_dictionary(pack)
    assert "觥筹交错" not in words_in(pack)


def test_writing_twice_changes_nothing_and_finds_nothing_new(pack: Path) -> None:
    first, before = write_dictionary(pack), (pack / "dictionary.txt").read_bytes()
    assert write_dictionary(pack) == (first[0], 0)
    assert (pack / "dictionary.txt").read_bytes() == before


def test_the_pack_is_as_valid_with_it(pack: Path) -> None:
    write_dictionary(pack)
    assert "饕餮" in load_pack(pack).lexicon.words


def test_a_pack_that_inherits_no_words_gets_the_commonest(tmp_path: Path) -> None:
    words, _ = write_dictionary(write_pack(tmp_path))
    assert words >= 20_000
    assert words_in(tmp_path)["的"] > 1000
