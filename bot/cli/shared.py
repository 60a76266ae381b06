"""Share options, kinds of values, exit codes and the loaded pack between the verbs."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from bot.core.ports import Brain
from bot.errors import KnowledgeError
from bot.runtime import clock
from bot.runtime.brain import load_brain
from bot.runtime.replay import Replayer

if TYPE_CHECKING:
    from bot.settings import Settings


CHECK_FAILED, WRONG_USAGE, KNOWLEDGE_INVALID = 1, 2, 3


Kind = TypeVar("Kind", bound=click.ParamType[Any])


def named(kind: Kind, name: str) -> Kind:
    """Return a kind of value with the name that a complaint about it uses.

    Tables of help pages have a `metavar` of narrow letters: click reckons with one column for each.
    """
    kind.name = name
    return kind


knowledge_option = click.option(
    "--knowledge",
    type=named(click.Path(path_type=Path), "文件夹"),
    metavar="DIR",
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


class Verb(click.Command):
    """A verb; click has no translation for how it shows that there are options."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **{"options_metavar": "[选项]"} | settings)


class Verbs(Verb, click.Group):
    """A group of verbs."""

    command_class = Verb

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **{"subcommand_metavar": "命令 [参数]..."} | settings)


class LazyVerbs(Verbs):
    """A group whose verbs are imported when they are run or listed: none waits for the others."""

    def __init__(self, *arguments: Any, modules: Mapping[str, str], **settings: Any) -> None:
        """`modules` maps the name of a verb to the module that has it under this name."""
        super().__init__(*arguments, **settings)
        self._modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        return sorted(self._modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in self._modules and cmd_name not in self.commands:
            self.add_command(getattr(import_module(self._modules[cmd_name]), cmd_name))
        return super().get_command(ctx, cmd_name)


@contextlib.contextmanager
def ignore_closed_pipe() -> Iterator[None]:
    """Ignore a closed pipe (`| head`): the rest of the output is discarded."""
    try:
        yield
        print(end="", flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def brain_of(knowledge: Path | None, *, semantic: bool) -> Brain:
    brain = load_brain(knowledge)
    if not semantic:
        return brain
    from bot import app  # imported late: it loads what only a server needs
    from bot.evaluation.report import reporter

    return app.reread(brain, settings_in_force().semantic_cache, reporter(sys.stderr))


def replayer_of(
    knowledge: Path | None, as_of: date | None = None, *, semantic: bool = False
) -> Replayer:
    brain = brain_of(knowledge, semantic=semantic)
    return Replayer(brain, clock.SystemClock().now(), as_of, clock.calendar_writer())


_CONFIG = "bot.config"


def _keep_config(context: click.Context, _option: click.Parameter, file: Path | None) -> None:
    context.meta[_CONFIG] = file


config_option = click.option(
    "--config",
    type=named(click.Path(path_type=Path), "文件"),
    metavar="FILE",
    expose_value=False,
    callback=_keep_config,
    help="设置文件（TOML）；环境变量和 .env 里写了的以它们为准",
)


def settings_in_force() -> Settings:
    from bot.settings import load_settings

    return load_settings(config_file())


def config_file() -> Path | None:
    """Return the file that `--config` named."""
    context = click.get_current_context(silent=True)
    return context.meta.get(_CONFIG) if context else None


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
