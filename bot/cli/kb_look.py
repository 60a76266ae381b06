"""Look at entries before people do (`zhuce kb preview`, `zhuce kb variants`)."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.ask import Day
from bot.cli.shared import json_option, knowledge_option, named, print_json, replayer_of
from bot.core.model.spans import ZONE

if TYPE_CHECKING:
    from bot.core.model.entry import Entry
    from bot.core.model.pack import Pack


@click.command()
@click.argument("names", metavar="[条目或流程]...", nargs=-1)
@click.option(
    "--output",
    type=named(click.Path(dir_okay=False, path_type=Path), "文件"),
    metavar="FILE",
    default=Path("preview.html"),
    help="写到这个文件；默认 preview.html",
)
@click.option("--as-of", type=Day(), metavar="YYYY-MM-DD", help="按这一天判断哪些内容有效")
@knowledge_option
def preview(
    names: tuple[str, ...], output: Path, as_of: date | None, knowledge: Path | None
) -> None:
    """写一个网页文件：每个条目在私聊、群里、打字提示、纯文字里各是什么样，流程画成图。"""
    from bot.drawing.preview import page

    pack = replayer_of(knowledge).brain.pack
    for name in names:
        if name not in pack.procedures:
            _entry(pack, name)
    entries = [e for e in pack.entries.values() if not names or e.id in names]
    procedures = [p for p in pack.procedures.values() if not names or p.id in names]
    text = page(pack, entries, procedures, as_of or datetime.now(ZONE).date())
    output.write_text(text, encoding="utf-8")
    print(f"写好了：{output}，{len(entries)} 个条目，{len(procedures)} 个流程。用浏览器打开。")


@click.command()
@click.argument("entry", metavar="条目")
@click.option(
    "--seed", type=named(click.IntRange(0), "整数"), metavar="NUMBER", default=3, help="换一批错法"
)
@json_option
@knowledge_option
def variants(entry: str, seed: int, as_json: bool, knowledge: Path | None) -> None:
    """给一个条目的问法加上错字、同音字、漏字和客气话，看还问不问得着。"""
    from bot.evaluation.noise import KINDS, NoiseMaker

    replayer = replayer_of(knowledge)
    found = _entry(replayer.brain.pack, entry)
    rows: list[dict[str, Any]] = []
    for kind in KINDS:
        maker = NoiseMaker(kind, found.ask, seed)
        for line in found.ask:
            said = maker.make(line)
            reply = replayer.run((said,)).reply
            got = [answer.entry for answer in reply.answers] or [reply.status.value]
            rows.append({"kind": kind, "question": said, "got": got, "ok": entry in got})
    missed = [row for row in rows if not row["ok"]]
    if as_json:
        print_json({"entry": entry, "asked": len(rows), "missed": len(missed), "variants": rows})
        return
    for row in missed:
        shown = "、".join(row["got"])
        print(f"{_KINDS[row['kind']]}　“{row['question']}”：{shown}")
    print(f"问了 {len(rows)} 种，{len(missed)} 种没由 {entry} 回答。")


_KINDS = {"homophone": "同音字", "typo": "错字", "drop": "漏字", "polite": "客气话"}


def _entry(pack: Pack, name: str) -> Entry:
    from bot.knowledge.did_you_mean import did_you_mean

    if name not in pack.entries:
        raise click.UsageError(f"没有条目“{name}”{did_you_mean(name, pack.entries)}")
    return pack.entries[name]
