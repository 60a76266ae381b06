"""`zhuce serve` on DingTalk, Feishu and QQ at once: the same facts, and through a death."""

from __future__ import annotations

import os
import signal
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
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
from tests.e2e.tencent.loopback import Loopback, shared_client
from tests.e2e.test_serve import Server, serving
from tests.e2e.test_tencent import PERHAPS, PORTAL, QUESTION, QUESTION_BELOW, TALK, doctor
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
    answer = shared_client().post(url, content=made.body, headers=dict(made.headers))
    return answer.status_code


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


# Minutes, so only in the soak

SOAK = pytest.mark.skipif(
    os.environ.get("BOT_TEST_SOAK") != "1", reason="minutes of load: set BOT_TEST_SOAK=1"
)
RATE, SECONDS = 50, 20
PEOPLE = [f"ou_{number}" for number in range(RATE * SECONDS)]


@dataclass(frozen=True)
class Crowd:
    """Many people on one platform; `tell` returns whether it was acknowledged."""

    platform: DingTalk | Feishu | Qq
    settings: Mapping[str, str]
    tell: Callable[[str, str], bool]

    def counts(self, people: Sequence[str], words: str = PORTAL) -> list[int]:
        """How often each was shown a text with these words: the answer."""
        return [sum(words in text for text in self.platform.seen.get(user, [])) for user in people]

    def wait_for(self, people: Sequence[str]) -> None:
        self.platform.wait(lambda: all(self.platform.seen.get(user) for user in people), 60)


@contextmanager
def crowd(name: str, port: int) -> Iterator[Crowd]:
    """DingTalk by Stream, the others by calls."""
    if name == "dingtalk":
        with DingTalk(members={*PEOPLE}) as stream:
            yield Crowd(stream, stream.settings(), partial(_streamed, stream))
        return
    with Feishu(members={*PEOPLE}) if name == "feishu" else Qq() as platform:

        def tell(user: str, words: str) -> bool:
            made = platform.request(platform.message(user, words))
            return posted(made, port, name) == 200

        yield Crowd(platform, platform.settings(port), tell)


def _streamed(platform: DingTalk, user: str, words: str) -> bool:
    number = platform.delivers(platform.message(user, words))
    try:
        platform.wait(lambda: number in platform.acknowledged, 10)
    except AssertionError:
        return False
    return True


@SOAK
@pytest.mark.parametrize("name", ["dingtalk", "feishu", "qq"])
def test_what_was_acknowledged_before_a_death_is_shown_after_it(
    brain: Brain, tmp_path: Path, figures: Callable[[str], None], name: str
) -> None:
    """Killed as the fifth of thirty is shown the answer, when others are on their way."""
    port, people = free_port(), PEOPLE[:30]
    taken: list[str] = []
    with crowd(name, port) as there:

        def say(user: str) -> None:
            with suppress(httpx.HTTPError):
                if there.tell(user, QUESTION):
                    taken.append(user)

        with serving(tmp_path, port=port, **there.settings) as server:
            is_connected(there.platform)
            with ThreadPoolExecutor(30) as pool:
                pool.map(say, people)
                there.platform.wait(lambda: len(there.platform.seen) > 4, 30)
                server.process.send_signal(signal.SIGKILL)
            server.process.wait(10)
            owed = [user for user in taken if not there.platform.seen.get(user)]
        with serving(tmp_path, port=port, **there.settings):
            there.wait_for(taken)
            there.platform.wait(quiet(there.platform), 30)
        answered, asked = there.counts(taken), there.counts(taken, PERHAPS)
    told = f"{len(taken)} acknowledged, {len(owed)} of them owed at the kill"
    figures(f"{name}: {told}, {answered.count(2)} answered twice, {sum(asked)} asked about")
    assert set(answered) <= {0, 1}
    assert [one for one in zip(answered, asked, strict=True) if not any(one)] == []
    assert not any(asked) or name == "dingtalk"


def is_connected(platform: object) -> None:
    if isinstance(platform, DingTalk):
        platform.wait(lambda: platform.connections, 30)


@SOAK
@pytest.mark.parametrize("name", ["dingtalk", "feishu", "qq"])
def test_fifty_messages_a_second_are_answered_in_time(
    brain: Brain, tmp_path: Path, figures: Callable[[str], None], name: str
) -> None:
    """How fast is counted, not asserted; from the delivery until the platform has the answer."""
    port, took = free_port(), dict[str, float]()
    with crowd(name, port) as there, serving(tmp_path, port=port, **there.settings):
        is_connected(there.platform)

        def ask(user: str) -> None:
            begun = time.monotonic()
            assert there.tell(user, QUESTION)
            there.wait_for([user])
            took[user] = time.monotonic() - begun

        ask("ou_0")
        before = os.getloadavg()[0]
        with ThreadPoolExecutor(48) as pool:
            begun = time.monotonic()
            for number, user in enumerate(PEOPLE[1:]):
                time.sleep(max(0.0, begun + number / RATE - time.monotonic()))
                pool.submit(ask, user)
        counts = there.counts(PEOPLE)
    assert set(counts) == {1}
    cuts = statistics.quantiles(took.values(), n=100)
    told = f"p50 {cuts[49] * 1000:.0f} ms, p99 {cuts[98] * 1000:.0f} ms"
    figures(f"{name}: {RATE} a second for {SECONDS} s, load {before:.1f}: {told}")
