"""Report what was not answered, and what was asked at all (`zhuce report`)."""

from __future__ import annotations

import click

from bot.cli.shared import (
    Verbs,
    config_option,
    json_option,
    named,
    print_json,
    replayer_of,
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

    from bot.cli import report_text
    from bot.runtime import admin
    from bot.runtime.unanswered import groups_of

    settings, now = settings_in_force(), clock.SystemClock().now()
    found = asyncio.run(admin.missed(settings, now, days, limit))
    replayer = replayer_of(settings.knowledge)
    groups, pack = groups_of(found, replayer), replayer.brain.pack
    if as_json:
        print_json(report_text.groups_as_json(groups, pack))
    else:
        print(report_text.groups_as_text(groups, pack, with_yaml=with_yaml))


@report.command("usage")
@days_option
@config_option
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
