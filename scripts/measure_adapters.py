"""Measure what each adapter adds to the memory of `zhuce serve`, in MiB, on loopback.

Prints the table of docs/reference/platforms.md.  Each process answers the same questions over HTTP,
so that what is loaded at the first answer counts for all.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scripts.bench.processes import memory_mib
from tests.e2e.bot_api import BotApi
from tests.e2e.dingtalk import DingTalk
from tests.e2e.feishu import Feishu
from tests.e2e.qq import Qq
from tests.e2e.tencent import RobotGateway, WeChat, WeCom
from tests.e2e.test_serve import serving
from tests.workers import free_port

QUESTIONS = ("四川二建在哪注册", "要什么材料", "2", "多久办完", "/steps 注销注册", "今天天气怎么样")
Settings = Mapping[str, str]


@contextmanager
def nobody() -> Iterator[None]:
    yield None


def telegram(library: str) -> Callable[[Any, int], Settings]:
    return lambda api, _: {
        "BOT_TELEGRAM__TOKEN": api.token,
        "BOT_TELEGRAM__API_URL": api.url,
        "BOT_TELEGRAM__LIBRARY": library,
    }


ADAPTERS: Mapping[str, tuple[Callable[[], Any], Callable[[Any, int], Settings]]] = {
    "no platform": (nobody, lambda _, port: {}),  # noqa: ARG005
    "Telegram, python-telegram-bot": (BotApi, telegram("ptb")),
    "Telegram, aiogram": (BotApi, telegram("aiogram")),
    "WeChat": (lambda: WeChat(is_verified=True), lambda api, port: api.settings(port)),
    "WeCom app": (WeCom, lambda api, port: api.settings(port)),
    "WeCom robot": (RobotGateway, lambda api, _: api.settings()),
    "DingTalk": (DingTalk, lambda api, _: api.settings()),
    "Feishu": (Feishu, lambda api, port: api.settings(port)),
    "QQ": (Qq, lambda api, port: api.settings(port)),
}


def main() -> None:
    alone = 0.0
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)):
        pass  # the pack is prepared once
    print("| adapter | MiB in all | MiB more |\n| --- | --- | --- |")
    for name, (platform, settings) in ADAPTERS.items():
        port = free_port()
        with tempfile.TemporaryDirectory() as folder, platform() as api:
            given = settings(api, port)
            with serving(Path(folder), port=port, **given) as server:
                for text in QUESTIONS:
                    server.says(text)
                found = memory_mib(server.process.pid)
        alone = alone or found
        print(f"| {name} | {found:.0f} | {found - alone:.0f} |", flush=True)


if __name__ == "__main__":
    main()
