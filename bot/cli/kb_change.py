"""Show what an edit changes, take it back, and show what is growing old (`zhuce kb`)."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path

import click

from bot.cli.ask import Day
from bot.cli.kb_fit import own_folder
from bot.cli.shared import (
    json_option,
    knowledge_option,
    named,
    print_json,
    problems_as_json,
    replayer_of,
    settings_in_force,
)
from bot.core.model.spans import ZONE
from bot.core.ports import Rated
from bot.errors import StoreError
from bot.runtime.brain import pack_folder


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


_DAYS = named(click.IntRange(0, 3650), "整数")
_PACK = named(click.Path(exists=True, file_okay=False, path_type=Path), "文件夹")


@click.command()
@click.argument("old", type=_PACK, metavar="[旧的]", required=False)
@click.argument("new", type=_PACK, metavar="[新的]", required=False)
@click.option(
    "--seconds", type=_DAYS, metavar="NUMBER", default=20, help="最多问多少秒；默认 20，0 就不问"
)
@json_option
@knowledge_option
def diff(
    old: Path | None, new: Path | None, seconds: int, as_json: bool, knowledge: Path | None
) -> None:
    """用话说出改了什么，哪些问题会换一个回答。

    不写就拿上一次考过的样子和现在比。
    """
    from bot.knowledge.cases import load_questions
    from bot.runtime.good_copies import GoodCopies
    from bot.runtime.pack_diff import changes, turned

    new = new or pack_folder(knowledge)
    old = old or GoodCopies.of(new).before()
    if old is None:
        raise click.UsageError("没有可以比的样子：请写上旧的知识包在哪个文件夹")
    with problems_as_json(as_json):
        before, after = replayer_of(old), replayer_of(new)
        questions = load_questions(new, after.brain.pack.named)
    told = list(changes(before.brain.pack, after.brain.pack))
    replies, asked = turned(before, after, questions, seconds) if told else ([], 0)
    if as_json:
        rows = [{"question": t.question, "before": t.before, "after": t.after} for t in replies]
        print_json({"changes": told, "asked": asked, "turned": rows})
        return
    print("\n".join(told) or "没有改动。")
    if told:
        print(f"\n问了改动附近的 {asked} 个问题，{len(replies)} 个换了回答" + "：。"[not replies])
    print("".join(f"  {one}\n" for one in replies), end="")


@click.command()
@click.option("--days", type=_DAYS, metavar="NUMBER", default=30, help="往后看多少天；默认 30")
@click.option("--as-of", type=Day(), metavar="YYYY-MM-DD", help="当作今天是这一天")
@click.option(
    "--ics",
    type=named(click.Path(dir_okay=False, path_type=Path), "文件"),
    metavar="FILE",
    help="写成日历文件；要装 zhuce[calendar]",
)
@json_option
@knowledge_option
def due(
    days: int, as_of: date | None, ics: Path | None, as_json: bool, knowledge: Path | None
) -> None:
    """该复核的出处、要过期和刚生效的内容。"""
    from bot.extras import needing
    from bot.runtime.due import TITLES, reminders
    from bot.runtime.due import due as found_due
    from bot.runtime.links import links_of

    today = as_of or datetime.now(ZONE).date()
    with problems_as_json(as_json):
        pack = replayer_of(knowledge).brain.pack
    found = found_due(pack, today, days, _rated(), links_of(pack, pack_folder(knowledge)))
    if ics:
        with needing("calendar", "日历文件"):
            from bot.drawing.calendar_file import write
        ics.write_text(write(*reminders(pack, found, today)), encoding="utf-8", newline="")
    if as_json:
        rows = [asdict(one) | {"day": one.day.isoformat()} for one in found]
        print_json({"today": today.isoformat(), "due": rows})
        return
    for what, title in TITLES.items():
        if mine := [one for one in found if one.what == what]:
            print(f"{title}（{len(mine)}）")
            for one in mine:
                more = _USES.get(what, "").format(uses=one.uses)
                owner = f"（{one.owner}）" if one.owner else ""
                print(f"  {one.day}  {one.name}  {one.text}{more}{owner}")
    if not found:
        print(f"{days} 天以内没有要复核的，也没有要过期的。")


_USES = {
    "overdue": "，{uses} 条内容用它",
    "review": "，{uses} 条内容用它",
    "reported": "（{uses} 人说）",
}


def _rated() -> Sequence[Rated]:
    """Return what people said of answers, as far as there is a journal and it can be read."""
    import asyncio

    from bot.runtime import admin
    from bot.storage.retention import WORDS_LIFE

    try:
        settings = settings_in_force()
        if not admin.has_journal(settings):
            return ()
        return asyncio.run(admin.rated(settings, datetime.now(ZONE), WORDS_LIFE.days))
    except StoreError as error:
        click.echo(f"读不到大家对回答的评价：{error}", err=True)
        return ()
