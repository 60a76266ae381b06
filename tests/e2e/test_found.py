"""What was found in an attack on the version before the limits, and the same attack on this one.

`BOT_TEST_BEFORE` names a checkout of that version (073c0f2 or earlier); each probe runs against it
and against this one, in one run, and tells both figures.  Without it nothing runs.
"""

from __future__ import annotations

import contextlib
import os
import re
import socket
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.error import HTTPError

import pytest

from tests.e2e.bot_api import BotApi
from tests.e2e.telegram import asks, on_the_line
from tests.e2e.test_limits import HALF, sixteen
from tests.e2e.test_serve import ROOT, Server, serving
from tests.e2e.test_telegram_replicas import held_back, new_bot, replicas
from tests.servers import STORES

BEFORE = os.environ.get("BOT_TEST_BEFORE", "")
pytestmark = pytest.mark.skipif(not BEFORE, reason="set BOT_TEST_BEFORE to a checkout of 073c0f2")
TREES = {"before": BEFORE, "now": str(ROOT)}
QUESTION = "四川二建在哪注册"
Probe = Callable[[Path, str], str]
"""What an attack on the version in a folder did, in words with figures."""


def served(folder: Path, tree: str, **more: str) -> contextlib.AbstractContextManager[Server]:
    folder.mkdir(parents=True, exist_ok=True)
    return serving(folder, PYTHONPATH=tree, **more)


def quietly(ask: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        with contextlib.suppress(OSError, ValueError):
            ask()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def waited_ms(ask: Callable[[], object]) -> float:
    began = time.monotonic()
    with contextlib.suppress(OSError):
        ask()
    return (time.monotonic() - began) * 1000


def hostile_text(folder: Path, tree: str) -> str:
    with served(folder, tree, BOT_STORE="memory://") as server:
        server.says(QUESTION, "other")
        quietly(lambda: server.says("四川" + " " * 9_000 + "在哪", "sender"))
        time.sleep(0.1)
        longest = max(waited_ms(lambda: server.get("/healthz")) for _ in range(5))
    return f"/healthz waited {longest:.0f} ms (given up after 10 s)"


def many_long_texts(folder: Path, tree: str) -> str:
    with served(folder, tree) as server:
        server.says(QUESTION, "other")
        with sixteen(server.port, "请问在哪里注册" * 1400, "127.0.0.1"):
            time.sleep(1)
            took = [waited_ms(lambda: server.says(QUESTION, "other")) for _ in range(10)]
    return f"another person's median {statistics.median(took):.0f}, longest {max(took):.0f} ms"


def half_requests(folder: Path, tree: str) -> str:
    with served(folder, tree) as server, ExitStack() as stack:
        lines = []
        for _ in range(500):
            line = socket.create_connection(("127.0.0.1", server.port), 10)
            stack.callback(line.close)
            with contextlib.suppress(OSError):
                line.sendall(HALF)
            lines.append(line)
        time.sleep(14)
        still = sum(not has_ended(line) for line in lines)
    return f"{still} of 500 half requests open after 14 s"


def has_ended(line: socket.socket) -> bool:
    line.settimeout(0.001)
    try:
        while line.recv(65536):
            pass
    except TimeoutError:
        return False
    except OSError:
        pass
    return True


def group_under_429(folder: Path, tree: str) -> str:
    folder.mkdir(parents=True)
    with BotApi() as api, on_the_line(api, folder, PYTHONPATH=tree):
        people = [api.user(f"人{n}") for n in range(300)]
        group = api.group("群", *people)
        api.refuse("sendMessage", retry_after=8, times=2, chat_id=group.id)
        for person in people:
            person.says(f"@{api.username} {QUESTION}", group)
        api.wait(lambda: any(call.status == 429 for call in api.of("sendMessage")), 30)
        time.sleep(1)
        person, began = api.user(), time.monotonic()
        with contextlib.suppress(AssertionError):
            asks(api, person, QUESTION)
            api.wait(lambda: api.sent(person), 40)
        took = time.monotonic() - began
    return f"a private chat waited {took:.2f} s beside 300 people held twice for 8 s"


def killed_behind_a_webhook(folder: Path, tree: str) -> str:
    folder.mkdir(parents=True)
    with (
        STORES["redis"](folder) as store,
        new_bot() as api,
        pythonpath(tree),
        replicas(api, folder, store) as (first, _),
    ):
        person = api.user()
        held_back(api, person, 25)
        first.process.kill()
        killed = time.monotonic()
        with contextlib.suppress(AssertionError):
            api.wait(lambda: api.sent(person), 60)
        took = time.monotonic() - killed
        count = len(api.sent(person))
    return f"{took:.1f} s from the kill to the reply ({count} sent)"


@contextlib.contextmanager
def pythonpath(tree: str) -> Iterator[None]:
    """For what starts servers without being told of which version."""
    from tests.e2e import test_telegram_replicas as there

    own = there.serving
    there.serving = lambda folder, **more: own(folder, **more | {"PYTHONPATH": tree})  # type: ignore[assignment]
    try:
        yield
    finally:
        there.serving = own


def forgotten_elsewhere(folder: Path, tree: str) -> str:
    shared = {
        "BOT_STORE": f"sqlite:///{folder / 'shared.db'}",
        "BOT_JOURNAL": f"sqlite:///{folder / 'journal.db'}",
    }
    with (
        served(folder / "one", tree, **shared) as one,
        served(folder / "other", tree, **shared) as other,
    ):
        for number in range(10):
            one.says("雪豹要坐火箭去吃面", f"p{number}", id="a")
            other.says("/forgetme", f"p{number}", id="b")
        time.sleep(3)
        again = [one.says("雪豹要坐火箭去吃面", f"p{n}", id="a")["text"] for n in range(10)]
    with contextlib.closing(sqlite3.connect(folder / "journal.db")) as kept:
        left = "\n".join(kept.iterdump()).count("雪豹")
    answered = sum("已经删除" not in text for text in again)
    return f"{left} of 10 left in the journal; {answered} of 10 old updates answered again"


SAID = (
    "电话139～1234～5678", "139*1234*5678 找我", "1️⃣3️⃣9️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣",
    "壹叁玖壹贰叁肆伍陆柒捌", "١٣٩١٢٣٤٥٦٧٨", "我是张伟", "联系人：李晓红", "wx zhangwei88",
    "微 信 zhangwei88", "a[at]example.com",
)  # fmt: skip
"""Made up, in the ways that were found to come through."""


def scrubbed(folder: Path, tree: str) -> str:
    program = (
        "import sys; from bot.storage.scrubbing import scrub\n"
        "print(sum(scrub(line) == line for line in sys.stdin.read().split('|')))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tree,
        env=os.environ | {"PYTHONPATH": tree, "PYTHONUTF8": "1"},
        input="|".join(SAID),
        capture_output=True,
        text=True,
        check=True,
    )
    return f"{ran.stdout.strip()} of {len(SAID)} unchanged"


def logged(folder: Path, tree: str) -> str:
    folder.mkdir(parents=True)
    with (
        BotApi() as api,
        on_the_line(api, folder, PYTHONPATH=tree, BOT_LOG_LEVEL="debug") as server,
    ):
        asks(api, api.user(), f"雪豹写的话，{QUESTION}")
        time.sleep(0.5)
        log = server.log.read_text("utf-8")
    forms = ("雪豹", "雪豹".encode("unicode_escape").decode())
    return f"{sum(any(f in line for f in forms) for line in log.splitlines())} lines with words"


def foreign_page(folder: Path, tree: str) -> str:
    folder.mkdir(parents=True)
    with BotApi() as api, on_the_line(api, folder, "ptb", "polling", PYTHONPATH=tree):
        pass
    settings = {"BOT_TELEGRAM__MODE": "webhook", "BOT_TELEGRAM__WEBHOOK_URL": "http://127.0.0.1:9/"}
    with BotApi() as api:
        settings |= {"BOT_TELEGRAM__TOKEN": api.token, "BOT_TELEGRAM__API_URL": api.url}
        with served(folder, tree, **settings) as server:
            headers = {"Content-Type": "text/plain", "Origin": "https://evil.example"}
            url = f"http://127.0.0.1:{server.port}/webhooks/telegram"
            body = b'{"update_id": 1}'
            request = urllib.request.Request(url, body, headers | {"Host": "evil.example"})
            try:
                status = urllib.request.urlopen(request, timeout=10).status
            except HTTPError as refused:
                status = refused.code
    return f"a page's text/plain from another origin: {status}"


def small_holes(folder: Path, tree: str) -> str:
    with served(folder, tree) as server:
        server.says(QUESTION, "one")
        mode = (folder / "bot.db").stat().st_mode & 0o777
        told = stopping(server)
    return f"database 0{mode:o}; /readyz while stopping: {told}"


def stopping(server: Server) -> str:
    server.process.terminate()
    statuses = set()
    while server.process.poll() is None:
        try:
            statuses.add(server.get("/readyz").status)
        except OSError:
            break
    return "503" if 503 in statuses else "never 503"


def supply(folder: Path, tree: str) -> str:
    at = Path(tree)
    pinned = (at / "requirements-build.lock").exists()
    audit = "audit:" in (at / "Makefile").read_text("utf-8")
    base = re.search(r"^ARG BASE", (at / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    return (
        f"what builds is {'' if pinned else 'not '}pinned by hash, "
        f"{'an' if audit else 'no'} audit, "
        f"the base image can {'' if base else 'not '}be given by digest"
    )


def cache_folder(folder: Path, tree: str) -> str:
    """The cache is a link to a folder that everybody may write to."""
    elsewhere, cache = folder / "elsewhere", folder / "cache"
    for one in (elsewhere, cache):
        one.mkdir(parents=True)
    elsewhere.chmod(0o777)
    (cache / "zhuce").symlink_to(elsewhere)
    with served(folder / "one", tree, XDG_CACHE_HOME=str(cache)):
        time.sleep(3)
    count = sum(path.is_file() for path in elsewhere.rglob("*"))
    return f"through a link, into a folder of everybody: {count} files of the cache"


PROBES: dict[str, Probe] = {
    "1 a hostile text": hostile_text,
    "2 sixteen connections with long texts": many_long_texts,
    "2 half requests": half_requests,
    "3 a group under 429": group_under_429,
    "4 a kill behind a webhook": killed_behind_a_webhook,
    "5 forgetting at another process": forgotten_elsewhere,
    "6 personal data past the scrubber": scrubbed,
    "7 the log at DEBUG": logged,
    "8 the cache folder": cache_folder,
    "9 a page in a browser": foreign_page,
    "10 files, stopping": small_holes,
    "11 supply chain": supply,
}


@pytest.mark.parametrize("name", PROBES)
def test_what_was_found_is_gone(name: str, tmp_path: Path, figures: Callable[[str], None]) -> None:
    found = {when: PROBES[name](tmp_path / when, tree) for when, tree in TREES.items()}
    figures(f"| {name} | {found['before']} | {found['now']} |")
    assert found["now"]
