"""What an index depends on."""

from __future__ import annotations

from pathlib import Path

from bot.evaluation.retrievers import identity


def test_every_byte_of_a_corpus_belongs_to_its_identity(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_bytes(b"one")
    before = identity(corpus)
    corpus.write_bytes(b"onf")
    after = identity(corpus)
    assert {name for name in before if before[name] != after[name]} == {"corpus"}


def test_the_identity_tells_versions(tmp_path: Path) -> None:
    (tmp_path / "corpus.jsonl").write_bytes(b"one")
    found = identity(tmp_path / "corpus.jsonl")
    assert found["tokeniser"].startswith(("jieba-", "rjieba-"))
    assert found["opencc"].lower().startswith("opencc-")
