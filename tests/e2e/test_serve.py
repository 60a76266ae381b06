"""A real `zhuce serve` process, met over HTTP on a free port of this machine."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import KNOWLEDGE
from tests.workers import free_port

ROOT = KNOWLEDGE.parent
START_S = 60.0
"""A second on an idle machine, many where others use it too."""
STOP_S = 10.0


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Server:
    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def get(self, path: str) -> Answer:
        return self._send(urllib.request.Request(self._address(path)))

    def post(self, body: dict[str, Any], **more: str) -> Answer:
        data = json.dumps(body).encode()
        headers = {"Content-Type": "application/json", **more}
        return self._send(urllib.request.Request(self._address("/api/v1/messages"), data, headers))

    def says(self, text: str, conversation: str = "one", **more: str) -> Any:
        return self.post({"conversation": conversation, "text": text, **more}).json

    def _address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    @staticmethod
    def _send(request: urllib.request.Request) -> Answer:
        try:
            with urllib.request.urlopen(request, timeout=10) as found:
                return Answer(found.status, _lower(found.headers), found.read())
        except urllib.error.HTTPError as refused:
            with refused:
                return Answer(refused.code, _lower(refused.headers), refused.read())


def _lower(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def environment(folder: Path, port: int, **more: str) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}
    return clean | {
        "PYTHONPATH": str(ROOT),
        "BOT_STORE": f"sqlite:///{folder / 'bot.db'}",
        "BOT_HTTP__PORT": str(port),
        **more,
    }


@contextmanager
def serving(folder: Path, *, port: int = 0, **more: str) -> Iterator[Server]:
    port, log = port or free_port(), folder / "log"
    with (
        log.open("ab") as lines,
        subprocess.Popen(
            [sys.executable, "-m", "bot", "serve"],
            cwd=folder,
            env=environment(folder, port, **more),
            stdout=lines,
            stderr=lines,
        ) as process,
    ):
        server = Server(process, port, log)
        try:
            _wait_until_ready(server)
            yield server
        finally:
            if process.poll() is None:
                process.kill()


def _wait_until_ready(server: Server) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        assert server.process.poll() is None, server.log.read_text(encoding="utf-8")
        try:
            if server.get("/readyz").status == 200:
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"not ready after {START_S} s:\n{server.log.read_text(encoding='utf-8')}")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("serve")) as running:
        yield running


def test_it_is_alive(server: Server) -> None:
    assert server.get("/healthz").json == {"status": "ok"}


def test_it_is_ready_and_names_its_knowledge(server: Server) -> None:
    found = server.get("/readyz").json
    assert (found["status"], found["reasons"], len(found["knowledge"])) == ("ready", [], 12)


def test_it_describes_its_interface(server: Server) -> None:
    assert "/api/v1/messages" in server.get("/openapi.json").json["paths"]


def test_a_question_is_answered_with_source_and_date(server: Server) -> None:
    reply = server.says("四川二建在哪注册", "asking")
    assert (reply["status"], reply["entry"]) == ("answered", "portal-sichuan")
    assert "核对于 2021-12-08" in reply["text"]


def test_a_reply_is_the_object_that_ask_prints(server: Server) -> None:
    command = [sys.executable, "-m", "bot", "ask", "一建在哪注册", "--json"]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    said = server.says("一建在哪注册", "comparing")
    assert {name: said[name] for name in json.loads(printed)} == json.loads(printed)


def test_a_choice_can_be_pressed(server: Server) -> None:
    offered = server.says("要什么材料", "pressing")["choices"]
    [value] = [choice["value"] for choice in offered if choice["label"] == "初始注册"]
    reply = server.post({"conversation": "pressing", "press": value}).json
    assert (reply["status"], reply["entry"]) == ("answered", "initial-materials")


def test_an_unknown_press_is_explained_with_choices(server: Server) -> None:
    answer = server.post({"conversation": "forging", "press": "no such thing"})
    assert (answer.status, answer.json["status"]) == (200, "clarify")
    assert answer.json["choices"]


def test_a_repeated_message_gets_the_same_reply_and_moves_nothing(server: Server) -> None:
    server.says("/steps 初始注册", "repeating")
    first = server.says("下一步", "repeating", id="7")
    assert "第 2/8 步" in first["text"]
    assert server.says("下一步", "repeating", id="7") == first
    assert "第 3–7/8 步" in server.says("下一步", "repeating", id="8")["text"]


def test_conversations_do_not_know_of_each_other(server: Server) -> None:
    server.says("要什么材料", "left")
    assert server.says("1", "right")["entry"] is None


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"conversation": "x"}, id="neither"),
        pytest.param({"conversation": "x", "text": "a", "press": "b"}, id="both"),
        pytest.param({"text": "a"}, id="no conversation"),
    ],
)
def test_a_message_of_the_wrong_form_is_refused(server: Server, body: dict[str, str]) -> None:
    assert server.post(body).status == 422


@pytest.mark.parametrize("text", ["", "😀", "四" * 10_000, "a\u202e\u0000b"], ids=ascii)
def test_whatever_is_said_gets_an_answer(server: Server, text: str) -> None:
    answer = server.post({"conversation": "strange", "text": text})
    assert (answer.status, bool(answer.json["text"])) == (200, True)


def test_the_page_keeps_to_itself(server: Server) -> None:
    page = server.get("/")
    assert page.status == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "no-referrer"


def test_the_log_is_json_and_holds_no_words_of_people(server: Server) -> None:
    server.says("我叫王小明在四川注册二建", "private")
    lines = server.log.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if "logger" not in json.loads(line)] == []
    assert "王小明" not in server.log.read_text(encoding="utf-8")


def test_every_message_has_a_name_in_the_log(server: Server) -> None:
    given = "4bf92f3577b34da6a3ce929d0e0e4736"
    message = {"conversation": "traced", "text": "四川二建在哪注册", "id": "1"}
    found = [server.post(message, traceparent=f"00-{given}-00f067aa0ba902b7-01")]
    found += [server.post(message, traceparent=f"00-{'0' * 32}-00f067aa0ba902b7-01")]
    found += [server.post(message)]
    named = [answer.headers["x-trace-id"] for answer in found]
    assert named == [given, named[1], named[1]]  # without one it follows from the id
    lines = map(json.loads, server.log.read_text(encoding="utf-8").splitlines())
    told = [line for line in lines if line.get("trace") in named]
    assert [line["is_repeat"] for line in told] == [False, True, True]
    assert told[0]["entries"] == ["portal-sichuan"]


def test_a_conversation_goes_on_after_a_restart(tmp_path: Path) -> None:
    with serving(tmp_path) as first:
        first.says("/steps 初始注册")
        first.says("下一步", id="before")
        first.process.send_signal(signal.SIGTERM)
        first.process.wait(STOP_S)
    with serving(tmp_path) as second:
        assert "第 2/8 步" in second.says("下一步", id="before")["text"]
        assert "第 3–7/8 步" in second.says("下一步", id="after")["text"]


def test_while_stopping_it_says_so_before_the_door_is_closed(tmp_path: Path) -> None:
    with serving(tmp_path) as running:
        running.process.send_signal(signal.SIGTERM)
        deadline, told = time.monotonic() + STOP_S, []
        while running.process.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                found = running.get("/readyz")
                told.append((found.status, found.json["status"], tuple(found.json["reasons"])))
                late = running.says("四川二建在哪注册", f"late-{len(told)}")
                assert late["status"] == "answered"
            time.sleep(0.05)  # the limit of an address counts these too
        assert running.process.wait(STOP_S) == 0
    assert told[-1] == (503, "unavailable", ("正在停止",))


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_a_signal_ends_it_in_time_and_cleanly(tmp_path: Path, name: str) -> None:
    with serving(tmp_path, BOT_STORE="memory://") as running:
        running.says("四川二建在哪注册")
        running.process.send_signal(getattr(signal, name))
        code = running.process.wait(STOP_S)
    assert "Traceback" not in running.log.read_text(encoding="utf-8")
    assert code == {"SIGTERM": 0, "SIGINT": 130}[name]


def test_a_client_that_hangs_on_does_not_keep_it(tmp_path: Path) -> None:
    with (
        serving(tmp_path, BOT_STORE="memory://") as running,
        socket.create_connection(("127.0.0.1", running.port)) as idle,
    ):
        idle.sendall(b"POST /api/v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n")
        running.process.send_signal(signal.SIGTERM)
        running.process.wait(STOP_S)


def refused(folder: Path, **more: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "bot", "serve"],
        cwd=folder,
        env=environment(folder, free_port(), **more),
        capture_output=True,
        timeout=START_S,
        check=False,
    )


def nowhere(folder: Path) -> dict[str, str]:
    return {"BOT_KNOWLEDGE": str(folder / "gone")}


def broken(folder: Path) -> dict[str, str]:
    (folder / "pack").mkdir()
    (folder / "pack" / "pack.yaml").write_text("id: [\n", encoding="utf-8")
    return {"BOT_KNOWLEDGE": str(folder / "pack")}


def a_folder_as_store(folder: Path) -> dict[str, str]:
    return {"BOT_STORE": f"sqlite:///{folder}"}


@pytest.mark.parametrize(
    ("wrong", "code", "words"),
    [
        pytest.param(lambda _: {"BOT_STROE": "memory://"}, 2, "BOT_STORE", id="misspelt setting"),
        pytest.param(lambda _: {"BOT_HTTP__PORT": "x"}, 2, "BOT_HTTP__PORT", id="no port"),
        pytest.param(lambda _: {"BOT_STORE": "nonsense://"}, 2, "sqlite://", id="no such store"),
        pytest.param(a_folder_as_store, 2, "", id="a store that cannot be opened"),
        pytest.param(nowhere, 3, "没有这个文件夹", id="no knowledge"),
        pytest.param(broken, 3, "pack.yaml", id="broken knowledge"),
    ],
)
def test_what_cannot_start_says_why_and_ends(
    tmp_path: Path, wrong: Callable[[Path], dict[str, str]], code: int, words: str
) -> None:
    ran = refused(tmp_path, **wrong(tmp_path))
    told = ran.stderr.decode()
    assert ran.returncode == code, told
    assert words in told
    assert "Traceback" not in told


def test_a_port_that_is_taken_is_said_so(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ran = refused(tmp_path, BOT_HTTP__PORT=str(taken.getsockname()[1]))
    assert ran.returncode == 2, ran.stderr.decode()
    assert "Traceback" not in ran.stderr.decode()
