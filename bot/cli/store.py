"""Migrate the tables of the stores, back up and restore what they keep (`zhuce store`)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.shared import (
    Verbs,
    config_option,
    json_option,
    named,
    print_json,
    settings_in_force,
)

if TYPE_CHECKING:
    from bot.runtime.backup import Backup

_file = click.argument("file", type=named(click.Path(path_type=Path), "文件"), metavar="FILE")


@click.group(cls=Verbs)
def store() -> None:
    """存储：备份、恢复、表的结构。"""


@store.command()
@click.option("--to", "revision", metavar="NUMBER", help="换到哪一版；默认最新的一版")
@config_option
@json_option
def migrate(revision: str | None, as_json: bool) -> None:
    """把 SQL 存储里的表换成某一版；退回旧程序之前，先用新程序换回旧版。"""
    import asyncio

    from bot.extras import needing
    from bot.runtime import admin

    with needing("sql", "SQL 存储"):
        from bot.storage.schema import revisions
        from bot.storage.sqlite_file import HEAD

        target, known = revision or HEAD, revisions()
    if target not in known:
        raise click.UsageError(f"没有第 {target} 版；有：{'、'.join(known)}")
    moved = asyncio.run(admin.migrate(settings_in_force(), target))
    if as_json:
        print_json({"revision": target, "settings": moved})
    elif moved:
        print(f"{'、'.join(moved)} 的表现在是第 {target} 版。")
    else:
        print("设置里没有 SQL 存储，什么都不用做。")


@store.command()
@_file
@config_option
@json_option
def backup(file: Path, as_json: bool) -> None:
    """把会话和问答记录写进一个文件；机器人可以照常运行。"""
    import asyncio

    from bot.runtime import backup, clock

    done = asyncio.run(backup.back_up(settings_in_force(), file, clock.SystemClock().now()))
    _tell(done, f"备份在 {file}，", as_json=as_json)


@store.command()
@_file
@click.option("--yes", "is_sure", is_flag=True, help="不问，直接恢复")
@config_option
@json_option
def restore(file: Path, is_sure: bool, as_json: bool) -> None:
    """用备份替换现在的会话和问答记录；请先停止机器人。"""
    import asyncio

    from bot.runtime import backup

    if not is_sure:
        click.confirm(
            "现在存着的会话和问答记录会全部删掉，换成备份里的。继续吗？", abort=True, err=True
        )
    done = asyncio.run(backup.restore(settings_in_force(), file))
    _tell(done, f"已恢复 {done.at:%Y-%m-%d %H:%M} 的备份，", as_json=as_json)


def _tell(done: Backup, what: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"at": done.at.isoformat(), "records": done.counts})
    else:
        sessions, journal = done.counts.values()
        print(f"{what}会话库 {sessions} 条，问答记录 {journal} 条。")
