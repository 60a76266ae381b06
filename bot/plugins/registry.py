"""Find the adapters that are installed, ours and those of other packages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from bot.errors import PluginError
from bot.plugins.adapter import Adapter

GROUP = "zhuce.adapters"
OURS = {
    "telegram": "bot.adapters.telegram_plugin:ADAPTER",
    "wechat": "bot.adapters.wechat_plugin:ADAPTER",
    "wecom": "bot.adapters.wecom_plugin:APP_ADAPTER",
    "wecom_robot": "bot.adapters.wecom_plugin:ROBOT_ADAPTER",
    "dingtalk": "bot.adapters.dingtalk_plugin:ADAPTER",
    "feishu": "bot.adapters.feishu_plugin:ADAPTER",
    "qq": "bot.adapters.qq_plugin:ADAPTER",
}
"""As in pyproject.toml: also found where the program runs from a folder without its metadata, and
in a checkout that was installed before one of them was added.
"""
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


@cache
def adapters() -> Mapping[str, Adapter[Any]]:
    """Return every adapter by its name, ours first.

    Raises:
        PluginError: one cannot be loaded, is none, or has a name that is not its own.
    """
    found: dict[str, Adapter[Any]] = {}
    for point in _points():
        if point.name in found:
            raise PluginError(
                point.name, _origin(point), "另一个已安装的包也叫这个名字，只能留一个"
            )
        found[point.name] = _loaded(point)
    return found


def _points() -> Iterator[EntryPoint]:
    yield from (EntryPoint(name, value, GROUP) for name, value in OURS.items())
    # A distribution may be found twice, in two folders of the path.
    for point in sorted(set(entry_points(group=GROUP))):
        if OURS.get(point.name) != point.value:
            yield point


def _loaded(point: EntryPoint) -> Adapter[Any]:
    try:
        adapter = point.load()
    except Exception as error:
        raise PluginError(point.name, _origin(point), f"载入时出错：{error!r}") from error
    if not isinstance(adapter, Adapter):
        text = f"{point.value} 不是 bot.plugins.Adapter"
        raise PluginError(point.name, _origin(point), text)
    if adapter.name != point.name or not _NAME.fullmatch(adapter.name):
        text = f"入口点和 name（{adapter.name}）要相同，只用小写字母、数字和单个 _"
        raise PluginError(point.name, _origin(point), text)
    return adapter


def _origin(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist else "zhuce"
