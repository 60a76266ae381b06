"""Take a pack to a spreadsheet and back (`zhuce kb export`, `zhuce kb import`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click

from bot.cli.kb_fit import own_folder
from bot.cli.shared import Verbs, complain, knowledge_option, named
from bot.runtime.brain import pack_folder

OUT = named(click.Path(dir_okay=False, path_type=Path), "文件")
IN = named(click.Path(exists=True, dir_okay=False, path_type=Path), "文件")
KINDS = (".csv", ".xlsx")


class TableVerbs(Verbs):
    """A group whose own table is meant where no other kind is named: `kb export FILE`."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        """Put `table` in front, unless a verb or the help was asked for."""
        if args and args[0] not in {*self.commands, *context.help_option_names}:
            args = ["table", *args]
        return super().parse_args(context, args)


@click.group("export", cls=TableVerbs)
def export() -> None:
    """把知识包写成表格，用 Excel 或 WPS 打开改；或者写成别的平台的表格。"""


@click.group("import", cls=TableVerbs)
def import_() -> None:
    """把改过的表格放回知识包；或者从别的平台的表格、一篇文章写出新的知识包。"""


def table_argument(kind: Any) -> Callable[..., Any]:
    """Return the argument for a table, whose name says of what kind it is."""

    def checked(_context: Any, _parameter: Any, file: Path) -> Path:
        if file.suffix.lower() not in KINDS:
            raise click.UsageError(f"{file} 的扩展名要是 {' 或 '.join(KINDS)}")
        return file

    return click.argument("file", type=kind, metavar="FILE", callback=checked)


@export.command("table")
@table_argument(OUT)
@knowledge_option
def export_table(file: Path, knowledge: Path | None) -> None:
    """把知识包的每个文件写成一个表格（XLSX 或 CSV），一行一段文字，改好可以原样放回。"""
    from bot.knowledge.sheets import pack_table

    file.write_bytes(pack_table.export(pack_folder(knowledge), file.name))
    print(f"写好了：{file}。改 text 一列；改好用 zhuce kb import {file} 放回来。")


@import_.command("table")
@table_argument(IN)
@click.option("--dry-run", is_flag=True, help="只说会改哪些文件，不改")
@knowledge_option
def import_table(file: Path, dry_run: bool, knowledge: Path | None) -> None:
    """把改过的表格放回知识包：只动改了的地方，备注和写法都在；有一处放不回去就都不改。

    表里没有的文件不动；行可以加减。
    """
    from bot.errors import KnowledgeError
    from bot.knowledge.loader import load_pack
    from bot.knowledge.sheets import pack_table

    folder = own_folder(knowledge)
    changed = pack_table.changed_files(folder, file.read_bytes(), file.name)
    print(f"{'会改' if dry_run else '改了'} {len(changed)} 个文件" + "：。"[not changed])
    for name in changed:
        print(f"  {(folder / name).as_posix()}")
    if dry_run or not changed:
        return
    before = {name: _bytes(folder / name) for name in changed}
    try:
        _write(folder, ((name, text.encode()) for name, text in changed.items()))
        load_pack(folder)
    except KnowledgeError:
        _write(folder, before.items())
        complain("改了以后检查不过，已经退回；问题在下面：")
        raise


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def _write(folder: Path, files: Iterable[tuple[str, bytes | None]]) -> None:
    """Write files of a pack; `None` takes one away."""
    for name, content in files:
        path = folder / name
        if content is None:
            path.unlink(missing_ok=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
