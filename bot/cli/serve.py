"""Start the bot, and examine it (`zhuce serve`, `zhuce doctor`)."""

from __future__ import annotations

import logging

import click

from bot.cli.shared import (
    CHECK_FAILED,
    Verb,
    config_option,
    json_option,
    print_json,
    settings_in_force,
)


@click.command(cls=Verb)
@config_option
def serve() -> None:
    """启动机器人：网页、HTTP 接口和设置里写的平台。"""
    import asyncio

    from bot import app
    from bot.logs import configure
    from bot.runtime.allocator import use_one_heap

    use_one_heap()
    settings = settings_in_force()
    configure(logging.getLevelNamesMapping()[settings.log_level.upper()], settings.secrets())
    with asyncio.Runner(loop_factory=app.event_loop()) as runner:
        runner.run(app.serve(settings))


@click.command(cls=Verb)
@config_option
@json_option
def doctor(as_json: bool) -> None:
    """检查设置、知识、存储、时钟和 Telegram：哪里不对，怎么改。"""
    import asyncio

    from bot.doctor import State, examine
    from bot.logs import configure
    from bot.settings import in_force

    settings = settings_in_force()
    configure(logging.ERROR, settings.secrets())
    findings = asyncio.run(examine(settings))
    is_well = all(finding.state is not State.PROBLEM for finding in findings)
    shown = dict(in_force(settings))
    if as_json:
        rows = [
            {"about": f.about, "state": f.state, "text": f.text, "mend": f.mend} for f in findings
        ]
        print_json({"ok": is_well, "settings": shown, "findings": rows})
    else:
        print("\n".join(f"{name}={value}" for name, value in shown.items()) + "\n")
        print("\n".join(map(str, findings)))
    if not is_well:
        raise click.exceptions.Exit(CHECK_FAILED)
