"""Take an edit of the pack back (`zhuce kb undo`)."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from bot.cli.kb_fit import own_folder
from bot.cli.shared import knowledge_option
from bot.core.model.spans import ZONE


@click.command()
@click.option("--yes", is_flag=True, help="不再问一遍")
@knowledge_option
def undo(yes: bool, knowledge: Path | None) -> None:
    """退回上一次考过的样子；换下来的文件另存一份，不会丢。

    机器人启动时和 kb test 全部通过时，各留一份样子，最多五份。
    """
    from bot.runtime.good_copies import GoodCopies, files_of

    folder = own_folder(knowledge)
    copies = GoodCopies.of(folder)
    copy = copies.before()
    if copy is None:
        raise click.UsageError("没有可以退回的样子：还没有启动过机器人，kb test 也没有全部通过过")
    now, then = files_of(folder), files_of(copy)
    names = sorted(name for name in now.keys() | then.keys() if now.get(name) != then.get(name))
    kept_at = datetime.fromtimestamp(copy.stat().st_mtime, ZONE)
    print(f"退回 {kept_at:%Y-%m-%d %H:%M} 的样子，改动 {len(names)} 个文件：")
    for name in names:
        print(f"  {(folder / name).as_posix()}{'（新加的，会去掉）' if name not in then else ''}")
    if not yes:
        if not sys.stdin.isatty():
            raise click.UsageError("不在终端里，要加 --yes")
        click.confirm("退回吗", abort=True, err=True)
    kept = copies.undo(copy)
    print(f"退回好了。换下来的文件在 {kept}")
