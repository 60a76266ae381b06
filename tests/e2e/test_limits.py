"""What one sender may do to the HTTP server, with a real process; others come from 127.0.0.9.

Every address of 127.0.0.0/8 is this machine, so a test may come from as many as it needs.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import resource
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.e2e.test_serve import Server, serving

MESSAGES = "/api/v1/messages"
QUESTION = "四川二建在哪注册"
HALF = b"POST /api/v1/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: appl"
SENDER, OTHER = "127.0.0.1", "127.0.0.9"
PARSERS = ("httptools", "h11")


def says(port: int, words: str, came_from: str, conversation: str = "one") -> int:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30, source_address=(came_from, 0))
    body = json.dumps({"conversation": conversation, "text": words}, ensure_ascii=False).encode()
    try:
        line.request("POST", MESSAGES, body, {"Content-Type": "application/json"})
        answer = line.getresponse()
        answer.read()
        return answer.status
    finally:
        line.close()


def timed(work: Callable[[], object], times: int) -> list[float]:
    """How many milliseconds it took each time."""
    found = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        found.append((time.perf_counter() - begun) * 1000)
        time.sleep(0.01)
    return found


def health(port: int) -> None:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10, source_address=(OTHER, 0))
    line.request("GET", "/healthz")
    assert line.getresponse().status == 200
    line.close()


def short(figures: Sequence[float]) -> str:
    return f"median {statistics.median(figures):.1f} ms, longest {max(figures):.1f} ms"


def connected(port: int, came_from: str) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), 10, source_address=(came_from, 0))


def said_before_the_end(line: socket.socket) -> bytes:
    """What the server says before it hangs up; it must do so."""
    found = b""
    line.settimeout(10)
    try:
        while data := line.recv(65536):
            found += data
    except ConnectionError:
        pass
    return found


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with short limits; they are met however few long texts a slow machine answers."""
    limits = {
        "BOT_HTTP__HEADER_TIMEOUT": "1",
        "BOT_HTTP__BODY_TIMEOUT": "1.5",
        "BOT_HTTP__CONVERSATION_RATE": "2/minute",
    }
    with serving(tmp_path_factory.mktemp("quick"), BOT_STORE="memory://", **limits) as running:
        yield running


@contextmanager
def sixteen(port: int, words: str, came_from: str) -> Iterator[list[int]]:
    """Sixteen connections that say this again and again."""
    stop, answers = threading.Event(), []

    def talk(number: int) -> None:
        while not stop.is_set():
            answers.append(says(port, words, came_from, f"{came_from}-{number}"))

    with ThreadPoolExecutor(16) as pool:
        for number in range(16):
            pool.submit(talk, number)
        try:
            yield answers
        finally:
            stop.set()


def test_sixteen_connections_with_long_texts_delay_nobody_else(
    quick: Server, figures: Callable[[str], None]
) -> None:
    def ask() -> None:
        assert says(quick.port, QUESTION, OTHER, f"other-{time.monotonic_ns()}") == 200

    alone = timed(ask, 40)
    with sixteen(quick.port, "请问在哪里注册" * 1400, SENDER) as answers:
        time.sleep(1)
        beside = timed(ask, 40)
    refused = answers.count(429)
    figures(
        f"alone {short(alone)}; beside {len(answers)} long texts ({refused} refused): "
        f"{short(beside)}"
    )
    assert refused
    assert set(answers) <= {200, 429}
    assert statistics.median(beside) < 100


@pytest.mark.parametrize("addresses", [1, 25])
def test_two_thousand_half_requests_are_closed_and_healthz_answers(
    quick: Server, figures: Callable[[str], None], addresses: int
) -> None:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    count = min(2000, soft - 200)
    with ExitStack() as stack:
        lines = []
        begun = time.monotonic()
        for number in range(count):
            line = connected(quick.port, f"127.0.1.{number % addresses + 1}")
            stack.enter_context(line)
            with contextlib.suppress(ConnectionError):
                line.sendall(HALF)
            lines.append(line)
        waits = timed(lambda: health(quick.port), 40)
        for line in lines:
            answer = said_before_the_end(line)
            assert answer == b"" or answer.startswith(b"HTTP/1.1 408 ")
        took = time.monotonic() - begun
    figures(
        f"{count} half requests from {addresses} addresses closed in {took:.1f} s; "
        f"/healthz {short(waits)}"
    )
    assert sorted(waits)[-2] < 50  # the first may stand behind all of them in the kernel's queue
    assert took < 10


def test_silent_connections_of_one_address_are_few(quick: Server) -> None:
    with ExitStack() as stack:
        lines = [stack.enter_context(connected(quick.port, SENDER)) for _ in range(120)]
        time.sleep(0.3)
        closed = [line for line in lines if has_ended(line)]
        assert len(closed) == 20
        health(quick.port)


def has_ended(line: socket.socket) -> bool:
    line.setblocking(False)  # noqa: FBT003  the name of the argument is not to be had
    try:
        while line.recv(65536):
            pass
    except BlockingIOError:
        return False
    except ConnectionError:
        pass
    return True


@pytest.fixture(scope="module", params=PARSERS)
def parsed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A server with the parser in C and one with the parser in Python."""
    folder = tmp_path_factory.mktemp(request.param)
    limits = {"BOT_HTTP__HEADER_TIMEOUT": "1", "BOT_HTTP__BODY_TIMEOUT": "1.5"}
    if request.param == "h11":
        (folder / "httptools.py").write_text("raise ImportError('not installed')\n")
        limits["PYTHONPATH"] = f"{folder}:{Path(__file__).parents[2]}"
    with serving(folder, BOT_STORE="memory://", **limits) as running:
        yield running


def test_a_header_of_forty_megabytes_is_refused_early(
    parsed: Server, figures: Callable[[str], None]
) -> None:
    sent, chunk = 0, b"x" * 65536
    with connected(parsed.port, SENDER) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: ")
        begun = time.monotonic()
        try:
            while sent < 40 * 1024 * 1024:
                line.sendall(chunk)
                sent += len(chunk)
        except ConnectionError:
            pass
        took = time.monotonic() - begun
    figures(f"hung up after {sent / 1024:.0f} KiB of 40 MiB, {took * 1000:.0f} ms")
    assert sent < 8 * 1024 * 1024  # what the two sockets hold
    health(parsed.port)


@pytest.mark.parametrize("size", [20_000, 100_000])
def test_whole_headers_that_are_too_long_are_refused_with_a_sentence(
    parsed: Server, size: int
) -> None:
    with connected(parsed.port, SENDER) as line:
        line.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * size + b"\r\n\r\n")
        answer = said_before_the_end(line)
    assert answer == b"" or (answer.startswith(b"HTTP/1.1 431 ") and "太长" in answer.decode())


def test_a_header_that_comes_in_drops_is_cut_off(parsed: Server) -> None:
    with connected(parsed.port, SENDER) as line:
        begun = time.monotonic()
        line.sendall(HALF)
        while not has_ended(line):
            assert time.monotonic() - begun < 5
            with contextlib.suppress(ConnectionError):
                line.sendall(b"x")
            time.sleep(0.1)
    assert time.monotonic() - begun < 3


def test_a_body_that_does_not_come_is_not_waited_for(parsed: Server) -> None:
    with connected(parsed.port, SENDER) as line:
        begun = time.monotonic()
        head = b"POST /api/v1/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        line.sendall(head + b"Content-Length: 100\r\n\r\n{")
        answer = said_before_the_end(line)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert 1 < time.monotonic() - begun < 4
    assert "Traceback" not in parsed.log.read_text(encoding="utf-8")


def test_a_body_that_is_too_long_ends_the_connection(parsed: Server) -> None:
    with connected(parsed.port, SENDER) as line:
        head = b"POST /api/v1/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        line.sendall(head + b"Content-Length: 99999999\r\n\r\n{")
        answer = said_before_the_end(line)
    assert answer.startswith(b"HTTP/1.1 413 ")


def test_a_connection_serves_many_requests_and_pauses_between(parsed: Server) -> None:
    line = http.client.HTTPConnection("127.0.0.1", parsed.port, timeout=10)
    for _ in range(3):
        line.request("GET", "/healthz")
        answer = line.getresponse()
        assert (answer.status, answer.read()) == (200, b'{"status":"ok"}')
        time.sleep(1.2)  # longer than headers may take: between two requests that does not count
    line.close()


def forwarded(port: int, address: str) -> int:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    line.request("POST", "/api/v1/conversations", headers={"X-Forwarded-For": address})
    status = line.getresponse().status
    line.close()
    return status


@pytest.mark.parametrize(
    ("proxies", "statuses"),
    [
        pytest.param("", [201, 429, 429], id="none is named"),
        pytest.param("127.0.0.0/8, ::1", [201, 201, 429], id="ours"),
        pytest.param("192.0.2.7", [201, 429, 429], id="another one"),
    ],
)
def test_what_x_forwarded_for_says_counts_only_from_proxies_that_are_named(
    tmp_path: Path, proxies: str, statuses: list[int]
) -> None:
    settings = {"BOT_HTTP__ADDRESS_RATE": "1/minute", "BOT_HTTP__PROXIES": proxies}
    with serving(tmp_path, BOT_STORE="memory://", **settings) as server:
        addresses = ("198.51.100.1", "198.51.100.2", "203.0.113.5, 198.51.100.2")
        assert [forwarded(server.port, one) for one in addresses] == statuses
