"""Two processes behind one webhook: each reply is sent once, also after a death.

Both have the same store and the same address for Telegram, which is that of the first; the second
only sends what is left.
"""

from __future__ import annotations

import os
import secrets
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tests.e2e.bot_api import BotApi, User
from tests.e2e.telegram import SECRET, words
from tests.e2e.test_serve import Server, serving
from tests.servers import STORES
from tests.workers import free_port

ON_SERVERS = ("postgres", "redis")
QUESTION, ANSWER = "四川二建在哪注册", "四川政务服务网"
LATEST_S = 8.0


@contextmanager
def replicas(api: BotApi, folder: Path, store: str) -> Iterator[tuple[Server, Server]]:
    ports = free_port(), free_port()
    settings = {
        "BOT_TELEGRAM__TOKEN": api.token,
        "BOT_TELEGRAM__API_URL": api.url,
        "BOT_TELEGRAM__MODE": "webhook",
        "BOT_TELEGRAM__WEBHOOK_URL": f"http://127.0.0.1:{ports[0]}/webhooks/telegram",
        "BOT_TELEGRAM__WEBHOOK_SECRET": SECRET,
        "BOT_STORE": store,
        "BOT_JOURNAL": "",
    }
    folders = folder / "one", folder / "other"
    for one in folders:
        one.mkdir(parents=True)
    with (
        serving(folders[0], port=ports[0], **settings) as first,
        serving(folders[1], port=ports[1], **settings) as other,
    ):
        api.wait(lambda: len(api.of("setWebhook")) == 2)
        time.sleep(1.5)
        yield first, other


def new_bot() -> BotApi:
    """A bot of its own: what stores on servers hold of other tests is not for it."""
    return BotApi(
        token=f"{100_000_000 + secrets.randbelow(800_000_000)}:a-token-of-the-replicas-test"
    )


def told(api: BotApi, person: User) -> list[str]:
    return [words(message) for message in api.sent(person)]


def held_back(api: BotApi, person: User, seconds: int, times: int = 1) -> None:
    """The person asks, and the first process is told to wait before it answers."""
    api.refuse("sendMessage", retry_after=seconds, times=times, chat_id=person.chat.id)
    person.says(QUESTION)
    api.wait(lambda: any(call.status == 429 for call in api.of("sendMessage")))


Scenario = Callable[[str, Path], None]


def on_each_server(scenario: Scenario, folder: Path) -> None:
    """Run it over every kind of server at once: most of the time it waits."""
    with ThreadPoolExecutor(len(ON_SERVERS)) as pool:
        runs = [pool.submit(scenario, name, folder / name) for name in ON_SERVERS]
    for run in runs:
        run.result()


def test_what_one_process_holds_for_long_no_other_sends(tmp_path: Path) -> None:
    on_each_server(held_for_long, tmp_path)


def held_for_long(name: str, tmp_path: Path) -> None:
    with (
        STORES[name](tmp_path) as store,
        new_bot() as api,
        replicas(api, tmp_path, store),
    ):
        person = api.user()
        held_back(api, person, 6, times=2)
        time.sleep(14)
        assert len(told(api, person)) == 1
        assert ANSWER in told(api, person)[0]


def test_what_a_killed_process_held_another_sends_soon_and_once(
    tmp_path: Path, figures: Callable[[str], None]
) -> None:
    on_each_server(partial(held_by_a_killed_one, figures), tmp_path)


def held_by_a_killed_one(figures: Callable[[str], None], name: str, tmp_path: Path) -> None:
    with (
        STORES[name](tmp_path) as store,
        new_bot() as api,
        replicas(api, tmp_path, store) as (first, _),
    ):
        person = api.user()
        held_back(api, person, 25)
        first.process.kill()
        killed = time.monotonic()
        api.wait(lambda: told(api, person), LATEST_S + 2)
        took = time.monotonic() - killed
        time.sleep(1)
        assert len(told(api, person)) == 1
    figures(f"{name}: {took:.1f} s from the kill to the reply")
    assert took <= LATEST_S


def test_a_process_that_slept_sends_nothing_that_another_has_sent(tmp_path: Path) -> None:
    on_each_server(held_by_one_that_slept, tmp_path)


def held_by_one_that_slept(name: str, tmp_path: Path) -> None:
    with (
        STORES[name](tmp_path) as store,
        new_bot() as api,
        replicas(api, tmp_path, store) as (first, _),
    ):
        person = api.user()
        held_back(api, person, 2)
        os.kill(first.process.pid, signal.SIGSTOP)
        api.wait(lambda: told(api, person), 10)
        os.kill(first.process.pid, signal.SIGCONT)
        time.sleep(4)
        assert len(told(api, person)) == 1
