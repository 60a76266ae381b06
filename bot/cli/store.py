"""Migrate the tables of the stores (`zhuce store`)."""

from __future__ import annotations

import click

from bot.cli.shared import (
    Verbs,
    json_option,
    print_json,
    settings_in_force,
)


@click.group(cls=Verbs)
def store() -> None:
    """存储：表的结构。"""


@store.command()
@click.option("--to", "revision", metavar="NUMBER", help="换到哪一版；默认最新的一版")
@json_option
def migrate(revision: str | None, as_json: bool) -> None:
    """把 SQL 存储里的表换成某一版；退回旧程序之前，先用新程序换回旧版。"""
    import asyncio

    from bot.extras import needing
    from bot.runtime import admin

    with needing("sql", "SQL 存储"):
        from bot.storage.schema import HEAD, revisions

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
