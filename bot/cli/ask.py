"""Answer questions in the terminal (`zhuce ask`, `zhuce chat`)."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import click

from bot.cli.shared import (
    Verb,
    brain_of,
    ignore_closed_pipe,
    json_option,
    knowledge_option,
    named,
    print_json,
    replayer_of,
    semantic_option,
    settings_in_force,
)
from bot.core.wire import reply_as_json
from bot.runtime import clock
from bot.runtime.replay import Exchange, Replayer


class Day(click.ParamType[date]):
    """A day as YYYY-MM-DD and in no other way."""

    name = "日期"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007  a day has no zone
        except ValueError:
            self.fail(f"{value!r} 应当写成 2024-05-01 这样", param, ctx)


@click.command(cls=Verb)
@semantic_option
@knowledge_option
def chat(semantic: bool, knowledge: Path | None) -> None:
    """在终端里聊天；回复编号可以选择，/help 看命令，/quit 退出。"""
    import asyncio

    from bot.adapters.console import chat as talk
    from bot.adapters.console import history, save_here
    from bot.core.conversation import Conversation
    from bot.core.dialogue import feedback
    from bot.core.model.reply import RATINGS, Reply
    from bot.core.model.update import Update
    from bot.runtime.admin import keep_ratings
    from bot.storage.memory import MemoryStore

    settings = settings_in_force()
    brain = brain_of(knowledge, semantic=semantic)
    system_clock = clock.SystemClock()
    calendar = clock.calendar_writer()
    conversation = Conversation(brain, MemoryStore(), system_clock, calendar=calendar)
    said: list[tuple[Update, Reply]] = []

    def question(reply: Reply) -> str | None:
        return feedback.question(brain.pack, reply) if settings.asks_feedback else None

    def note(update: Update, reply: Reply) -> None:
        if reply.reason in RATINGS:
            said.append((update, reply))

    print(brain.pack.phrase("welcome") + "\n")
    with history(Path.home() / ".zhuce_history"):
        talk(
            conversation,
            system_clock.now,
            save=save_here,
            question=question,
            note=note,
        )
    if said:
        asyncio.run(keep_ratings(settings, said))


@click.command(cls=Verb)
@click.argument("question", required=False, metavar="[问题]")
@click.option(
    "--batch",
    type=named(click.Path(exists=True, dir_okay=False, allow_dash=True), "文件"),
    metavar="FILE",
    help='一行一个 JSON：{"q": …} 或 {"turns": […]}',
)
@click.option("--explain", is_flag=True, help="说明是怎么判断的")
@click.option("--as-of", type=Day(), metavar="YYYY-MM-DD", help="按这一天判断哪些内容有效")
@json_option
@semantic_option
@knowledge_option
def ask(
    question: str | None,
    batch: str | None,
    explain: bool,
    as_of: date | None,
    as_json: bool,
    semantic: bool,
    knowledge: Path | None,
) -> None:
    """问一句，答一句；不记会话，也不记问过什么。"""
    if (question is None) == (batch is None):
        raise click.UsageError('要么写一个问题，要么用 --batch 文件，例如：zhuce ask "要什么材料"')
    conversations = _read_batch(batch) if batch else [(question or "",)]
    replayer = replayer_of(knowledge, as_of, semantic=semantic)
    with ignore_closed_pipe():
        for turns in conversations:
            exchange = replayer.run(turns)
            if as_json or batch:
                _print_as_json(replayer, exchange, explain=explain)
            else:
                _print_as_text(exchange, explain=explain)


def _print_as_json(replayer: Replayer, exchange: Exchange, *, explain: bool) -> None:
    from bot.runtime.explain import explain_as_json

    names = replayer.brain.pack.vocabulary.names
    extra = {"explain": explain_as_json(exchange, names)} if explain else {}
    print_json(reply_as_json(exchange.reply, names) | extra)


def _print_as_text(exchange: Exchange, *, explain: bool) -> None:
    print(exchange.reply.as_text())
    if explain:
        from bot.runtime.explain import explain_as_text

        print("\n" + explain_as_text(exchange))


def _read_batch(file: str) -> list[tuple[str, ...]]:
    """Return the turns of each line, all read before the first is answered; `-` is standard input.

    Raises:
        click.UsageError: a line is not an object with `q` or `turns`.
    """
    try:
        with click.open_file(file, encoding="utf-8-sig") as lines:
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
