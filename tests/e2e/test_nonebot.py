"""The NoneBot2 plugin, from its wheel, on what NoneBot reaches; minutes, so only in the soak."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import select
import socket
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any

import pytest

from bot.app import Brain
from tests.conftest import KNOWLEDGE
from tests.e2e import discord, kook, onebot, satori
from tests.e2e.discord import Discord
from tests.e2e.gateway import Gateway
from tests.e2e.kook import Kook
from tests.e2e.onebot import OneBot, OneBot12
from tests.e2e.satori import Satori
from tests.e2e.tencent.loopback import Json, joined
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
PLUGIN, FOREIGN_QQ = ROOT / "nonebot-plugin-zhuce", Path(__file__).with_name("foreign_qq.py")
SERVERS: Mapping[str, Callable[[], Gateway]] = {
    "satori": Satori,
    "kaiheila": Kook,
    "discord": Discord,
}
"""By the modules of NoneBot's adapters."""
ROBOT = """
import importlib, json, sys
import nonebot
module, settings, root = sys.argv[1], json.loads(sys.argv[2]), sys.argv[3]
nonebot.init(**settings)
adapter = importlib.import_module(f"nonebot.adapters.{module}").Adapter
nonebot.get_driver().register_adapter(adapter)
if module == "kaiheila":
    nonebot.get_adapter(adapter).api_root = root
if module == "discord":
    nonebot.get_adapter(adapter).base_url = nonebot.internal.driver.URL(root)
nonebot.load_plugin("nonebot_plugin_zhuce")
nonebot.run()
"""
"""What somebody's `bot.py` says; KOOK and Discord have no setting for where they are."""
CLIENT = {"driver": "~httpx+~websockets", "log_level": "WARNING"}
FOCUS_INPUT = b"\x1f"
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
    "nonebot-adapter-console",
    "nonebot-adapter-discord",
    "nonebot-adapter-kaiheila",
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
    python: Path, folder: Path, program: str, *given: str
) -> Iterator[subprocess.Popen[bytes]]:
    command = [python, "-c", program, *given]
    with (
        (folder / "log").open("ab") as log,
        subprocess.Popen(command, cwd=folder, stdout=log, stderr=log) as process,
    ):
        try:
            yield process
        finally:
            process.terminate()


@contextmanager
def plugin(python: Path, folder: Path, module: str, root: str = "", **given: Any) -> Iterator[None]:
    """The plugin behind an adapter of NoneBot, which connects to somebody at `root`."""
    with running(python, folder, ROBOT, module, json.dumps(CLIENT | given), root):
        yield


@contextmanager
def onebot_url(python: Path, folder: Path, version: int) -> Iterator[str]:
    """Where the plugin waits for OneBot."""
    port = free_port()
    module = f"onebot.v{version}"
    server: Json = {"driver": "~fastapi", "host": "127.0.0.1", "port": port}
    with plugin(python, folder, module, onebot_access_token=onebot.TOKEN, **server):
        _wait_for(port)
        yield f"ws://127.0.0.1:{port}/onebot/v{version}/ws"


class ForeignQq:
    """People at a client of QQ that is made of aiocqhttp, in a process of its own."""

    def __init__(self, python: Path, url: str) -> None:
        command = [python, FOREIGN_QQ, url, onebot.TOKEN]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)
        self._told: Queue[str] = Queue()
        Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._told.put(line)

    def message(self, user: int, words: str, group: int = 0, *, is_named: bool = True) -> Json:
        return {"user": user, "words": words, "group": group, "is_named": bool(group) and is_named}

    def says(self, event: Json, copies: int = 1) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(event | {"copies": copies}) + "\n")
        self._process.stdin.flush()

    def sent(self, quiet_s: float = 1.0, within_s: float = 30.0) -> list[str]:
        """What the robot sends until it is quiet, of which nothing is a code."""
        told: list[str] = []
        with suppress(Empty):
            while True:
                said = json.loads(self._told.get(timeout=quiet_s if told else within_s))
                assert said["only_text"]
                told.append(said["text"])
        return told

    def close(self) -> None:
        self._process.communicate(timeout=20)


@contextmanager
def foreign_qq(python: Path, folder: Path) -> Iterator[ForeignQq]:
    with (
        onebot_url(python, folder, 11) as url,
        closing(ForeignQq(python, url)) as peer,
    ):
        yield peer


@contextmanager
def onebot12(python: Path, folder: Path) -> Iterator[OneBot]:
    with onebot_url(python, folder, 12) as url, OneBot12(url) as peer:
        yield peer


@contextmanager
def terminal(command: Sequence[str | Path], folder: Path) -> Iterator[int]:
    """A program in a terminal of its own, as a file to read and write."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 60, 200, 0, 0))
    given = os.environ | {"TERM": "xterm-256color"}
    with subprocess.Popen(
        command, cwd=folder, env=given, stdin=its, stdout=its, stderr=its
    ) as process:
        try:
            yield ours
        finally:
            process.kill()
            os.close(ours)
            os.close(its)


def drawn(terminal: int, words: str, within_s: float = 60.0) -> str:
    """What is drawn until the words are, or until it was long enough; a clock ticks for ever."""
    told, deadline = "", time.monotonic() + within_s
    while not (words and words in told) and time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.5)[0]:
            told += os.read(terminal, 65536).decode(errors="replace")
            told = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", told)
    return told


@contextmanager
def gateway(python: Path, folder: Path, name: str) -> Iterator[Gateway]:
    """A platform that the robot connects to."""
    with SERVERS[name]() as server:
        port = server.port
        given: dict[str, dict[str, Any]] = {
            "satori": {"satori_clients": [{"port": port, "token": satori.TOKEN}]},
            "kaiheila": {"kaiheila_bots": [{"token": kook.TOKEN}]},
            "discord": {"discord_bots": [{"token": discord.TOKEN}]},
        }
        root = f"{server.url}/api" + ("/v3/" if name == "kaiheila" else "")
        with plugin(python, folder, name, root, **given[name]):
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
    port = free_port()
    with running(python, tmp_path, FOREIGN, str(port), onebot.TOKEN):
        _wait_for(port)
        with OneBot(f"ws://127.0.0.1:{port}/ws/") as peer:
            peer.says(peer.message(1, "你好"))
            assert peer.sent() == ["你好"]


@pytest.mark.parametrize("connected", [foreign_qq, onebot12], ids=["v11, aiocqhttp", "v12"])
def test_over_onebot_it_answers_alone_and_in_groups_once_and_in_order(
    python: Path, tmp_path: Path, connected: Callable[..., AbstractContextManager[ForeignQq]]
) -> None:
    with connected(python, tmp_path) as peer:
        for copies in range(1, 6):
            peer.says(peer.message(copies, QUESTION), copies)
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
        assert "[CQ:" not in "".join(peer.sent())


def test_satoris_own_client_understands_what_plays_satori_here(
    python: Path, tmp_path: Path
) -> None:
    with (
        Satori() as server,
        running(python, tmp_path, SATORI_FOREIGN, str(server.port), satori.TOKEN),
    ):
        server.wait(lambda: server.connections, 60)
        said = server.message("wang", "你好 <b> & 😀")
        assert server.after(lambda: server.delivers(said)) == ["你好 <b> & 😀"]


@pytest.mark.parametrize("name", SERVERS)
def test_it_answers_alone_and_in_groups_once(python: Path, tmp_path: Path, name: str) -> None:
    with gateway(python, tmp_path, name) as server:
        for copies in range(1, 6):
            said = server.message(f"100{copies}", QUESTION)
            told = server.after(partial(server.delivers, said, copies))
            assert [PORTAL in one for one in told] == [True]
        server.delivers(server.message("2000", "在吗", "77", is_named=False))
        long = "".join(server.after(lambda: server.delivers(server.message("2000", LONG))))
        named = server.message("2000", LONG, "77")
        short = "".join(server.after(lambda: server.delivers(named)))
        assert len(short) < len(long)


def test_in_the_console_a_question_that_is_typed_is_answered(python: Path, tmp_path: Path) -> None:
    settings = json.dumps({"driver": "~none", "log_level": "ERROR"})
    with terminal([python, "-c", ROBOT, "console", settings, ""], tmp_path) as screen:
        drawn(screen, "palette")  # the last line of it
        os.write(screen, FOCUS_INPUT)
        drawn(screen, "", 3.0)
        os.write(screen, QUESTION.encode())
        assert QUESTION in drawn(screen, QUESTION)
        os.write(screen, b"\r")
        assert PORTAL.rstrip("/") in drawn(screen, PORTAL.rstrip("/"))


@pytest.mark.parametrize("connected", [foreign_qq, onebot12], ids=["v11, aiocqhttp", "v12"])
def test_the_one_transcript_says_the_same_through_nonebot(
    brain: Brain,
    python: Path,
    tmp_path: Path,
    connected: Callable[..., AbstractContextManager[ForeignQq]],
) -> None:
    with connected(python, tmp_path) as peer:
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
