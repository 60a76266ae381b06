"""`zhuce doctor` as an operator runs it: what it finds, and that it shows no secret."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.bot_api import BotApi
from tests.e2e.test_serve import environment
from tests.unit.cli.running import Ran, run_here

URL = "https://bot.example.cn/webhooks/telegram"


@pytest.fixture(scope="module")
def api() -> Iterator[BotApi]:
    with BotApi() as running:
        yield running


Examined = Callable[..., Ran]


@pytest.fixture
def examined(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Examined:
    """`zhuce doctor` with these settings, in this process: a start of its own takes seconds."""
    run = run_here(monkeypatch, capsys)
    monkeypatch.chdir(tmp_path)

    def examine(*options: str, **more: str) -> Ran:
        for name, value in environment(tmp_path, 8080, **more).items():
            monkeypatch.setenv(name, value)
        return run("doctor", *options)

    return examine


def on_telegram(api: BotApi, **more: str) -> dict[str, str]:
    return {"BOT_TELEGRAM__TOKEN": api.token, "BOT_TELEGRAM__API_URL": api.url, **more}


def findings(examined: Examined, **more: str) -> tuple[int, dict[str, list[tuple[str, str]]]]:
    ran = examined("--json", **more)
    found: dict[str, list[tuple[str, str]]] = {}
    for row in ran.reply["findings"]:
        found.setdefault(row["about"], []).append((row["state"], row["text"]))
    return ran.code, found


def test_without_telegram_all_is_well(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "bot", "doctor"],
        cwd=tmp_path,
        env=environment(tmp_path, 8080),
        capture_output=True,
        timeout=60,
        check=False,
        encoding="utf-8",
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "✓ 知识包：二级建造师注册" in ran.stdout
    assert "✓ 会话库：sqlite 可以读写" in ran.stdout
    assert "· Telegram：没有令牌，不启动" in ran.stdout
    assert "✗" not in ran.stdout


def test_limits_in_force_are_named_and_what_is_unlimited_is_noted(examined: Examined) -> None:
    _, found = findings(examined)
    [(state, told)] = found["限制"]
    assert state == "well"
    for words in ("一个地址 300/minute", "一个会话 30/minute", "同时等着回答的 64 条", "900 个"):
        assert words in told
    unlimited = {"BOT_HTTP__ADDRESS_RATE": "", "BOT_HTTP__CONNECTIONS": "9999999"}
    _, found = findings(examined, **unlimited)
    notes = [text for state, text in found["限制"] if state == "note"]
    assert ["一个地址不限" in notes[0], "不够 9999999 个连接" in notes[1]] == [True, True]


@pytest.mark.parametrize("library", ["ptb", "aiogram"])
def test_a_good_token_is_told_with_what_the_bot_may_see(
    examined: Examined, api: BotApi, library: str
) -> None:
    code, found = findings(examined, **on_telegram(api, BOT_TELEGRAM__LIBRARY=library))
    assert code == 0
    assert found["令牌"] == [("well", "有效，机器人是 @zhuce_bot")]
    assert found["群隐私"][0][1].startswith("开着")
    assert found["内联"] == [("well", "开着：在任何聊天里都能 @ 它查询")]
    assert found["webhook"] == [("well", "没有登记，可以主动取消息")]


def test_a_bad_token_is_a_problem_with_its_remedy(examined: Examined, api: BotApi) -> None:
    ran = examined(**on_telegram(api, BOT_TELEGRAM__TOKEN="123456:canary-canary-canary"))
    assert ran.code == 1
    assert "✗ 令牌：Telegram 不认它\n    → 到 @BotFather" in ran.out
    assert "canary" not in ran.out + ran.err


def test_a_server_out_of_reach_is_a_problem(examined: Examined) -> None:
    more = {
        "BOT_TELEGRAM__TOKEN": "123456:canary-canary",
        "BOT_TELEGRAM__API_URL": "http://[::1]:9",
    }
    ran = examined(**more)
    assert ran.code == 1
    assert "✗ 连接：连不上 http://[::1]:9" in ran.out
    assert "canary" not in ran.out + ran.err


@pytest.mark.parametrize(("library", "kind"), [("ptb", "http"), ("aiogram", "socks5")])
def test_a_proxy_out_of_reach_is_a_problem_and_its_password_stays_hidden(
    examined: Examined, api: BotApi, library: str, kind: str
) -> None:
    proxy = {"BOT_TELEGRAM__PROXY": f"{kind}://me:canary-word@127.0.0.1:9"}
    ran = examined(**on_telegram(api, BOT_TELEGRAM__LIBRARY=library, **proxy))
    assert ran.code == 1
    assert "✗ 连接" in ran.out
    assert "canary" not in ran.out + ran.err


def test_a_webhook_that_fails_and_is_unguarded_is_a_problem(
    examined: Examined, api: BotApi
) -> None:
    code, found = findings(
        examined, **on_telegram(api, BOT_TELEGRAM__MODE="webhook", BOT_TELEGRAM__WEBHOOK_URL=URL)
    )
    assert code == 1
    assert found["webhook"] == [
        ("note", "Telegram 那里登记的是 （没有）"),
        ("problem", "没有密语，能访问这个地址的人都可以冒充 Telegram"),
    ]


def test_settings_are_shown_without_their_secrets(examined: Examined) -> None:
    proxy = "socks5://me:canary@127.0.0.1:9"
    ran = examined("--json", BOT_HTTP__KEY="canary-canary-canary", BOT_TELEGRAM__PROXY=proxy)
    shown: dict[str, Any] = ran.reply["settings"]
    assert shown["BOT_HTTP__KEY"] == "（已设置，不显示）"
    assert shown["BOT_TELEGRAM__PROXY"] == "（已设置，不显示）"
    assert shown["BOT_TELEGRAM__LIBRARY"] == "ptb"
    assert "canary" not in ran.out + ran.err


def test_a_broken_pack_and_a_store_out_of_reach_are_told_together(
    examined: Examined, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    code, found = findings(
        examined,
        BOT_KNOWLEDGE=str(tmp_path / "gone"),
        BOT_STORE=f"sqlite:///{tmp_path}/file/bot.db",
    )
    assert code == 1
    assert [found[about][0][0] for about in ("知识包", "会话库")] == ["problem", "problem"]


def test_the_last_error_of_a_webhook_counts_while_updates_wait() -> None:
    from bot.adapters.telegram.examination import webhook

    info = {"url": URL, "pending_update_count": 3, "last_error_date": time.time() - 30}
    told = [str(one) for one in webhook(info | {"last_error_message": "Connection refused"}, URL)]
    assert told[1].startswith("✗ webhook：最近送不到：Connection refused\n    → 检查域名")
