"""Sets that are found and corpora that are made."""

from __future__ import annotations

import json
from pathlib import Path

from bot.evaluation.files import read_corpus, read_queries
from scripts.bench.sets import Grown, Set, pairs_in, sets_in

TEXTS = (
    "怎样办理延续注册手续",
    "延续注册需要哪些材料",
    "变更注册要多长时间办完",
    "证书丢失以后怎么补办",
)


def written(folder: Path, name: str, texts: tuple[str, ...]) -> Set:
    home = folder / name
    home.mkdir()
    rows = [{"id": str(n), "questions": [text]} for n, text in enumerate(texts)]
    asked = [{"q": "续期材料", "gold": "1", "kind": "in"}]
    for file, some in (("corpus.jsonl", rows), ("queries.jsonl", asked)):
        lines = (json.dumps(row, ensure_ascii=False) for row in some)
        (home / file).write_text("\n".join(lines), "utf-8")
    return Set(name, home / "corpus.jsonl", home / "queries.jsonl")


def test_sets_come_smallest_first_and_pairs_by_name(tmp_path: Path) -> None:
    large, small = written(tmp_path, "large", TEXTS), written(tmp_path, "small", TEXTS[:1])
    (tmp_path / "pairs").mkdir()
    (tmp_path / "pairs" / "some.jsonl").touch()
    assert sets_in(tmp_path) == [small, large]
    assert pairs_in(tmp_path) == {"some": tmp_path / "pairs" / "some.jsonl"}


def test_each_size_is_the_beginning_of_the_next(tmp_path: Path) -> None:
    grown = Grown(written(tmp_path, "source", TEXTS)).write([3, 12], tmp_path / "made")
    few, many = (read_corpus(one.corpus).texts for one in grown)
    assert (len(few), len(many)) == (3, 12)
    assert many[:3] == few
    assert set(many[:4]) == set(TEXTS)


def test_no_text_comes_twice(tmp_path: Path) -> None:
    [made] = Grown(written(tmp_path, "source", TEXTS)).write([12], tmp_path / "made")
    assert len(set(read_corpus(made.corpus).texts)) == 12


def test_the_same_corpus_is_made_every_time(tmp_path: Path) -> None:
    source = written(tmp_path, "source", TEXTS)
    [one], [other] = (Grown(source).write([12], tmp_path / name) for name in ("one", "other"))
    assert one.corpus.read_bytes() == other.corpus.read_bytes()


def test_questions_to_a_made_corpus_count_as_unanswerable(tmp_path: Path) -> None:
    [made] = Grown(written(tmp_path, "source", TEXTS)).write([8], tmp_path / "made")
    [query] = read_queries(made.queries, read_corpus(made.corpus).ids)
    assert (query.text, query.gold) == ("续期材料", None)
