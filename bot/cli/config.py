"""Check the settings without starting anything, and write a file of them (`zhuce config`)."""

from __future__ import annotations

import stat
from pathlib import Path

import click

from bot.cli.shared import (
    CHECK_FAILED,
    Verbs,
    complain,
    config_file,
    config_option,
    json_option,
    print_json,
    settings_in_force,
)


@click.group(cls=Verbs)
def config() -> None:
    """设置：检查，或者写出一份样本。"""


@config.command()
@config_option
@json_option
def check(as_json: bool) -> None:
    """检查设置能不能用；不连接任何服务器，也不启动什么。"""
    from bot import app
    from bot.settings import in_force

    settings = settings_in_force()
    app.check_settings(settings)
    shown, file = dict(in_force(settings)), config_file()
    is_exposed = file is not None and _is_exposed(file)
    if as_json:
        print_json({"ok": not is_exposed, "settings": shown})
    else:
        print("\n".join(f"{name}={value}" for name, value in shown.items()))
    if is_exposed:
        complain(f"{file} 里有密钥或密码，别的用户也能读：chmod 600 {file}")
        raise click.exceptions.Exit(CHECK_FAILED)
    if not as_json:
        print("\n设置没有问题。")


@config.command()
def example() -> None:
    """写出一份设置文件（TOML）：每一项的意思和默认值。"""
    from bot.settings import as_toml

    print("\n".join(as_toml()))


def _is_exposed(file: Path) -> bool:
    from bot.settings import holds_secrets

    return bool(file.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH)) and holds_secrets(file)
