"""Cutting texts: jieba and its twin in Rust cut alike, with either dictionary."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

import pytest

from bot.app import load_brain
from bot.understanding.lexicon.reader import TERM_FREQUENCY
from bot.understanding.text import tokeniser
from bot.understanding.text.normalise import normalise
from bot.understanding.text.tokeniser import compact_cutter, full_cutter, grams

WORDS = {"延续": 900, "注册": 1200, "延续注册": 50_000, "材料": 800}
MIXED = ("pdf格式的证书no.2", "c++ python3和vue", "ａｂｃ１２３", "の日本語", "")

needs_rjieba = pytest.mark.skipif(
    find_spec("rjieba") is None, reason="rjieba is not installed: pip install zhuce[fast]"
)


@pytest.mark.parametrize("engine", ["jieba", pytest.param("rjieba", marks=needs_rjieba)])
def test_the_longest_credible_words_are_found_and_the_rest_falls_apart(
    engine: tokeniser.Engine,
) -> None:
    cut = compact_cutter(WORDS, engine)
    assert cut("延续注册要材料") == ("延续注册", "要", "材料")


@needs_rjieba
def test_both_engines_cut_the_phrasings_of_the_pack_alike() -> None:
    pack = load_brain().pack
    lexicon = {term.word for term in pack.lexicon.terms}
    words = dict(pack.lexicon.words) | dict.fromkeys(lexicon, TERM_FREQUENCY)
    entries = pack.entries.values()
    texts = [normalise(text) for e in entries for text in (*e.ask, *e.not_ask)]
    ours, theirs = compact_cutter(words, "jieba"), compact_cutter(words, "rjieba")
    assert [text for text in (*texts, *MIXED) if ours(text) != theirs(text)] == []


@needs_rjieba
def test_both_engines_cut_alike_with_the_full_dictionary() -> None:
    pack = load_brain().pack
    texts = [normalise(text) for e in pack.entries.values() for text in e.ask[:2]]
    ours, theirs = full_cutter("jieba"), full_cutter("rjieba")
    assert [text for text in (*texts, *MIXED) if ours(text) != theirs(text)] == []


@needs_rjieba
def test_the_fast_engine_is_used_where_it_is_installed() -> None:
    assert tokeniser.engine() == "rjieba"


def test_without_it_jieba_cuts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokeniser, "find_spec", lambda _: None)
    assert tokeniser.engine() == "jieba"


def test_jieba_is_loaded_without_pkg_resources() -> None:
    check = (
        "import sys; from bot.understanding.text.tokeniser import compact_cutter; "
        "compact_cutter({'材料': 1}, 'jieba')('材料'); print('pkg_resources' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"


def test_grams_are_characters_and_pairs() -> None:
    assert grams("证书") == ["证", "书", "证书"]
    assert grams("pdf证") == ["证"]
