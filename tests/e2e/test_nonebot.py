"""The NoneBot2 plugin, from its wheel, over OneBot v11 and Satori; minutes, so only in the soak."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from bot.app import Brain
from tests.conftest import KNOWLEDGE
from tests.e2e import onebot, satori
from tests.e2e.onebot import OneBot
from tests.e2e.satori import Satori
from tests.e2e.tencent.loopback import joined
from tests.e2e.test_serve import serving
from tests.e2e.test_tencent import TALK
from tests.workers import free_port

pytestmark = pytest.mark.skipif(
    os.environ.get("BOT_TEST_SOAK") != "1", reason="builds and installs: set BOT_TEST_SOAK=1"
)
ROOT = KNOWLEDGE.parent
QUESTION, PORTAL = "四川二建在哪注册", "https://www.sczwfw.gov.cn/"
LONG = "初始注册要什么材料"
"""In a group this is answered in short."""
PLUGIN = ROOT / "nonebot-plugin-zhuce"
ROBOT = """
import sys
import nonebot
from nonebot.adapters.onebot.v11 import Adapter
nonebot.init(host="127.0.0.1", port=int(sys.argv[1]), onebot_access_token=sys.argv[2])
nonebot.get_driver().register_adapter(Adapter)
nonebot.load_plugin("nonebot_plugin_zhuce")
nonebot.run()
"""
SATORI_ROBOT = """
import sys
import nonebot
from nonebot.adapters.satori import Adapter
server = {"host": "127.0.0.1", "port": int(sys.argv[1]), "token": sys.argv[2]}
nonebot.init(driver="~httpx+~websockets", satori_clients=[server])
nonebot.get_driver().register_adapter(Adapter)
nonebot.load_plugin("nonebot_plugin_zhuce")
nonebot.run()
"""
FOREIGN = """
import sys
from aiocqhttp import CQHttp
bot = CQHttp(access_token=sys.argv[2])
@bot.on_message
async def echo(event):
    await bot.send(event, event.message)
bot.run(host="127.0.0.1", port=int(sys.argv[1]))
"""
"""Somebody else's robot on the same wire: what plays OneBot here is understood by it too."""
SATORI_FOREIGN = """
import sys
from satori import EventType
from satori.client import App, WebsocketsInfo
app = App(WebsocketsInfo(host="127.0.0.1", port=int(sys.argv[1]), token=sys.argv[2]))
@app.register_on(EventType.MESSAGE_CREATED)
async def echo(account, event):
    await account.send(event, event.message.content)
app.run()
"""
FROM_OUTSIDE = (
    "nonebot2[fastapi,httpx,websockets]",
    "nonebot-adapter-discord",
    "nonebot-adapter-onebot",
    "nonebot-adapter-satori",
    "nonebug",
    "pytest-asyncio",
    "aiocqhttp",
    "hypercorn",
    "satori-python-client",
)


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheels of both, NoneBot2, its adapters, and foreign robots."""
    folder = tmp_path_factory.mktemp("nonebot")
    wheels = folder / "wheels"
    build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation"]
    for source in (ROOT, PLUGIN):
        subprocess.run([*build, "-w", wheels, source], check=True, timeout=300)
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True, timeout=120)
    python = folder / "venv" / "bin" / "python"
    found = {path.name.partition("-")[0]: path for path in wheels.glob("*.whl")}
    wanted = [f"{found['zhuce']}[sql]", found["nonebot_plugin_zhuce"], *FROM_OUTSIDE]
    install = [python, "-m", "pip", "install", "-q", *wanted]
    subprocess.run(install, check=True, timeout=900)
    return python


@contextmanager
def running(
    python: Path, folder: Path, program: str, port: int, token: str
) -> Iterator[subprocess.Popen[bytes]]:
    command = [python, "-c", program, str(port), token]
    with (
        (folder / "log").open("ab") as log,
        subprocess.Popen(command, cwd=folder, stdout=log, stderr=log) as process,
    ):
        try:
            yield process
        finally:
            process.terminate()


@contextmanager
def robot(python: Path, folder: Path, program: str, path: str) -> Iterator[OneBot]:
    """A robot that OneBot connects to."""
    port = free_port()
    with running(python, folder, program, port, onebot.TOKEN):
        _wait_for(port)
        with OneBot(f"ws://127.0.0.1:{port}{path}") as peer:
            yield peer


@contextmanager
def satori_robot(python: Path, folder: Path, program: str) -> Iterator[Satori]:
    """A robot that connects to Satori."""
    with Satori() as server, running(python, folder, program, server.port, satori.TOKEN):
        server.wait(lambda: server.connections, 60)
        yield server


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


def test_satoris_own_client_understands_what_plays_satori_here(
    python: Path, tmp_path: Path
) -> None:
    with satori_robot(python, tmp_path, SATORI_FOREIGN) as server:
        said = server.message("wang", "你好 <b> & 😀")
        assert server.after(lambda: server.delivers(said)) == ["你好 <b> & 😀"]


def test_it_answers_over_satori_alone_and_in_groups_once(python: Path, tmp_path: Path) -> None:
    with satori_robot(python, tmp_path, SATORI_ROBOT) as server:
        for copies in range(1, 6):
            said = server.message(f"person{copies}", QUESTION)
            told = server.after(partial(server.delivers, said, copies))
            assert [PORTAL in one for one in told] == [True]
        server.delivers(server.message("wang", "在吗", "group", is_named=False))
        long = "".join(server.after(lambda: server.delivers(server.message("wang", LONG))))
        named = server.message("wang", LONG, "group")
        short = "".join(server.after(lambda: server.delivers(named)))
        assert len(short) < len(long)


def test_the_one_transcript_says_the_same_through_nonebot(
    brain: Brain, python: Path, tmp_path: Path
) -> None:
    with robot(python, tmp_path, ROBOT, "/onebot/v11/ws") as peer:
        told = []
        for words in TALK:
            peer.says(peer.message(1, words))
            told.append(joined(peer.sent()))
    with serving(tmp_path) as server:
        expected = [server.says(words, "nonebot")["text"] for words in TALK]
    assert told == expected


def test_nonebug_finds_each_message_answered_once_and_groups_known(python: Path) -> None:
    run = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", PLUGIN / "tests"]
    found = subprocess.run(run, capture_output=True, text=True, check=False, timeout=300)
    assert found.returncode == 0, found.stdout
    assert "6 passed" in found.stdout
