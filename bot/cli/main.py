"""The verbs of `zhuce`. Help and messages are Chinese; with `--json` stdout is JSON only.

Exit 0 is well, 1 a check that failed, 2 wrong usage, 3 knowledge that cannot be used.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NoReturn

import click

from bot import __version__
from bot.core.model.phrases import REQUIRED
from bot.core.model.spans import ZONE
from bot.core.wire import reply_as_json
from bot.errors import BotError, KnowledgeError
from bot.runtime.brain import Brain, load_brain, pack_folder
from bot.runtime.clock import SystemClock, write_calendar
from bot.runtime.replay import Exchange, Replayer

if TYPE_CHECKING:
    from bot.core.model.pack import Pack, Procedure
    from bot.evaluation.noise import Kind as NoiseKind
    from bot.settings import Settings

CHECK_FAILED, WRONG_USAGE, KNOWLEDGE_INVALID = 1, 2, 3

knowledge_option = click.option(
    "--knowledge",
    type=click.Path(path_type=Path),
    envvar="BOT_KNOWLEDGE",
    help="知识包文件夹；默认用自带的（也可用环境变量 BOT_KNOWLEDGE）",
)
semantic_option = click.option(
    "--semantic/--no-semantic",
    envvar="BOT_SEMANTIC",
    default=False,
    help="词句拿不准时再按意思找一遍；要装 zhuce[semantic]（也可用环境变量 BOT_SEMANTIC）",
)
json_option = click.option("--json", "as_json", is_flag=True, help="只输出 JSON")


def main() -> NoReturn:
    """Run the command line; every expected error ends in a sentence and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(encoding="utf-8", errors="replace")
    try:
        sys.exit(cli(prog_name="zhuce", standalone_mode=False) or 0)
    except click.ClickException as error:
        _complain(error.format_message())
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except KnowledgeError as error:
        _complain(str(error))
        sys.exit(KNOWLEDGE_INVALID)
    except BotError as error:
        _complain(str(error))
        sys.exit(WRONG_USAGE)


def _complain(message: str) -> None:
    print(message, file=sys.stderr)


def _print_json(data: Any) -> None:
    print(json.dumps(data, ensure_ascii=False))


_HELP_WORDS = (
    ("Usage:", "用法："),
    ("Options:", "选项："),
    ("Commands:", "命令："),
    ("[OPTIONS]", "[选项]"),
    ("COMMAND [ARGS]...", "命令 [参数]…"),
    ("Show this message and exit.", "显示这段说明。"),
    ("Show the version and exit.", "显示版本。"),
)
"""The words that click itself puts into a help page."""


class _ChineseHelp(click.Command):
    def get_help(self, ctx: click.Context) -> str:
        text = super().get_help(ctx)
        for english, chinese in _HELP_WORDS:
            text = text.replace(english, chinese)
        return text


class _Verb(_ChineseHelp):
    """A verb with a Chinese help page."""


class _Verbs(_ChineseHelp, click.Group):
    """A group of verbs with a Chinese help page."""

    command_class = _Verb


_Verbs.group_class = _Verbs


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="zhuce", message="%(prog)s %(version)s")
def cli() -> None:
    """二级建造师注册问答机器人：有出处的回答，或者老实说没有收录。"""


@cli.command()
def serve() -> None:
    """启动机器人：网页、HTTP 接口和设置里写的平台。"""
    import asyncio

    from bot import app
    from bot.logs import configure

    settings = _settings()
    configure(logging.getLevelNamesMapping()[settings.log_level.upper()], settings.secrets())
    with asyncio.Runner(loop_factory=app.event_loop()) as runner:
        runner.run(app.serve(settings))


@cli.command()
@json_option
def doctor(as_json: bool) -> None:
    """检查设置、知识、存储、时钟和 Telegram：哪里不对，怎么改。"""
    import asyncio

    from bot.doctor import State, examine
    from bot.logs import configure
    from bot.settings import in_force

    settings = _settings()
    configure(logging.ERROR, settings.secrets())
    findings = asyncio.run(examine(settings))
    is_well = all(finding.state is not State.PROBLEM for finding in findings)
    shown = dict(in_force(settings))
    if as_json:
        rows = [
            {"about": f.about, "state": f.state, "text": f.text, "mend": f.mend} for f in findings
        ]
        _print_json({"ok": is_well, "settings": shown, "findings": rows})
    else:
        print("\n".join(f"{name}={value}" for name, value in shown.items()) + "\n")
        print("\n".join(map(str, findings)))
    if not is_well:
        raise click.exceptions.Exit(CHECK_FAILED)


@cli.command()
@semantic_option
@knowledge_option
def chat(semantic: bool, knowledge: Path | None) -> None:
    """在终端里聊天；回复编号可以选择，/help 看命令，/quit 退出。"""
    from bot.adapters.console import chat as talk
    from bot.adapters.console import history, save_here
    from bot.core.conversation import Conversation
    from bot.storage.memory import MemoryStore

    brain = _brain(knowledge, semantic=semantic)
    system_clock = SystemClock()
    conversation = Conversation(
        brain.pack, brain.understander, MemoryStore(), system_clock, calendar=write_calendar
    )
    print(brain.pack.phrase("welcome") + "\n")
    with history(Path.home() / ".zhuce_history"):
        talk(conversation, system_clock.now, save=save_here)


@cli.command()
@click.argument("question", required=False)
@click.option(
    "--batch",
    type=click.File(encoding="utf-8-sig"),
    help='一行一个 JSON：{"q": …} 或 {"turns": […]}',
)
@click.option("--explain", is_flag=True, help="说明是怎么判断的")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="按这一天判断哪些内容有效")
@json_option
@semantic_option
@knowledge_option
def ask(
    question: str | None,
    batch: IO[str] | None,
    explain: bool,
    as_of: datetime | None,
    as_json: bool,
    semantic: bool,
    knowledge: Path | None,
) -> None:
    """问一句，答一句；不记会话，也不记问过什么。"""
    if (question is None) == (batch is None):
        raise click.UsageError(
            '要么写一个问题，要么用 --batch 文件，例如：zhuce ask "四川二建在哪注册"'
        )
    conversations = _read_batch(batch) if batch else [(question or "",)]
    replayer = _replayer(knowledge, as_of.date() if as_of else None, semantic=semantic)
    with _until_the_reader_leaves():
        for turns in conversations:
            exchange = replayer.run(turns)
            _print_exchange(exchange, as_json=as_json or batch is not None, explain=explain)


@contextlib.contextmanager
def _until_the_reader_leaves() -> Iterator[None]:
    """A reader that closes early (`| head`) has seen enough; what is left goes nowhere."""
    try:
        yield
        print(end="", flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _print_exchange(exchange: Exchange, *, as_json: bool, explain: bool) -> None:
    from bot.cli.explain import explain_as_json, explain_as_text

    if as_json:
        extra = {"explain": explain_as_json(exchange)} if explain else {}
        _print_json(reply_as_json(exchange.reply) | extra)
        return
    print(exchange.reply.as_text())
    if explain:
        print("\n" + explain_as_text(exchange))


def _read_batch(lines: IO[str]) -> list[tuple[str, ...]]:
    """The turns of each line, all read before the first is answered.

    Raises:
        click.UsageError: a line is not an object with `q` or `turns`.
    """
    try:
        return [_turns(line, number) for number, line in enumerate(lines, 1) if line.strip()]
    except UnicodeDecodeError as error:
        raise click.UsageError(f"文件不是 UTF-8 编码：{error}") from None


def _turns(line: str, number: int) -> tuple[str, ...]:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        data = None
    said = data.get("turns") or [data.get("q")] if isinstance(data, dict) else []
    if not isinstance(said, list) or not said or not all(isinstance(turn, str) for turn in said):
        raise click.UsageError(f'第 {number} 行应当是 {{"q": "…"}} 或 {{"turns": ["…", "…"]}}')
    return tuple(said)


def _brain(knowledge: Path | None, *, semantic: bool) -> Brain:
    brain = load_brain(knowledge)
    if not semantic:
        return brain
    from bot import app  # imports what only a server needs
    from bot.evaluation.showing import reporter

    return app.reread(brain, _settings().semantic_cache, reporter(sys.stderr))


def _replayer(
    knowledge: Path | None, as_of: date | None = None, *, semantic: bool = False
) -> Replayer:
    brain = _brain(knowledge, semantic=semantic)
    return Replayer(brain.pack, brain.understander, SystemClock().now(), as_of, write_calendar)


def _settings() -> Settings:
    from bot.settings import load_settings

    return load_settings()


@cli.group()
def kb() -> None:
    """知识包：检查、测试。"""


@kb.command()
@json_option
@knowledge_option
def check(as_json: bool, knowledge: Path | None) -> None:
    """检查知识包的每个文件，一次列出所有问题。"""
    from bot.knowledge.cases import load_questions
    from bot.knowledge.loader import load_pack

    folder = pack_folder(knowledge)
    with _problems_as_json(as_json):
        pack = load_pack(folder, required_phrases=REQUIRED, today=datetime.now(ZONE).date())
        questions = load_questions(folder, pack.named)
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
        _print_json({"ok": True, "problems": [], **summary})
    else:
        print(
            "没有问题：{entries} 个条目，{ask} 种问法，{procedures} 个流程，"
            "{regions} 个地区，{questions} 个测试问题；版本 {version}".format(**summary)
        )


@contextlib.contextmanager
def _problems_as_json(as_json: bool) -> Iterator[None]:
    try:
        yield
    except KnowledgeError as error:
        if not as_json:
            raise
        problems = [
            {"file": p.file, "line": p.line, "path": p.path, "message": p.message}
            for p in error.problems
        ]
        _print_json({"ok": False, "problems": problems})
        raise click.exceptions.Exit(KNOWLEDGE_INVALID) from None


@kb.command()
@click.option("--close", is_flag=True, help="不考试，列出问法最容易串到一起的条目")
@json_option
@semantic_option
@knowledge_option
def test(close: bool, as_json: bool, semantic: bool, knowledge: Path | None) -> None:
    """用知识包自己的问题考它：每种问法、每条 not、tests 里的每个问题。"""
    if close:
        _show_close(as_json, knowledge)
        return
    from bot.knowledge.cases import load_questions
    from bot.knowledge.self_test import prove

    with _problems_as_json(as_json):
        replayer = _replayer(knowledge, semantic=semantic)
        pack = replayer.pack
        questions = load_questions(pack_folder(knowledge), pack.named)
    if semantic:  # what words alone fail at may come out right
        questions = tuple(question for question in questions if not question.known_failure)
    failures = prove(pack, questions, replayer.understand, lambda turns: replayer.run(turns).reply)
    asked = sum(len(e.ask) + len(e.not_ask) for e in pack.entries.values()) + len(questions)
    if as_json:
        rows = [{"place": f.place, "question": f.question, "message": f.message} for f in failures]
        _print_json({"ok": not failures, "asked": asked, "failures": rows})
    else:
        for failure in failures:
            print(failure)
        print(f"问了 {asked} 次，{len(failures)} 次不对。")
    if failures:
        raise click.exceptions.Exit(CHECK_FAILED)


def _show_close(as_json: bool, knowledge: Path | None) -> None:
    """Which entries lie close to which, for `kb test --close`."""
    from bot.knowledge.close_entries import SHOWN, neighbours
    from bot.understanding.scoring import shipped

    with _problems_as_json(as_json):
        replayer = _replayer(knowledge)
    rate = shipped().plain_rate
    pairs = neighbours(replayer.pack, replayer.understand, lambda one: rate(one.signals))
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
        _print_json({"ok": True, "close": rows})
        return
    for pair in pairs[:SHOWN]:
        print(pair)
    print(f"{len(pairs)} 对条目离得近" + (f"，上面是前 {SHOWN} 对。" if pairs[SHOWN:] else "。"))


@kb.command("eval")
@click.option("--corpus", type=click.Path(path_type=Path), help="语料：一行一组问法")
@click.option("--queries", type=click.Path(path_type=Path), help="问题：一行一个，写明该找到哪一组")
@click.option(
    "--pairs", type=click.Path(path_type=Path), help="句对：一行两句，写明是不是同一个问题"
)
@click.option(
    "--noise", type=click.Choice(["homophone", "typo", "drop", "polite"]), help="给每个问题加一处错"
)
@click.option("--seed", type=int, default=3, help="加错的随机种子；默认 3")
@click.option(
    "--index",
    type=click.Path(file_okay=False, path_type=Path),
    help="索引文件夹：建好的索引存进去，语料没变的话下次直接用；只配 --corpus",
)
@click.option("--semantic", is_flag=True, help="词句拿不准时再按意思找一遍；要装 zhuce[semantic]")
@click.option(
    "--vectors",
    type=click.Path(file_okay=False, path_type=Path),
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
    semantic: bool,
    vectors: Path | None,
    as_json: bool,
) -> None:
    """用别处的问题衡量匹配引擎：找得准不准，有没有把握，快不快。"""
    from bot.evaluation import run
    from bot.evaluation.showing import as_text, reporter

    if bool(pairs) == bool(corpus or queries) or bool(corpus) != bool(queries):
        raise click.UsageError("要么给 --corpus 和 --queries 两个文件，要么给 --pairs 一个文件")
    if pairs and noise:
        raise click.UsageError("--noise 只用于 --queries")
    if pairs and index:
        raise click.UsageError("--index 只用于 --corpus")
    if vectors and not semantic:
        raise click.UsageError("--vectors 要和 --semantic 一起用")
    from bot import app

    report = reporter(sys.stderr)
    second = run.Semantic(app.sentence_encoder(), vectors) if semantic else None
    if pairs:
        figures = run.evaluate_pairs(pairs, report, second)
    elif corpus and queries:
        figures = run.evaluate(corpus, queries, noise, seed, report, index, _complain, second)
    if as_json:
        _print_json(figures)
    else:
        print(as_text(figures))


@cli.group()
def procedure() -> None:
    """办事流程：画出来看，列出每条路，走一遍。"""


@procedure.command()
@click.argument("id")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "mermaid", "dot", "svg", "png"]),
    default="text",
    help="画成什么样；svg 和 png 要装 zhuce[pictures]，png 还要有中文字体",
)
@click.option("--at", help="标出“您在这里”的步骤编号")
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="写到这个文件，不打印"
)
@knowledge_option
def draw(id: str, form: str, at: str | None, output: Path | None, knowledge: Path | None) -> None:  # noqa: A002  the argument's name is shown in the help
    """画出一个流程：文字树、Mermaid、DOT、SVG 或 PNG。"""
    from bot.drawing.verbs import NotDrawableError, drawing_of

    found = _procedure(knowledge, id)
    if at is not None and at not in found.steps:
        raise click.UsageError(f"流程“{id}”没有步骤“{at}”；有：{'、'.join(found.steps)}")
    try:
        drawing = drawing_of(found, form, at)
    except NotDrawableError as error:
        _complain(str(error))
        raise click.exceptions.Exit(CHECK_FAILED) from None
    if output is not None:
        output.write_bytes(drawing)
    elif form == "png":
        with _until_the_reader_leaves():
            sys.stdout.buffer.write(drawing)
            sys.stdout.buffer.flush()
    else:
        print(drawing.decode(), end="")


@procedure.command()
@click.argument("id")
@json_option
@knowledge_option
def paths(id: str, as_json: bool, knowledge: Path | None) -> None:  # noqa: A002  the same
    """列出一个流程的每条路：每种业务，每种结果。"""
    from bot.drawing.verbs import paths_of

    rows = paths_of(_procedure(knowledge, id))
    if as_json:
        _print_json(
            [{"registration": row.registration or None, "steps": row.steps} for row in rows]
        )
    else:
        print("\n".join(map(str, rows)))


@procedure.command()
@click.argument("id")
@click.option("--registration", help="业务，如 初始注册；不写就先问")
@knowledge_option
def run(id: str, registration: str | None, knowledge: Path | None) -> None:  # noqa: A002  the same
    """在终端里把一个流程走一遍；/quit 退出。"""
    from bot.adapters.console import chat as talk
    from bot.core.conversation import Conversation
    from bot.storage.memory import MemoryStore

    brain = load_brain(knowledge)
    found = _procedure_in(brain.pack, id)
    kinds = (*found.kinds, *found.without_path)
    if registration is not None and registration not in kinds:
        raise click.UsageError(f"流程“{id}”不办“{registration}”；有：{'、'.join(kinds)}")
    kind = registration if registration is not None else kinds[0] if len(kinds) == 1 else None
    system_clock = SystemClock()
    conversation = Conversation(brain.pack, brain.understander, MemoryStore(), system_clock)
    talk(conversation, system_clock.now, press="x:other:" if kind is None else f"p:{id}#{kind}")


def _procedure(knowledge: Path | None, name: str) -> Procedure:
    from bot.knowledge.loader import load_pack

    return _procedure_in(load_pack(pack_folder(knowledge), required_phrases=REQUIRED), name)


def _procedure_in(pack: Pack, name: str) -> Procedure:
    """The procedure of this id; a usage error that names those there are."""
    if name not in pack.procedures:
        raise click.UsageError(f"没有流程“{name}”；有：{'、'.join(pack.procedures)}")
    return pack.procedures[name]


@cli.group()
def store() -> None:
    """存储：表的结构。"""


@store.command()
@click.option("--to", "revision", help="换到哪一版；默认最新的一版")
@json_option
def migrate(revision: str | None, as_json: bool) -> None:
    """把 SQL 存储里的表换成某一版；退回旧程序之前，先用新程序换回旧版。"""
    import asyncio

    from bot.runtime import chores
    from bot.storage.schema import HEAD, revisions

    target, known = revision or HEAD, revisions()
    if target not in known:
        raise click.UsageError(f"没有第 {target} 版；有：{'、'.join(known)}")
    moved = asyncio.run(chores.migrate(_settings(), target))
    if as_json:
        _print_json({"revision": target, "settings": moved})
    elif moved:
        print(f"{'、'.join(moved)} 的表现在是第 {target} 版。")
    else:
        print("设置里没有 SQL 存储，什么都不用做。")


@cli.group()
def report() -> None:
    """报告：没答上的问题、使用情况。"""


days_option = click.option(
    "--days", type=click.IntRange(1), default=30, help="看最近多少天；默认 30"
)


@report.command("unanswered")
@days_option
@click.option("--limit", type=click.IntRange(1), default=50, help="最多列多少条；默认 50")
@json_option
def report_unanswered(days: int, limit: int, as_json: bool) -> None:
    """没答上的问题，问的人多的在前；号码、邮箱和姓名已经去掉。"""
    import asyncio

    from bot.cli import report_text
    from bot.runtime import chores

    found = asyncio.run(chores.missed(_settings(), SystemClock().now(), days, limit))
    if as_json:
        _print_json(report_text.missed_as_json(found))
    else:
        print(report_text.missed_as_text(found))


@report.command("usage")
@days_option
@json_option
def report_usage(days: int, as_json: bool) -> None:
    """答了多少次：按结果、平台、条目和日期。"""
    import asyncio

    from bot.cli import report_text
    from bot.runtime import chores

    found = asyncio.run(chores.counted(_settings(), SystemClock().now(), days))
    if as_json:
        _print_json(report_text.counted_as_json(found))
    else:
        print(report_text.counted_as_text(found))
