"""What goes wrong between the bot and Telegram, and that nobody notices."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.bot_api import BotApi
from tests.e2e.conftest import Line
from tests.e2e.telegram import LIBRARIES, SECRET, asks, on_the_line, seen_since, stopped, words
from tests.e2e.test_serve import Server, refused

QUESTION = "四川二建在哪注册"
ANSWER = "四川政务服务网"


@pytest.fixture(scope="module", params=LIBRARIES)
def polling(request: pytest.FixtureRequest, lines: Callable[[str, str], Line]) -> BotApi:
    return lines(request.param, "polling")[0]


def heard(api: BotApi, within_s: float = 10.0) -> list[str]:
    """What a new person is told, who asks where to register in Sichuan."""
    person, before = api.user(), len(api.calls)
    person.says(QUESTION)
    return seen_since(api, person, before, within_s)


def test_429_is_obeyed_to_the_second(polling: BotApi) -> None:
    person, begun = polling.user(), time.monotonic()
    polling.refuse("sendMessage", retry_after=1, chat_id=person.chat.id)
    [told] = asks(polling, person, QUESTION)
    assert ANSWER in told
    assert time.monotonic() - begun >= 1


@pytest.mark.parametrize(
    ("kind", "times"), [("drop before", 2), ("garble", 2)], ids=["broken connection", "no JSON"]
)
def test_a_call_that_had_no_effect_is_repeated(polling: BotApi, kind: str, times: int) -> None:
    polling.trouble(kind, "sendMessage", times=times)
    [told] = heard(polling)
    assert ANSWER in told


def test_a_server_error_is_repeated(polling: BotApi) -> None:
    polling.refuse("sendMessage", 502, "Bad Gateway", times=2)
    [told] = heard(polling)
    assert ANSWER in told


def test_a_lost_answer_to_a_call_may_double_and_never_loses(polling: BotApi) -> None:
    polling.trouble("drop after", "sendMessage")
    person = polling.user()
    person.says(QUESTION)
    polling.wait(lambda: len(polling.sent(person)) == 2)
    assert all(ANSWER in words(message) for message in polling.sent(person))


def test_somebody_who_has_blocked_the_bot_stops_nobody_else(polling: BotApi) -> None:
    gone = polling.user()
    gone.says("/start")
    gone.blocks()
    gone.says(QUESTION)
    assert ANSWER in heard(polling)[0]


def test_fetching_goes_on_after_a_conflict(polling: BotApi) -> None:
    polling.another_poller_comes()
    assert ANSWER in heard(polling)[0]


def test_fetching_goes_on_after_server_errors(polling: BotApi) -> None:
    polling.refuse("getUpdates", 502, "Bad Gateway", times=1)
    heard(polling)
    assert ANSWER in heard(polling, 15)[0]


def test_a_server_that_was_away_is_found_again(polling: BotApi) -> None:
    polling.stop()
    time.sleep(0.3)
    polling.start()
    assert ANSWER in heard(polling, 20)[0]


@pytest.fixture(scope="module")
def webhook(lines: Callable[[str, str], Line]) -> Line:
    return lines("ptb", "webhook")


def posted(server: Server, body: bytes, secret: str | None = SECRET) -> int:
    headers = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}
    return posted_with(server, body, headers)


def posted_with(server: Server, body: bytes, headers: dict[str, str]) -> int:
    address = f"http://127.0.0.1:{server.port}/webhooks/telegram"
    request = urllib.request.Request(address, body, headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code
    except urllib.error.URLError as hung_up:
        # A body that is refused by its length need not be read to its end.
        if isinstance(hung_up.reason, BrokenPipeError | ConnectionResetError):
            return 413
        raise


GENUINE = json.dumps({"update_id": 1}).encode()


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", SECRET[:-1]])
def test_a_forged_call_is_refused(webhook: Line, secret: str | None) -> None:
    assert posted(webhook[1], GENUINE, secret) == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(GENUINE, 200, id="an update without content"),
        pytest.param(b'{"update_id": 2, "message": "no object"}', 200, id="a strange message"),
        pytest.param(b'{"update_id": 3, "message": {"chat": 7}}', 200, id="a broken message"),
        pytest.param(b"", 400, id="empty"),
        pytest.param(b"{", 400, id="no JSON"),
        pytest.param(b"\xff\xfe", 400, id="no text"),
        pytest.param(b"[1]", 400, id="no object"),
        pytest.param(b"[" * 50_000, 400, id="deep"),
        pytest.param(b" " * 1_100_000, 413, id="too long"),
    ],
)
def test_nothing_that_is_posted_breaks_it(webhook: Line, body: bytes, status: int) -> None:
    api, server = webhook
    assert posted(server, body) == status
    assert ANSWER in heard(api)[0]


def test_a_webhook_that_somebody_took_away_is_not_needed_to_answer_over_http(
    webhook: Line,
) -> None:
    assert webhook[1].says(QUESTION)["entry"] == "portal-sichuan"


def test_a_webhook_is_registered_with_what_the_bot_understands(webhook: Line) -> None:
    api, server = webhook
    [call] = api.of("setWebhook")
    assert call.params["url"] == f"http://127.0.0.1:{server.port}/webhooks/telegram"
    assert call.params["secret_token"] == SECRET
    assert "guest_message" in call.params["allowed_updates"]
    assert not call.params.get("drop_pending_updates")


def test_a_webhook_without_a_secret_takes_nothing_from_a_page(tmp_path: Path) -> None:
    as_json = {"Content-Type": "application/json"}
    forged = json.dumps({"update_id": 1}).encode()
    with (
        BotApi() as api,
        on_the_line(api, tmp_path, mode="webhook", BOT_TELEGRAM__WEBHOOK_SECRET="") as server,
    ):
        assert ANSWER in heard(api)[0]
        assert posted_with(server, forged, as_json) == 200
        for more in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}):
            assert posted_with(server, forged, as_json | more) == 403
        assert posted_with(server, forged, {"Content-Type": "text/plain"}) == 403


def test_polling_takes_a_webhook_away_and_keeps_what_waited_there(tmp_path: Path) -> None:
    with BotApi() as api:
        api.world.webhook = None
        person = api.user()
        with on_the_line(api, tmp_path, mode="webhook") as server:
            api.wait(lambda: api.of("setWebhook"))
            server.process.kill()
        person.says(QUESTION)
        with on_the_line(api, tmp_path, mode="polling") as server:
            assert ANSWER in seen_since(api, person, 0)[0]
            stopped(server)
        assert api.of("deleteWebhook")[0].ok


def test_the_token_is_in_no_line_of_the_log_at_any_level(line: Line) -> None:
    api, server = line
    heard(api)
    api.trouble("drop before", "sendMessage")
    api.trouble("garble", "sendMessage")
    heard(api)
    api.refuse("sendMessage", 401, "Unauthorized")
    api.user().says(QUESTION)
    api.wait(lambda: 401 in {call.status for call in api.of("sendMessage")})
    log = server.log.read_text(encoding="utf-8")
    assert {json.loads(entry)["level"] for entry in log.splitlines()} >= {"INFO"}
    assert "canary" not in log
    assert SECRET not in log


def test_a_wrong_token_is_said_and_not_shown(tmp_path: Path) -> None:
    with BotApi() as api:
        token = {"BOT_TELEGRAM__TOKEN": "999999:canary-canary-canary-canary-canary"}
        ran = refused(tmp_path, BOT_TELEGRAM__API_URL=api.url, **token)
    told = ran.stdout.decode() + ran.stderr.decode()
    assert ran.returncode == 2, told
    assert "Telegram 不认这个令牌" in told
    assert "canary" not in told
    assert "Traceback" not in told


@pytest.mark.parametrize(
    ("more", "named"),
    [
        pytest.param({}, "BOT_TELEGRAM__WEBHOOK_URL", id="no address"),
        pytest.param(
            {"BOT_TELEGRAM__WEBHOOK_URL": "https://a.example/x", "BOT_HTTP__HOST": "0.0.0.0"},
            "BOT_TELEGRAM__WEBHOOK_SECRET",
            id="no secret, open to all",
        ),
    ],
)
def test_a_webhook_without_what_it_needs_does_not_start(
    tmp_path: Path, more: dict[str, str], named: str
) -> None:
    settings = {"BOT_TELEGRAM__TOKEN": "1:canary", "BOT_TELEGRAM__MODE": "webhook", **more}
    ran = refused(tmp_path, **settings)
    assert ran.returncode == 2
    assert named in ran.stderr.decode()
    assert "Traceback" not in ran.stderr.decode()


def test_without_a_connection_the_web_is_served_all_the_same(tmp_path: Path) -> None:
    api = BotApi()
    with api:
        api.stop()
        with on_the_line(api, tmp_path) as server:
            assert server.says(QUESTION)["entry"] == "portal-sichuan"
            api.start()
            assert ANSWER in heard(api, 20)[0]
            stopped(server)
