"""What the verbs share: options, exit codes, the loaded pack, Chinese help pages."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.core.ports import Brain
from bot.errors import KnowledgeError
from bot.runtime import clock
from bot.runtime.brain import load_brain
from bot.runtime.replay import Replayer

if TYPE_CHECKING:
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


def complain(message: str) -> None:
    print(message, file=sys.stderr)


def print_json(data: Any) -> None:
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


class Verb(_ChineseHelp):
    """A verb with a Chinese help page."""


class Verbs(_ChineseHelp, click.Group):
    """A group of verbs with a Chinese help page."""

    command_class = Verb


@contextlib.contextmanager
def until_the_reader_leaves() -> Iterator[None]:
    """A reader that closes early (`| head`) has seen enough; what is left goes nowhere."""
    try:
        yield
        print(end="", flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def brain_of(knowledge: Path | None, *, semantic: bool) -> Brain:
    brain = load_brain(knowledge)
    if not semantic:
        return brain
    from bot import app  # imports what only a server needs
    from bot.evaluation.report import reporter

    return app.reread(brain, settings_in_force().semantic_cache, reporter(sys.stderr))


def replayer_of(
    knowledge: Path | None, as_of: date | None = None, *, semantic: bool = False
) -> Replayer:
    brain = brain_of(knowledge, semantic=semantic)
    return Replayer(brain, clock.SystemClock().now(), as_of, clock.calendar_writer())


def settings_in_force() -> Settings:
    from bot.settings import load_settings

    return load_settings()


@contextlib.contextmanager
def problems_as_json(as_json: bool) -> Iterator[None]:
    try:
        yield
    except KnowledgeError as error:
        if not as_json:
            raise
        problems = [
            {"file": p.file, "line": p.line, "path": p.path, "message": p.message}
            for p in error.problems
        ]
        print_json({"ok": False, "problems": problems})
        raise click.exceptions.Exit(KNOWLEDGE_INVALID) from None
