"""A real `zhuce serve` process, met over HTTP on a free port of this machine."""

from __future__ import annotations

import contextlib
import json
import os
import re
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

from bot.adapters.web.server import GRACE_S
from tests.conftest import KNOWLEDGE
from tests.unit.cli.running import Run, run_here
from tests.workers import SOAK, free_port

ROOT = KNOWLEDGE.parent
DOCKERFILE = ROOT / "Dockerfile"
START_S = 120.0 if SOAK else 60.0
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

    def post(self, body: dict[str, Any], to: str = "/api/v1/messages", **more: str) -> Answer:
        data = json.dumps(body).encode()
        headers = {"Content-Type": "application/json", **more}
        return self._send(urllib.request.Request(self._address(to), data, headers))

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


def test_the_image_sees_whether_it_is_alive(server: Server) -> None:
    text = DOCKERFILE.read_text("utf-8")
    written = re.search(r"^HEALTHCHECK .*\n +CMD (\[.*\])$", text, re.MULTILINE)
    assert written
    check = [sys.executable, *json.loads(written[1])[1:]]
    for port, code in ((server.port, 0), (free_port(), 1)):
        asked = os.environ | {"BOT_HTTP__PORT": str(port)}
        ran = subprocess.run(check, env=asked, capture_output=True, check=False)
        assert ran.returncode == code, ran.stderr.decode()


def test_it_is_ready_and_names_its_knowledge(server: Server) -> None:
    found = server.get("/readyz").json
    assert (found["status"], found["reasons"], len(found["knowledge"])) == ("ready", [], 12)


def test_it_describes_its_interface(server: Server) -> None:
    assert "/api/v1/messages" in server.get("/openapi.json").json["paths"]


def test_tools_for_models_are_not_there_unless_asked_for(server: Server) -> None:
    assert server.post({}, to="/mcp").status == 404


def test_a_question_is_answered_with_source_and_date(server: Server) -> None:
    reply = server.says("四川二建在哪注册", "asking")
    assert (reply["status"], reply["entry"]) == ("answered", "portal-sichuan")
    assert "核对于 2021-12-08" in reply["text"]


def test_a_reply_is_the_object_that_ask_prints(server: Server, run: Run) -> None:
    printed = run("ask", "一建在哪注册", "--json").reply
    said = server.says("一建在哪注册", "comparing")
    assert {name: said[name] for name in printed} == printed


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


@dataclass(frozen=True)
class Ended:
    """How a process met its end: what it said meanwhile, its code, its log."""

    told: list[tuple[Any, ...]]
    late: list[str]
    code: int
    log: str
    took_s: float
    found: list[str]
    """What it had answered before."""


def end(server: Server, name: str, found: list[str]) -> Ended:
    """Send a signal and go on asking while somebody answers."""
    began, told, late = time.monotonic(), [], []
    server.process.send_signal(getattr(signal, name))
    while server.process.poll() is None and time.monotonic() < began + STOP_S:
        with contextlib.suppress(OSError):
            ready = server.get("/readyz")
            told.append((ready.status, ready.json["status"], tuple(ready.json["reasons"])))
            late.append(server.says("四川二建在哪注册", f"late-{len(told)}")["status"])
        time.sleep(0.05)  # the limit of an address counts these too
    code, log = server.process.wait(STOP_S), server.log.read_text(encoding="utf-8")
    return Ended(told, late, code, log, time.monotonic() - began, found)


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ended, Ended]:
    """Of two processes on one store: the first stopped with a client hanging on, then the second
    interrupted."""
    folder = tmp_path_factory.mktemp("lives")
    with serving(folder) as first, socket.create_connection(("127.0.0.1", first.port)) as idle:
        idle.sendall(b"POST /api/v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n")
        first.says("/steps 初始注册")
        stopped = end(first, "SIGTERM", [first.says("下一步", id="before")["text"]])
    with serving(folder) as second:
        again = [second.says("下一步", id=name)["text"] for name in ("before", "after")]
        return stopped, end(second, "SIGINT", again)


def test_a_conversation_goes_on_after_a_restart(lives: tuple[Ended, Ended]) -> None:
    first, second = lives
    assert "第 2/8 步" in first.found[0]
    assert second.found[0] == first.found[0]
    assert "第 3–7/8 步" in second.found[1]


def test_while_stopping_it_says_so_before_the_door_is_closed(lives: tuple[Ended, Ended]) -> None:
    assert lives[0].told[-1] == (503, "unavailable", ("正在停止",))
    assert set(lives[0].late) == {"answered"}


def test_a_signal_ends_it_in_time_and_cleanly(lives: tuple[Ended, Ended]) -> None:
    """Without the six seconds that running requests may take: a client that hangs on runs none."""
    assert [one.code for one in lives] == [0, 130]
    assert [one.log for one in lives if "Traceback" in one.log] == []
    assert lives[0].took_s < GRACE_S


def refused(folder: Path, **more: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "bot", "serve"],
        cwd=folder,
        env=environment(folder, free_port(), **more),
        capture_output=True,
        timeout=START_S,
        check=False,
    )


def broken(folder: Path) -> dict[str, str]:
    (folder / "pack").mkdir()
    (folder / "pack" / "pack.yaml").write_text("id: [\n", encoding="utf-8")
    return {"BOT_KNOWLEDGE": str(folder / "pack")}


def a_folder_as_store(folder: Path) -> dict[str, str]:
    return {"BOT_STORE": f"sqlite:///{folder}"}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return run_here(monkeypatch, capsys)


@pytest.mark.parametrize(
    ("wrong", "code", "words"),
    [
        pytest.param(lambda _: {"BOT_STROE": "memory://"}, 2, "BOT_STORE", id="misspelt setting"),
        pytest.param(a_folder_as_store, 2, "", id="a store that cannot be opened"),
        pytest.param(broken, 3, "pack.yaml", id="broken knowledge"),
    ],
)
def test_what_cannot_start_says_why_and_ends(
    tmp_path: Path, wrong: Callable[[Path], dict[str, str]], code: int, words: str
) -> None:
    """Of settings, `config check` says the same: `tests/unit/cli/test_main.py` has more."""
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
