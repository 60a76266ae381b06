"""`zhuce store backup` of a bot in use, and `restore` after it went on, on every kind of store."""

from __future__ import annotations

import gzip
import signal
import subprocess
import sys
import threading
from itertools import count
from pathlib import Path

import pytest

from tests.e2e.test_serve import STOP_S, Server, environment, serving
from tests.servers import POSTGRES, STORES

PEOPLE = 10


def zhuce(folder: Path, url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", "store", *arguments],
        cwd=folder,
        env=environment(folder, 0, BOT_STORE=url),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


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
            if self.is_over.is_set():
                return
            reply = self._server.says("四川二建在哪注册", f"crowd-{number % 7}", id=str(number))
            self.answered += reply["status"] == "answered"


@pytest.mark.parametrize("kind", STORES)
def test_a_backup_of_a_running_bot_brings_everybody_back(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "all.backup"
    unlimited = {"BOT_HTTP__ADDRESS_RATE": "", "BOT_HTTP__CONVERSATION_RATE": ""}
    with STORES[kind](tmp_path) as url:
        with serving(tmp_path, BOT_STORE=url, **unlimited) as server:
            people = walk(server)
            crowd = Crowd(server)
            crowd.start()
            made = zhuce(tmp_path, url, "backup", str(file))
            crowd.is_over.set()
            crowd.join()
            assert (made.returncode, made.stderr) == (0, ""), made.stderr
            for name in people:  # what comes after the backup goes with the restore
                says(server, "下一步", name, "later")
            server.process.send_signal(signal.SIGTERM)
            assert server.process.wait(STOP_S) == 0
        assert crowd.answered
        assert file.stat().st_mode & 0o777 == 0o600
        done = zhuce(tmp_path, url, "restore", "--yes", str(file))
        assert done.returncode == 0, done.stderr
        with serving(tmp_path, BOT_STORE=url, **unlimited) as server:
            for name in people:
                # The second is known as a repeat, what came after the backup is not.
                assert "第 2/8 步" in says(server, "下一步", name, "2")
                assert "第 3–7/8 步" in says(server, "下一步", name, "later")
    _refuses_what_is_not_whole(tmp_path, file)


def _refuses_what_is_not_whole(folder: Path, file: Path) -> None:
    whole = gzip.decompress(file.read_bytes())
    cut = folder / "cut"
    for content in (
        file.read_bytes()[:-100],
        gzip.compress(b"".join(whole.splitlines(keepends=True)[:-1])),
        gzip.compress(b'{"other": 1}\n'),
        b"no gzip",
    ):
        cut.write_bytes(content)
        refused = zhuce(
            folder, f"sqlite:///{folder / 'untouched.db'}", "restore", "--yes", str(cut)
        )
        assert (refused.returncode, refused.stdout) == (2, "")
        assert "Traceback" not in refused.stderr
        assert not (folder / "untouched.db").exists()


def test_a_backup_goes_into_the_same_kind_of_store_only(tmp_path: Path) -> None:
    file, url = tmp_path / "one", f"sqlite:///{tmp_path / 'bot.db'}"
    with serving(tmp_path) as server:
        walk(server)
        assert zhuce(tmp_path, url, "backup", str(file)).returncode == 0
    refused = zhuce(tmp_path, "memory://", "restore", "--yes", str(file))
    assert refused.returncode == 2
    assert "同一种存储" in refused.stderr
    assert POSTGRES not in refused.stderr
