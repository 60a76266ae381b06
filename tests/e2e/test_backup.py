"""`zhuce store backup` of a bot in use, and `restore` after it went on, on every kind of store."""

from __future__ import annotations

import gzip
import signal
import threading
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from tests.e2e.test_serve import STOP_S, Server, environment, serving
from tests.servers import STORES
from tests.unit.cli.running import Ran, run_here

PEOPLE = 4
PAUSE_S = 0.02
UNLIMITED = {"BOT_HTTP__ADDRESS_RATE": "", "BOT_HTTP__CONVERSATION_RATE": ""}
Store = Callable[..., Ran]


@pytest.fixture
def store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Store:
    """`zhuce store` in this process, on a store of the given URL."""
    run = run_here(monkeypatch, capsys)
    monkeypatch.chdir(tmp_path)

    def command(url: str, *arguments: str) -> Ran:
        for name, value in environment(tmp_path, 0, BOT_STORE=url).items():
            monkeypatch.setenv(name, value)
        return run("store", *arguments)

    return command


def says(server: Server, text: str, who: str, update: str) -> str:
    """Until it is stored: a busy machine may make the store wait for too long."""
    while "请稍后再试" in (told := server.says(text, who, id=update)["text"]):
        pass
    return str(told)


def walk(server: Server) -> list[str]:
    """The names of people who stand at the second step."""
    people = []
    for number in count():
        says(server, "/steps 初始注册", f"p{number}", "1")
        # A beginning that was not stored in time is told all the same.
        if "第 2/8 步" in says(server, "下一步", f"p{number}", "2"):
            people.append(f"p{number}")
        if len(people) == PEOPLE:
            break
    server.says("量子力学在哪注册", "p0", id="3")
    return people


class Crowd(threading.Thread):
    """Goes on asking until it is told to stop."""

    def __init__(self, server: Server) -> None:
        super().__init__()
        self._server, self.is_over, self.answered = server, threading.Event(), 0

    def run(self) -> None:
        for number in count():
            reply = self._server.says("四川二建在哪注册", f"crowd-{number % 7}", id=str(number))
            self.answered += reply["status"] == "answered"
            if self.is_over.wait(PAUSE_S):
                return


@pytest.mark.parametrize("kind", STORES)
def test_a_backup_of_a_running_bot_brings_everybody_back(
    kind: str, store: Store, tmp_path: Path
) -> None:
    file = tmp_path / "all.backup"
    with STORES[kind](tmp_path) as url:
        with serving(tmp_path, BOT_STORE=url, **UNLIMITED) as server:
            people = walk(server)
            crowd = Crowd(server)
            crowd.start()
            made = store(url, "backup", str(file))
            crowd.is_over.set()
            crowd.join()
            assert (made.code, made.err) == (0, ""), made.err
            for name in people:  # what comes after the backup goes with the restore
                says(server, "下一步", name, "later")
            server.process.send_signal(signal.SIGTERM)
            assert server.process.wait(STOP_S) == 0
        assert crowd.answered
        assert file.stat().st_mode & 0o777 == 0o600
        elsewhere = store("memory://", "restore", "--yes", str(file))
        assert (elsewhere.code, "同一种存储" in elsewhere.err) == (2, True)
        done = store(url, "restore", "--yes", str(file))
        assert done.code == 0, done.err
        with serving(tmp_path, BOT_STORE=url, **UNLIMITED) as server:
            for name in people:
                # The second is known as a repeat, what came after the backup is not.
                assert "第 2/8 步" in says(server, "下一步", name, "2")
                assert "第 3–7/8 步" in says(server, "下一步", name, "later")


@pytest.fixture
def made(store: Store, tmp_path: Path) -> Path:
    """A backup of a store in which nobody has said anything."""
    file, url = tmp_path / "all.backup", f"sqlite:///{tmp_path / 'bot.db'}"
    assert store(url, "migrate").code == 0
    assert store(url, "backup", str(file)).code == 0
    return file


def test_what_is_not_whole_is_not_restored(store: Store, made: Path, tmp_path: Path) -> None:
    whole_file, cut, url = made.read_bytes(), tmp_path / "cut", "untouched.db"
    whole, middle = gzip.decompress(whole_file), len(whole_file) // 2
    for content in (
        whole_file[:-100],
        gzip.compress(b"".join(whole.splitlines(keepends=True)[:-1])),
        gzip.compress(b'{"other": 1}\n'),
        whole_file[:middle] + bytes([whole_file[middle] ^ 255]) + whole_file[middle + 1 :],
        b"no gzip",
    ):
        cut.write_bytes(content)
        refused = store(f"sqlite:///{tmp_path / url}", "restore", "--yes", str(cut))
        assert (refused.code, refused.out) == (2, ""), content
        assert refused.err
        assert not (tmp_path / url).exists()
