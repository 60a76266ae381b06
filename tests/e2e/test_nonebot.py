"""The NoneBot2 plugin, from its wheel, answers over OneBot v11; minutes, so only in the soak."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import KNOWLEDGE
from tests.e2e.onebot import TOKEN, OneBot
from tests.workers import free_port

pytestmark = pytest.mark.skipif(
    os.environ.get("BOT_TEST_SOAK") != "1", reason="builds and installs: set BOT_TEST_SOAK=1"
)
ROOT = KNOWLEDGE.parent
QUESTION, PORTAL = "四川二建在哪注册", "https://www.sczwfw.gov.cn/"
ROBOT = """
import nonebot
from nonebot.adapters.onebot.v11 import Adapter
nonebot.init(host="127.0.0.1", port={port}, onebot_access_token={token!r}, log_level="WARNING")
nonebot.get_driver().register_adapter(Adapter)
nonebot.load_plugin("nonebot_plugin_zhuce")
nonebot.run()
"""
FOREIGN = """
from aiocqhttp import CQHttp
bot = CQHttp(access_token={token!r})
@bot.on_message
async def echo(event):
    await bot.send(event, event.message)
bot.run(host="127.0.0.1", port={port})
"""
"""Somebody else's robot on the same wire: what plays OneBot here is understood by it too."""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheels of both, NoneBot2, its adapter, and aiocqhttp."""
    folder = tmp_path_factory.mktemp("nonebot")
    wheels = folder / "wheels"
    build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation"]
    for source in (ROOT, ROOT / "nonebot-plugin-zhuce"):
        subprocess.run([*build, "-w", wheels, source], check=True, timeout=300)
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True, timeout=120)
    python = folder / "venv" / "bin" / "python"
    found = {path.name.partition("-")[0]: path for path in wheels.glob("*.whl")}
    wanted = [f"{found['zhuce']}[sql]", found["nonebot_plugin_zhuce"]]
    wanted += ["nonebot2[fastapi]", "nonebot-adapter-onebot", "aiocqhttp", "hypercorn"]
    install = [python, "-m", "pip", "install", "-q", *wanted]
    subprocess.run(install, check=True, timeout=900)
    return python


@contextmanager
def robot(python: Path, folder: Path, program: str, path: str) -> Iterator[OneBot]:
    port = free_port()
    source = program.format(port=port, token=TOKEN)
    with (
        (folder / "log").open("ab") as log,
        subprocess.Popen([python, "-c", source], cwd=folder, stdout=log, stderr=log) as process,
    ):
        try:
            _wait_for(port)
            with OneBot(f"ws://127.0.0.1:{port}{path}") as peer:
                yield peer
        finally:
            process.terminate()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.2)
        else:
            return


def test_somebody_elses_robot_understands_what_plays_onebot_here(
    python: Path, tmp_path: Path
) -> None:
    with robot(python, tmp_path, FOREIGN, "/ws/") as peer:
        peer.says(peer.message(1, "你好"))
        assert peer.sent() == ["你好"]


def test_it_answers_alone_and_in_groups_once_and_in_order(python: Path, tmp_path: Path) -> None:
    with robot(python, tmp_path, ROBOT, "/onebot/v11/ws") as peer:
        peer.says(peer.message(1, QUESTION))
        assert PORTAL in "".join(peer.sent())
        for copies in range(1, 6):
            peer.says(peer.message(copies + 1, QUESTION), copies)
            assert sum(PORTAL in one for one in peer.sent()) == 1
        peer.says(peer.message(9, "在吗", group=77, is_named=False))
        peer.says(peer.message(9, "/portal 四川", group=77))
        assert [PORTAL in one for one in peer.sent()] == [True]
        for words in ("要什么材料", "2", "四川呢"):
            peer.says(peer.message(8, words))
        told = peer.sent(3.0)
        assert "哪一种注册" in told[0]
        assert "延续" in told[1]
        peer.says(peer.message(10, "[CQ:face,id=1] &amp; 二建"))
        assert "[CQ:" not in str([call["params"] for call in peer.calls if call["params"]][-1:])
