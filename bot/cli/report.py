"""Report what was not answered, and what was asked at all (`zhuce report`)."""

from __future__ import annotations

import click

from bot.cli.shared import (
    Verbs,
    json_option,
    named,
    print_json,
    settings_in_force,
)
from bot.runtime import clock


@click.group(cls=Verbs)
def report() -> None:
    """报告：没答上的问题、使用情况。"""


_COUNT = named(click.IntRange(1), "整数")
days_option = click.option(
    "--days", type=_COUNT, metavar="NUMBER", default=30, help="看最近多少天；默认 30"
)


@report.command("unanswered")
@days_option
@click.option("--limit", type=_COUNT, metavar="NUMBER", default=50, help="最多列多少条；默认 50")
@json_option
def report_unanswered(days: int, limit: int, as_json: bool) -> None:
    """没答上的问题，问的人多的在前；号码、邮箱和姓名已经去掉。"""
    import asyncio

    from bot.cli import report_text
    from bot.runtime import admin

    found = asyncio.run(admin.missed(settings_in_force(), clock.SystemClock().now(), days, limit))
    if as_json:
        print_json(report_text.missed_as_json(found))
    else:
        print(report_text.missed_as_text(found))


@report.command("usage")
@days_option
@json_option
def report_usage(days: int, as_json: bool) -> None:
    """答了多少次：按结果、平台、条目和日期。"""
    import asyncio

    from bot.cli import report_text
    from bot.runtime import admin

    found = asyncio.run(admin.counted(settings_in_force(), clock.SystemClock().now(), days))
    if as_json:
        print_json(report_text.counted_as_json(found))
    else:
        print(report_text.counted_as_text(found))
