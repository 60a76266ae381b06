"""Check and test the pack, and measure the collection engine (`zhuce kb`)."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.types import IntParamType

from bot.cli import kb_exchange  # noqa: F401 - adds its verbs to `export` and `import`
from bot.cli.kb_change import diff, due, undo
from bot.cli.kb_fit import dictionary, fit
from bot.cli.kb_links import links
from bot.cli.kb_look import preview, variants
from bot.cli.kb_new import new
from bot.cli.kb_table import export, import_
from bot.cli.shared import (
    CHECK_FAILED,
    Verbs,
    complain,
    json_option,
    knowledge_option,
    named,
    print_json,
    problems_as_json,
    replayer_of,
    semantic_option,
)
from bot.core.model.spans import ZONE
from bot.runtime.brain import pack_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.evaluation.noise import Kind as NoiseKind
    from bot.evaluation.run import Meaning
    from bot.knowledge.cases import Question
    from bot.knowledge.self_test import Ask, Failure
    from bot.runtime.replay import Replayer


EXPLAINED = 20
"""Failures that are explained word by word; with more, one cause explains most of them."""
_FILE = named(click.Path(path_type=Path), "文件")
_FOLDER = named(click.Path(file_okay=False, path_type=Path), "文件夹")


@click.group(cls=Verbs)
def kb() -> None:
    """知识包：新写、检查、考一遍、定把握。"""


for _verb in (dictionary, diff, due, export, fit, import_, links, new, preview, undo, variants):
    kb.add_command(_verb)


@kb.command()
@json_option
@knowledge_option
def check(as_json: bool, knowledge: Path | None) -> None:
    """检查知识包的每个文件，一次列出所有问题。"""
    from bot.knowledge.cases import load_questions
    from bot.knowledge.loader import load_pack
    from bot.knowledge.reading.contents import read_contents
    from bot.runtime.scoring_model import model_of

    folder = pack_folder(knowledge)
    with problems_as_json(as_json):
        pack = load_pack(folder, today=datetime.now(ZONE).date())
        questions = load_questions(folder, pack.named)
        model_of(read_contents(folder), pack)
    summary = {
        "pack": pack.id,
        "version": pack.version,
        "entries": len(pack.entries),
        "ask": sum(len(entry.ask) for entry in pack.entries.values()),
        "procedures": len(pack.procedures),
        "regions": len(pack.regions),
        "questions": len(questions),
    }
    if as_json:
        print_json({"ok": True, "problems": [], **summary})
    else:
        print(
            "没有问题：{entries} 个条目，{ask} 种问法，{procedures} 个流程，"
            "{regions} 个地区，{questions} 个测试问题；版本 {version}".format(**summary)
        )


@kb.command()
@click.argument("entries", metavar="[条目]...", nargs=-1)
@click.option(
    "--close", is_flag=True, help="不考试，列出问法最容易串到一起的条目；给了条目就只看它们"
)
@click.option("--again", is_flag=True, help="今天考过、什么都没变，也再问一遍")
@json_option
@semantic_option
@knowledge_option
def test(
    entries: tuple[str, ...],
    close: bool,
    again: bool,
    as_json: bool,
    semantic: bool,
    knowledge: Path | None,
) -> None:
    """用知识包自己的问题考它：每种问法、每条 not、tests 里的每个问题。"""
    if close:
        _show_close(as_json, knowledge, entries)
        return
    if entries:
        raise click.UsageError("条目只和 --close 一起写；不写 --close 时总是考整个知识包")
    from bot.knowledge.cases import load_questions
    from bot.knowledge.self_test import run_tests
    from bot.runtime import whole_test
    from bot.runtime.good_copies import GoodCopies

    folder = pack_folder(knowledge)
    with problems_as_json(as_json):
        replayer = replayer_of(knowledge, semantic=semantic)
        pack = replayer.brain.pack
        questions = load_questions(folder, pack.named)
    is_known = not (semantic or again) and whole_test.has_passed(folder, replayer.now)
    failures: list[Failure] = []
    if semantic:  # with vectors a known failure may pass
        questions = tuple(question for question in questions if not question.known_failure)
        failures = run_tests(pack, questions, replayer.understand, _reply_of(replayer))
    elif not is_known:
        failures = whole_test.failures_of(folder, replayer, questions)
    asked = whole_test.number_of_tests(replayer, questions)
    if as_json:
        print_json({"ok": not failures, "asked": asked, "failures": list(map(_as_row, failures))})
    elif is_known:
        print(f"这 {asked} 次今天都问过、都对，文件和程序没有变；再问一遍加 --again。")
    else:
        _show_failures(failures, questions, replayer, folder)
        print(f"问了 {asked} 次，{len(failures)} 次不对。")
    if failures:
        raise click.exceptions.Exit(CHECK_FAILED)
    if not semantic:
        GoodCopies.of(folder).keep()
        whole_test.remember(folder, replayer.now)


def _reply_of(replayer: Replayer) -> Ask:
    return lambda turns: replayer.run(turns).reply


def _as_row(failure: Failure) -> dict[str, str]:
    return {"place": failure.place, "question": failure.question, "message": failure.message}


def _show_failures(
    failures: Sequence[Failure], questions: Sequence[Question], replayer: Replayer, folder: Path
) -> None:
    """Print the failures; with the first ones, which words spoke for another entry, and where."""
    from bot.knowledge.origins import origins_of
    from bot.runtime.why import loss_of, spoken_for

    entries = replayer.brain.pack.entries
    wanted = {q.place: q.entries[0] for q in questions if len(q.entries) == len(q.turns) == 1}
    origins = origins_of(folder) if failures else None
    for number, failure in enumerate(failures):
        print(failure)
        entry = entries.get(wanted.get(failure.place, failure.place))
        if origins and entry and number < EXPLAINED:
            for line in spoken_for(loss_of(failure.question, entry, replayer, origins)):
                print(f"    {line}")
    if failures:
        print('想知道为什么：zhuce kb why "问题" 条目；想退回去：zhuce kb undo')


@kb.command()
@click.argument("question", metavar="问题")
@click.argument("entry", metavar="[条目]", required=False)
@json_option
@knowledge_option
def why(question: str, entry: str | None, as_json: bool, knowledge: Path | None) -> None:
    """说明一个问题为什么没由某个条目回答：哪个词在哪一行替别的条目说了话，怎么改。"""
    from bot.knowledge.did_you_mean import did_you_mean
    from bot.knowledge.origins import origins_of
    from bot.runtime.why import loss_of
    from bot.runtime.why import why as reasons

    replayer = replayer_of(knowledge)
    entries = replayer.brain.pack.entries
    if entry and entry not in entries:
        raise click.UsageError(f"没有条目“{entry}”{did_you_mean(entry, entries)}")
    wanted = entries[entry] if entry else None
    loss = loss_of(question, wanted, replayer, origins_of(pack_folder(knowledge)))
    if as_json:
        winner = loss.winner.id if loss.winner else None
        status = loss.reply.status.value
        print_json({"status": status, "first": winner, "wanted": entry, "why": list(reasons(loss))})
    else:
        print("\n".join(reasons(loss)))


def _show_close(as_json: bool, knowledge: Path | None, only: Sequence[str]) -> None:
    """List entries that are close to each other, for `kb test --close`."""
    from bot.knowledge.close_entries import SHOWN, neighbours
    from bot.knowledge.did_you_mean import did_you_mean
    from bot.understanding.scoring import shipped

    with problems_as_json(as_json):
        replayer = replayer_of(knowledge)
    pack, rate = replayer.brain.pack, shipped().plain_rate
    for entry in only:
        if entry not in pack.entries:
            raise click.UsageError(f"没有条目“{entry}”{did_you_mean(entry, pack.entries)}")
    pairs = neighbours(pack, replayer.understand, lambda one: rate(one.signals), only)
    if as_json:
        rows = [
            {
                "entry": pair.entry,
                "other": pair.other,
                "lines": pair.lines,
                "margin": pair.margin,
                "example": pair.example,
            }
            for pair in pairs
        ]
        print_json({"ok": True, "close": rows})
        return
    for pair in pairs[:SHOWN]:
        print(pair)
    print(f"{len(pairs)} 对条目离得近" + (f"，上面是前 {SHOWN} 对。" if pairs[SHOWN:] else "。"))


@kb.command("eval")
@click.option("--corpus", type=_FILE, metavar="FILE", help="语料：一行一组问法")
@click.option("--queries", type=_FILE, metavar="FILE", help="问题：一行一个，写明该找到哪一组")
@click.option("--pairs", type=_FILE, metavar="FILE", help="句对：一行两句，写明是不是同一个问题")
@click.option(
    "--noise",
    type=click.Choice(["homophone", "typo", "drop", "polite"]),
    metavar="KIND",
    help="给每个问题加一处错：homophone、typo、drop 或 polite",
)
@click.option(
    "--seed",
    type=named(IntParamType(), "整数"),
    metavar="NUMBER",
    default=3,
    help="加错的随机种子；默认 3",
)
@click.option(
    "--index",
    type=_FOLDER,
    metavar="DIR",
    help="索引文件夹：建好的索引存进去，语料没变的话下次直接用；只配 --corpus",
)
@click.option(
    "--no-meaning", is_flag=True, help="只比词句；不写的话，词句拿不准时再按自带的意思表比一遍"
)
@click.option("--semantic", is_flag=True, help="不用自带的意思表，用语义模型；要装 zhuce[semantic]")
@click.option(
    "--vectors",
    type=_FOLDER,
    metavar="DIR",
    help="和 --semantic 一起用：向量存在这个文件夹，下次不用再算",
)
@json_option
def evaluate(
    corpus: Path | None,
    queries: Path | None,
    pairs: Path | None,
    noise: NoiseKind | None,
    seed: int,
    index: Path | None,
    no_meaning: bool,
    semantic: bool,
    vectors: Path | None,
    as_json: bool,
) -> None:
    """用别处的问题衡量匹配引擎：找得准不准，有没有把握，快不快。"""
    from bot.evaluation import run
    from bot.evaluation.report import as_text, reporter

    if bool(pairs) == bool(corpus or queries) or bool(corpus) != bool(queries):
        raise click.UsageError("要么给 --corpus 和 --queries 两个文件，要么给 --pairs 一个文件")
    if pairs and noise:
        raise click.UsageError("--noise 只用于 --queries")
    if pairs and index:
        raise click.UsageError("--index 只用于 --corpus")
    if vectors and not semantic:
        raise click.UsageError("--vectors 要和 --semantic 一起用")
    if semantic and no_meaning:
        raise click.UsageError("--semantic 和 --no-meaning 只能写一个")
    report = reporter(sys.stderr)
    second = _meaning(vectors, semantic=semantic, no_meaning=no_meaning)
    if pairs:
        figures = run.evaluate_pairs(pairs, report, second)
    elif corpus and queries:
        figures = run.evaluate(corpus, queries, noise, seed, report, index, complain, second)
    if as_json:
        print_json(figures)
    else:
        print(as_text(figures))


def _meaning(vectors: Path | None, *, semantic: bool, no_meaning: bool) -> Meaning | None:
    """Load what compares by meaning where words leave doubt; `None` compares words alone."""
    from bot import app
    from bot.evaluation import run

    if semantic:
        return run.by_encoder(app.sentence_encoder(), vectors)
    return None if no_meaning else run.by_table()
