"""Take the texts of entries to a spreadsheet and back (`zhuce kb export`, `zhuce kb import`)."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.kb_fit import own_folder
from bot.cli.shared import complain, knowledge_option, named
from bot.runtime.brain import pack_folder


@click.command("export")
@click.argument(
    "file", type=named(click.Path(dir_okay=False, path_type=Path), "文件"), metavar="FILE.csv"
)
@knowledge_option
def export(file: Path, knowledge: Path | None) -> None:
    """把条目的标题、问法和答案写成表格（CSV），用 Excel 或 WPS 打开改。"""
    from bot.knowledge import spreadsheet

    table = spreadsheet.export(pack_folder(knowledge))
    # With a BOM, or Excel takes the file for GBK.
    file.write_text(table, encoding="utf-8-sig", newline="")
    print(f"写好了：{file}。改 text 一列；改好用 zhuce kb import {file} 放回来。")


@click.command("import")
@click.argument(
    "file",
    type=named(click.Path(exists=True, dir_okay=False, path_type=Path), "文件"),
    metavar="FILE.csv",
)
@click.option("--dry-run", is_flag=True, help="只说会改哪些文件，不改")
@knowledge_option
def import_(file: Path, dry_run: bool, knowledge: Path | None) -> None:
    """把改过的表格放回知识包：只改变了的那几行，别的不动；有一处放不回去就都不改。

    表里没有的条目不动；ask、not 的行可以加减。
    """
    from bot.errors import KnowledgeError
    from bot.knowledge import spreadsheet
    from bot.knowledge.loader import load_pack

    folder = own_folder(knowledge)
    try:
        table = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise click.UsageError(f"{file} 不是 UTF-8；另存为“CSV UTF-8（逗号分隔）”") from None
    changed = spreadsheet.import_(folder, table, file.name)
    print(f"{'会改' if dry_run else '改了'} {len(changed)} 个文件" + "：。"[not changed])
    for name in changed:
        print(f"  {name}")
    if dry_run:
        return
    before = {name: Path(name).read_bytes() for name in changed}
    try:
        for name, text in changed.items():
            Path(name).write_text(text, encoding="utf-8", newline="")
        load_pack(folder)
    except KnowledgeError:
        for name, content in before.items():
            Path(name).write_bytes(content)
        complain("改了以后检查不过，已经退回；问题在下面：")
        raise
