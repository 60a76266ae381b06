"""`zhuce serve` on WeChat, WeCom and a robot at once: the same facts, fast, and through a death."""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.app import Brain
from tests.e2e.tencent import RobotGateway, WeChat, WeCom, robot, wechat, wecom
from tests.e2e.tencent.readers import plain
from tests.e2e.test_serve import Server, environment, serving
from tests.workers import free_port

SOAK = os.environ.get("BOT_TEST_SOAK") == "1"
SECONDS = 60 if SOAK else 4
RATE = 50
QUESTION = "四川二建在哪注册"
PORTAL = "https://www.sczwfw.gov.cn/"
PERHAPS = "可能已经发过了"
"""What is said instead of an answer that perhaps arrived."""
QUESTION_BELOW = "\n\n（有用 / 没解决？回这几个字告诉我）"
"""Where the page has buttons."""
TRANSCRIPTS = Path(__file__).parents[1] / "contract" / "transcripts.yaml"
[TALK] = [
    one["says"]
    for one in yaml.safe_load(TRANSCRIPTS.read_text("utf-8"))
    if one["name"] == "the one transcript"
]
"""Also over the terminal (tests/contract/test_adapters.py) and both Telegram libraries."""
SECRETS = (wechat.TOKEN, wechat.AES_KEY, wechat.SECRET, wecom.SECRET, robot.SECRET, "-canary")


@dataclass(frozen=True)
class Everywhere:
    wechat: WeChat
    wecom: WeCom
    robot: RobotGateway
    server: Server
    folder: Path
    settings: dict[str, str]


@pytest.fixture(scope="module")
def everywhere(brain: Brain, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Everywhere]:
    folder, port = tmp_path_factory.mktemp("tencent"), free_port()
    with WeChat(is_verified=True) as one, WeCom() as two, RobotGateway() as three:
        settings = one.settings(port) | two.settings(port) | three.settings()
        settings |= {"BOT_WECHAT__MENU": "on", "BOT_LOG_LEVEL": "debug"}
        with serving(folder, port=port, **settings) as server:
            three.wait(lambda: three.connections, 30)
            yield Everywhere(one, two, three, server, folder, settings)


def test_one_transcript_says_the_same_everywhere(everywhere: Everywhere) -> None:
    there = everywhere
    told = {
        "WeChat": [there.wechat.asks("reader", text) for text in TALK],
        "WeCom": [there.wecom.asks("xiaowang", text) for text in TALK],
        "robot": [plain(there.robot.asks("xiaowang", text)) for text in TALK],
    }
    replies = [there.server.says(text, "tencent") for text in TALK]
    expected = [reply["text"] for reply in replies]
    asked = [QUESTION_BELOW in text for text in told["WeChat"]]
    assert asked == [bool(reply["ratings"]) for reply in replies]
    assert any(asked)
    same = {
        name: [one.replace(QUESTION_BELOW, "") for one in texts] for name, texts in told.items()
    }
    assert {name: texts for name, texts in same.items() if texts != expected} == {}
    assert PORTAL in expected[0]
    assert PORTAL in expected[-1]


def test_the_consoles_are_answered_and_the_menu_leads_to_answers(everywhere: Everywhere) -> None:
    assert everywhere.wechat.verify() == "5837402"
    assert everywhere.wecom.verify() == "5837402"
    assert everywhere.wechat.menu
    first, *_ = everywhere.wechat.menu["button"]
    assert "请问是哪个" in everywhere.wechat.clicks("menu", first["key"])


def test_the_doctor_finds_nothing_wrong_and_shows_no_secret(everywhere: Everywhere) -> None:
    told = doctor(everywhere)
    about = [line for line in told.splitlines() if "公众号" in line or "企业微信" in line]
    assert any(everywhere.wechat.callback in line and "签名对得上" in line for line in about)
    assert any(everywhere.wecom.callback in line and "签名对得上" in line for line in about)
    assert any("AppSecret 有效" in line for line in about)
    assert any("Secret 有效" in line and "注册问答" in line for line in about)
    assert any("连得上（没有登录" in line for line in about)
    assert [line for line in about if line.startswith("✗") and "端口" not in line] == []
    assert [one for one in SECRETS if one in told] == []


def test_the_doctor_says_what_to_mend(everywhere: Everywhere) -> None:
    told = doctor(
        everywhere,
        BOT_WECHAT__TOKEN="another",
        BOT_WECHAT__SECRET="wrong",
        BOT_WECOM__SECRET="wrong",
        BOT_WECOM__CALLBACK_URL=f"http://127.0.0.1:{free_port()}/webhooks/wecom",
        BOT_WECOM_ROBOT__URL=f"ws://127.0.0.1:{free_port()}",
    )
    for words in ("签名对不上", "40125", "40001", "连不上（ConnectError）", "443 端口"):
        assert words in told, told


def doctor(there: Any, **more: str) -> str:
    given = environment(there.folder, 0, **there.settings | more)
    command = [sys.executable, "-m", "bot", "doctor"]
    found = subprocess.run(
        command, cwd=there.folder, env=given, capture_output=True, check=False, timeout=120
    )
    assert found.returncode in (0, 1), found.stderr.decode()
    return found.stdout.decode()


def test_fifty_messages_a_second_are_answered_in_time(
    everywhere: Everywhere, figures: Callable[[str], None]
) -> None:
    """How fast is counted, not asserted; everybody has to get the answer within three tries."""
    took: list[float] = []
    told: list[str] = []

    def ask(number: int) -> None:
        begun = time.monotonic()
        told.append(everywhere.wechat.asks(f"crowd{number}", QUESTION))
        took.append(time.monotonic() - begun)

    with ThreadPoolExecutor(32) as people:
        begun = time.monotonic()
        for number in range(RATE * SECONDS):
            time.sleep(max(0.0, begun + number / RATE - time.monotonic()))
            people.submit(ask, number)
    assert [text for text in told if PORTAL not in text] == []
    assert len(told) == RATE * SECONDS
    cuts = statistics.quantiles(took, n=100)
    figures(f"{RATE} a second: p50 {cuts[49] * 1000:.0f} ms, p99 {cuts[98] * 1000:.0f} ms")


def test_no_log_line_holds_a_secret_or_a_word(everywhere: Everywhere) -> None:
    log = everywhere.server.log.read_text(encoding="utf-8")
    assert [one for one in (*SECRETS, QUESTION, "天气") if one in log] == []


def test_what_was_acknowledged_before_a_death_is_sent_after_it(
    brain: Brain, tmp_path: Path, figures: Callable[[str], None]
) -> None:
    """Killed as the fourth of them is sent the answer, when others are on their way."""
    port, people = free_port(), [f"member{n}" for n in range(20)]
    with WeCom(members=set(people)) as platform:
        settings = platform.settings(port)
        taken: list[str] = []

        def shown(user: str) -> int:
            return sent(platform, user) + sent(platform, user, PERHAPS)

        with serving(tmp_path, port=port, **settings) as server:
            platform.asks(people[0], "谢谢")

            def say(user: str) -> None:
                [*_, last] = platform.pushes(platform.message(user, "text", Content=QUESTION))
                if last is not None and last.status_code == 200:
                    taken.append(user)

            sayers = [threading.Thread(target=say, args=(user,)) for user in people]
            for sayer in sayers:
                sayer.start()
            platform.wait(lambda: sum(sent(platform, user) for user in people) > 3, 20)
            server.process.send_signal(signal.SIGKILL)
            server.process.wait(10)
            for sayer in sayers:
                sayer.join(30)
        with serving(tmp_path, port=port, **settings):
            platform.wait(lambda: all(shown(user) for user in taken), 30)
            platform.settle()
        counts = [sent(platform, user) for user in taken]
        asked = sum(sent(platform, user, PERHAPS) for user in taken)
        told = f"{len(taken)} acknowledged, {counts.count(2)} answered twice, {asked} asked about"
        figures(told)
        assert taken
        assert set(counts) <= {0, 1}


def sent(platform: WeCom, user: str, words: str = PORTAL) -> int:
    return sum(words in text for text in platform.seen.get(user, []))


def test_two_replicas_share_a_token_and_an_outbox(brain: Brain, tmp_path: Path) -> None:
    ports = [free_port(), free_port()]
    with WeCom() as platform:
        given = platform.settings(ports[0])
        with (
            serving(tmp_path, port=ports[0], **given) as first,
            serving(tmp_path, port=ports[1], **given),
        ):
            said = platform.message("xiaowang", "text", Content=QUESTION)
            for port in (*ports, *ports):
                platform.callback = f"http://127.0.0.1:{port}/webhooks/wecom"
                assert platform.pushes(said)[-1]
            for port in ports:
                platform.callback = f"http://127.0.0.1:{port}/webhooks/wecom"
                assert platform.asks("xiaoli", "谢谢")
            platform.settle()
        assert first.process.returncode is not None
    assert sent(platform, "xiaowang") == 1
    assert len(platform.tokens) == 1
    assert [call for call in platform.calls if call.outcome.get("errcode") == 42001] == []
