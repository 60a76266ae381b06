"""`zhuce ask` and `zhuce chat`: questions answered in the terminal."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import IO

import click

from bot.cli.shared import (
    Verb,
    brain_of,
    json_option,
    knowledge_option,
    print_json,
    replayer_of,
    semantic_option,
    until_the_reader_leaves,
)
from bot.core.wire import reply_as_json
from bot.runtime import clock
from bot.runtime.replay import Exchange, Replayer


@click.command(cls=Verb)
@semantic_option
@knowledge_option
def chat(semantic: bool, knowledge: Path | None) -> None:
    """在终端里聊天；回复编号可以选择，/help 看命令，/quit 退出。"""
    from bot.adapters.console import chat as talk
    from bot.adapters.console import history, save_here
    from bot.core.conversation import Conversation
    from bot.storage.memory import MemoryStore

    brain = brain_of(knowledge, semantic=semantic)
    system_clock = clock.SystemClock()
    calendar = clock.calendar_writer()
    conversation = Conversation(brain, MemoryStore(), system_clock, calendar=calendar)
    print(brain.pack.phrase("welcome") + "\n")
    with history(Path.home() / ".zhuce_history"):
        talk(conversation, system_clock.now, save=save_here)


@click.command(cls=Verb)
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
        raise click.UsageError('要么写一个问题，要么用 --batch 文件，例如：zhuce ask "要什么材料"')
    conversations = _read_batch(batch) if batch else [(question or "",)]
    replayer = replayer_of(knowledge, as_of.date() if as_of else None, semantic=semantic)
    with until_the_reader_leaves():
        for turns in conversations:
            exchange = replayer.run(turns)
            if as_json or batch:
                _print_as_json(replayer, exchange, explain=explain)
            else:
                _print_as_text(exchange, explain=explain)


def _print_as_json(replayer: Replayer, exchange: Exchange, *, explain: bool) -> None:
    from bot.cli.explain import explain_as_json

    names = replayer.brain.pack.vocabulary.names
    extra = {"explain": explain_as_json(exchange, names)} if explain else {}
    print_json(reply_as_json(exchange.reply, names) | extra)


def _print_as_text(exchange: Exchange, *, explain: bool) -> None:
    print(exchange.reply.as_text())
    if explain:
        from bot.cli.explain import explain_as_text

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
