"""Draw, list and walk a procedure (`zhuce procedure`)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.shared import (
    CHECK_FAILED,
    Verbs,
    complain,
    ignore_closed_pipe,
    json_option,
    knowledge_option,
    named,
    print_json,
)
from bot.runtime import clock
from bot.runtime.brain import load_brain, pack_folder

if TYPE_CHECKING:
    from bot.core.model.pack import Pack
    from bot.core.model.procedure import Procedure


@click.group(cls=Verbs)
def procedure() -> None:
    """办事流程：画出来看，列出每条路，走一遍。"""


@procedure.command()
@click.argument("id", metavar="流程")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "mermaid", "dot", "svg", "png"]),
    metavar="FORM",
    default="text",
    help="画成什么样：text、mermaid、dot、svg 或 png；后两种要装 zhuce[pictures]，png 还要中文字体",
)
@click.option("--at", metavar="STEP", help="标出“您在这里”的步骤编号")
@click.option(
    "--output",
    type=named(click.Path(dir_okay=False, path_type=Path), "文件"),
    metavar="FILE",
    help="写到这个文件，不打印",
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
        complain(str(error))
        raise click.exceptions.Exit(CHECK_FAILED) from None
    if output is not None:
        output.write_bytes(drawing)
    elif form == "png":
        with ignore_closed_pipe():
            sys.stdout.buffer.write(drawing)
            sys.stdout.buffer.flush()
    else:
        print(drawing.decode(), end="")


@procedure.command()
@click.argument("id", metavar="流程")
@json_option
@knowledge_option
def paths(id: str, as_json: bool, knowledge: Path | None) -> None:  # noqa: A002  the same
    """列出一个流程的每条路：每种业务，每种结果。"""
    from bot.drawing.verbs import paths_of

    rows = paths_of(_procedure(knowledge, id))
    if as_json:
        print_json([{"registration": row.registration or None, "steps": row.steps} for row in rows])
    else:
        print("\n".join(map(str, rows)))


@procedure.command()
@click.argument("id", metavar="流程")
@click.option("--registration", metavar="NAME", help="业务，流程里有的那些；不写就先问")
@knowledge_option
def run(id: str, registration: str | None, knowledge: Path | None) -> None:  # noqa: A002  the same
    """在终端里把一个流程走一遍；/quit 退出。"""
    from bot.adapters.console import chat as talk
    from bot.adapters.console import save_here
    from bot.core.conversation import Conversation
    from bot.core.model.choices import ShowExtra, StartWalk
    from bot.storage.memory import MemoryStore

    brain = load_brain(knowledge)
    found = _procedure_in(brain.pack, id)
    kinds = (*found.kinds, *found.without_path)
    if registration is not None and registration not in kinds:
        raise click.UsageError(f"流程“{id}”不办“{registration}”；有：{'、'.join(kinds)}")
    chosen = kinds[0] if registration is None and len(kinds) == 1 else registration
    begin = ShowExtra("other") if chosen is None else StartWalk(f"{id}#{chosen}")
    system_clock = clock.SystemClock()
    calendar = clock.calendar_writer()
    conversation = Conversation(brain, MemoryStore(), system_clock, calendar=calendar)
    talk(conversation, system_clock.now, save=save_here, press=str(begin))


def _procedure(knowledge: Path | None, name: str) -> Procedure:
    from bot.knowledge.loader import load_pack

    return _procedure_in(load_pack(pack_folder(knowledge)), name)


def _procedure_in(pack: Pack, name: str) -> Procedure:
    """Return the procedure with this id, or raise a usage error that lists the ids."""
    if name not in pack.procedures:
        raise click.UsageError(f"没有流程“{name}”；有：{'、'.join(pack.procedures)}")
    return pack.procedures[name]
