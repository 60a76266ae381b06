"""Report what was not answered, what was said of answers, what was asked (`zhuce report`)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from bot.cli.shared import (
    Verbs,
    brain_of,
    config_option,
    json_option,
    knowledge_option,
    named,
    print_json,
    replayer_of,
    settings_in_force,
)
from bot.errors import why
from bot.runtime import clock


@click.group(cls=Verbs)
def report() -> None:
    """报告：没答上的问题、对回答的评价、使用情况。"""


_COUNT = named(click.IntRange(1), "整数")
days_option = click.option(
    "--days", type=_COUNT, metavar="NUMBER", default=30, help="看最近多少天；默认 30"
)


@report.command("unanswered")
@days_option
@click.option(
    "--limit", type=_COUNT, metavar="NUMBER", default=500, help="最多看多少种问法；默认 500"
)
@click.option("--yaml", "with_yaml", is_flag=True, help="连同可以贴进 faq/ 的条目，ask 已经填好")
@config_option
@json_option
def report_unanswered(days: int, limit: int, with_yaml: bool, as_json: bool) -> None:
    """没答上的问题，意思一样的归成一组，问的人多的在前。

    号码、邮箱和姓名已经去掉；不到三个人问的不显示原话。现在已经答得上的组不再列出。
    """
    import asyncio

    from bot.runtime import admin, report_text
    from bot.runtime.unanswered import groups_of

    settings, now = settings_in_force(), clock.SystemClock().now()
    found = asyncio.run(admin.missed(settings, now, days, limit))
    replayer = replayer_of(settings.knowledge)
    groups, pack = groups_of(found, replayer), replayer.brain.pack
    if as_json:
        print_json(report_text.groups_as_json(groups, pack))
    else:
        print(report_text.groups_as_text(groups, pack, with_yaml=with_yaml))


csv_option = click.option("--csv", "as_csv", is_flag=True, help="输出表格软件能打开的 CSV")
svg_option = click.option(
    "--svg",
    type=named(click.Path(dir_okay=False, path_type=Path), "文件"),
    metavar="FILE",
    help="另外画成图，写进这个文件",
)


def _draw(file: Path | None, picture: Callable[[], str]) -> None:
    """Write the picture that was asked for."""
    if file:
        try:
            file.write_text(picture(), encoding="utf-8")
        except OSError as error:
            raise click.UsageError(f"写不了 {file}：{why(error)}") from error


@report.command("feedback")
@days_option
@json_option
@csv_option
@svg_option
@knowledge_option
def report_feedback(
    days: int, as_json: bool, as_csv: bool, svg: Path | None, knowledge: Path | None
) -> None:
    """大家怎么说回答：有用、没解决，还有为什么；没解决的人多的在前。

    一个人对一条只算一次，算最后说的。说了原因的算在原因里。原话看 report unanswered。
    """
    import asyncio

    from bot.runtime import admin, report_text

    settings, now = settings_in_force(), clock.SystemClock().now()
    found = asyncio.run(admin.rated(settings, now, days))
    pack = brain_of(knowledge or settings.knowledge, semantic=False).pack
    _draw(svg, lambda: report_text.feedback_as_svg(found, pack))
    if as_json:
        print_json(report_text.feedback_as_json(found, pack))
    elif as_csv:
        rows = report_text.rated_rows(found, pack)
        print(report_text.as_csv(report_text.COLUMNS, rows), end="")
    else:
        print(report_text.feedback_as_text(found, pack))


@report.command("usage")
@days_option
@config_option
@json_option
@csv_option
@svg_option
def report_usage(days: int, as_json: bool, as_csv: bool, svg: Path | None) -> None:
    """答了多少次：按结果、平台、条目、地区和日期。"""
    import asyncio

    from bot.runtime import admin, report_text

    found = asyncio.run(admin.usage(settings_in_force(), clock.SystemClock().now(), days))
    _draw(svg, lambda: report_text.usage_as_svg(found))
    if as_json:
        print_json(report_text.usage_as_json(found))
    elif as_csv:
        head = ("what", "value", "times")
        print(report_text.as_csv(head, report_text.usage_as_rows(found)), end="")
    else:
        print(report_text.usage_as_text(found))
