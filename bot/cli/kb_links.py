"""List the addresses that a pack names (`zhuce kb links`)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.shared import CHECK_FAILED, json_option, knowledge_option, print_json, replayer_of
from bot.core.model.spans import ZONE
from bot.errors import why
from bot.runtime.brain import pack_folder

if TYPE_CHECKING:
    from bot.runtime.links import Link

_WORDS = {"timeout": "没有回应", "unreachable": "连不上"}


@click.command()
@click.option("--open", "is_open", is_flag=True, help="现在逐个打开，记下结果")
@json_option
@knowledge_option
def links(is_open: bool, as_json: bool, knowledge: Path | None) -> None:
    """知识包里的网址：上次打开是哪天、打得开没有。

    回答问题时从不打开网址；加 --open 才打开，结果记在知识包文件夹的 links.json 里。
    """
    from bot.runtime.links import links_of, open_all

    folder, pack = pack_folder(knowledge), replayer_of(knowledge).brain.pack
    found = links_of(pack, folder)
    if is_open:
        try:
            found = open_all(found, folder, datetime.now(ZONE).date())
        except OSError as error:
            raise click.UsageError(f"结果写不进 {folder}：{why(error)}") from None
    if as_json:
        print_json({"links": [_as_json(link) for link in found]})
    else:
        print("\n".join(map(_line, found)) or "知识包里没有网址。")
    if is_open and any(link.opened and not link.opened.is_good for link in found):
        raise click.exceptions.Exit(CHECK_FAILED)


def _as_json(link: Link) -> dict[str, Any]:
    opened = link.opened
    return {
        "url": link.url,
        "places": list(link.places),
        "status": opened.status if opened else None,
        "opened_on": opened.on.isoformat() if opened else None,
        "ok": opened.is_good if opened else None,
    }


def _line(link: Link) -> str:
    if link.opened is None:
        told = "没有打开过"
    else:
        status = _WORDS.get(link.opened.status, link.opened.status)
        told = f"{link.opened.on}  {'打得开' if link.opened.is_good else '打不开'}（{status}）"
    return f"{told}  {link.url}  {'、'.join(link.places)}"
