"""`zhuce serve` on DingTalk, Feishu and QQ at once: the same facts, and through a death."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.app import Brain
from bot.plugins import Request
from tests.e2e import dingtalk, feishu, qq
from tests.e2e.dingtalk import DingTalk
from tests.e2e.feishu import Feishu
from tests.e2e.qq import Qq
from tests.e2e.tencent.loopback import Loopback
from tests.e2e.test_serve import Server, serving
from tests.e2e.test_tencent import PORTAL, QUESTION, QUESTION_BELOW, TALK, doctor
from tests.workers import free_port

SECRETS = (dingtalk.SECRET, feishu.SECRET, feishu.KEY, qq.SECRET, "-canary", QUESTION)


@dataclass(frozen=True)
class Everywhere:
    dingtalk: DingTalk
    feishu: Feishu
    qq: Qq
    server: Server
    folder: Path
    settings: Mapping[str, str]

    def asks(self, platform: Any, user: str, text: str) -> str:
        """What is written to a person after saying something over the callback address."""
        made = platform.request(platform.message(user, text))
        name = type(platform).__name__.lower()
        return str(platform.after(user, lambda: posted(made, self.server.port, name)))


def quiet(platform: Loopback) -> Callable[[], bool]:
    """Tell whether nothing has been called for a moment."""
    seen = [0, 0.0]

    def is_quiet() -> bool:
        if seen[0] != len(platform.calls):
            seen[:] = [len(platform.calls), time.monotonic()]
        return time.monotonic() - seen[1] > 0.3

    return is_quiet


def posted(made: Request, port: int, name: str) -> int:
    url = f"http://127.0.0.1:{port}/webhooks/{name}"
    return httpx.post(url, content=made.body, headers=dict(made.headers), timeout=10).status_code


@pytest.fixture(scope="module")
def there(brain: Brain, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Everywhere]:
    folder, port = tmp_path_factory.mktemp("platforms"), free_port()
    with DingTalk() as one, Feishu() as two, Qq() as three:
        settings = one.settings() | two.settings(port) | three.settings(port)
        settings["BOT_LOG_LEVEL"] = "debug"
        two.is_idle = quiet(two)  # a card comes behind its text
        with serving(folder, port=port, **settings) as server:
            one.wait(lambda: one.connections, 30)
            yield Everywhere(one, two, three, server, folder, settings)


def test_one_transcript_says_the_same_everywhere(there: Everywhere) -> None:
    told = {
        "DingTalk": [there.dingtalk.asks("xiaowang", text) for text in TALK],
        "Feishu": [there.asks(there.feishu, "ou_wang", text) for text in TALK],
        "QQ": [there.asks(there.qq, "reader", text) for text in TALK],
    }
    expected = [there.server.says(text, "platforms")["text"] for text in TALK]
    same = {name: [one.replace(QUESTION_BELOW, "") for one in all_] for name, all_ in told.items()}
    assert {name: texts for name, texts in same.items() if texts != expected} == {}


def test_the_doctor_and_the_log_show_what_is_wrong_and_no_secret(there: Everywhere) -> None:
    told = doctor(there)
    for words in (
        "钉钉：Client ID 和 Client Secret 有效",
        "机器人是“注册问答”，已启用",
        "QQ：AppID 和 AppSecret 有效",
    ):
        assert words in told
    assert told.count("能收到，签名对得上") == 2
    wrong = doctor(
        there, BOT_DINGTALK__CLIENT_SECRET="x", BOT_FEISHU__APP_SECRET="x", BOT_QQ__APP_SECRET="x"
    )
    for words in ("invalidClientIdOrSecret", "10014", "100007", "签名对不上"):
        assert words in wrong
    log = there.server.log.read_text(encoding="utf-8")
    assert [one for one in SECRETS if one in log or one in told] == []


@pytest.mark.skipif(os.environ.get("BOT_TEST_SOAK") != "1", reason="starts three processes")
def test_what_was_acknowledged_before_a_death_is_shown_once_after_it(
    brain: Brain, tmp_path: Path, figures: Callable[[str], None]
) -> None:
    port, people = free_port(), [f"ou_{number}" for number in range(30)]
    with Feishu(members=set(people)) as platform:
        settings, taken = platform.settings(port), []
        with serving(tmp_path, port=port, **settings) as server:
            for user in people:
                made = platform.request(platform.message(user, QUESTION))
                if posted(made, port, "feishu") == 200:
                    taken.append(user)
            server.process.send_signal(signal.SIGKILL)
            server.process.wait(10)
        with serving(tmp_path, port=port, **settings):
            platform.wait(lambda: all(platform.seen.get(user) for user in taken), 30)
        counts = [sum(PORTAL in text for text in platform.seen[user]) for user in taken]
    figures(f"{len(taken)} acknowledged, {counts.count(2)} shown twice")
    assert set(counts) == {1}
