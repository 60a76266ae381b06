"""Take answers over from other platforms and to them (`zhuce kb import maxkb`, …)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.kb_table import IN, OUT, export, import_, table_argument
from bot.cli.shared import complain, knowledge_option, named
from bot.core.model.spans import ZONE

if TYPE_CHECKING:
    from bot.knowledge.scaffold import Files

SHOWN = 20
LARGEST = 4 * 1024 * 1024
"""Bytes of an article; the largest file of a pack is no larger."""
PLATFORMS = {"maxkb": "MaxKB 问答对", "dify": "Dify 标注", "fastgpt": "FastGPT 知识库"}


def to_option(function: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--to",
        "folder",
        type=named(click.Path(file_okay=False, path_type=Path), "文件夹"),
        metavar="DIR",
        help="草稿写到哪个新文件夹；默认和来的文件同名，在当前文件夹里",
    )(function)


def _importer(platform: str, title: str) -> click.Command:
    @import_.command(platform, help=f"从{title}的表格（CSV、XLSX）写出一个新的知识包，当作草稿。")
    @table_argument(IN)
    @to_option
    def command(file: Path, folder: Path | None) -> None:
        from bot.knowledge.exchange.drafts import draft_of_answers
        from bot.knowledge.exchange.shapes import SHAPES, read

        found = read(SHAPES[platform], file.read_bytes(), file.name)
        today = datetime.now(ZONE).date()
        files = draft_of_answers(found.answers, platform, file.stem[:60], file.name[:60], today)
        for line, reason in found.left_out[:SHOWN]:
            complain(f"{file.name}:{line} 没有收进来：{reason}")
        if more := len(found.left_out) - SHOWN:
            complain(f"还有 {more} 处没有收进来") if more > 0 else None
        if not found.answers:
            raise click.UsageError(f"{file} 里没有一条问答可以收进来")
        write_draft(folder or Path(file.stem), files, f"{len(found.answers)} 条问答")

    return command


def _exporter(platform: str, title: str) -> click.Command:
    @export.command(platform, help=f"写成{title}能导入的表格（CSV、XLSX），过期和待核实的不写。")
    @table_argument(OUT)
    @knowledge_option
    def command(file: Path, knowledge: Path | None) -> None:
        from bot.knowledge.exchange.answers import answers_of
        from bot.knowledge.exchange.shapes import SHAPES, write
        from bot.knowledge.loader import load_pack
        from bot.runtime.brain import pack_folder

        answers = answers_of(load_pack(pack_folder(knowledge)), datetime.now(ZONE).date())
        file.write_bytes(write(SHAPES[platform], answers, file.name))
        print(f"写好了：{file}，{len(answers)} 条问答。")

    return command


for _platform, _title in PLATFORMS.items():
    _importer(_platform, _title)
    _exporter(_platform, _title)


@import_.command("markdown")
@click.argument("file", type=IN, metavar="FILE.md")
@to_option
def markdown(file: Path, folder: Path | None) -> None:
    """从一篇文章（Markdown）写出一个新的知识包，当作草稿：标题成条目，流程图成流程，每句带出处。"""
    from bot.knowledge.exchange.article import read_article
    from bot.knowledge.exchange.drafts import draft_of_article

    if file.stat().st_size > LARGEST:
        raise click.UsageError(f"{file} 超过 {LARGEST // 1024 // 1024} MiB；请分成几篇")
    article = read_article(file.read_bytes(), file.as_posix())
    name = name_of(article.slug or file.stem, "article")
    files = draft_of_article(article, name, datetime.now(ZONE).date())
    told = f"{sum(len(section.statements) for section in article.sections)} 条事实"
    if charts := sum(one.startswith("procedures/") for one in files):
        told += f"，{charts} 个流程"
    write_draft(folder or Path(f"{file.stem}-draft"), files, told)


def write_draft(folder: Path, files: Files, told: str) -> None:
    """Write a draft into a folder that is not there yet, and say what to do next.

    Raises:
        click.UsageError: there is something in the folder.
    """
    from bot.errors import KnowledgeError
    from bot.knowledge.loader import load_pack
    from bot.knowledge.scaffold import write

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise click.UsageError(f"{folder} 已经有了，里面有东西；请用 --to 换一个文件夹")
    write(folder, files)
    print(f"写好了草稿 {folder}：{told}")
    for name in files:
        print(f"  {(folder / name).as_posix()}")
    try:
        load_pack(folder)
    except KnowledgeError as error:
        print(f"还有 {len(error.problems)} 处要改：zhuce kb check --knowledge {folder}")
    else:
        print(
            f"问一句：zhuce ask --knowledge {folder} …；考一遍：zhuce kb test --knowledge {folder}"
        )


def name_of(stem: str, default: str) -> str:
    """Return an id from the name of a file."""
    name = re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")[:60]
    return name if len(name) > 1 else default
