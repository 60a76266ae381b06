"""Whatever happens, and however much is logged: no word or number of a person, no token, no key."""

from __future__ import annotations

import json
import sqlite3
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.bot_api import BotApi
from tests.e2e.conftest import CANARY
from tests.e2e.telegram import SECRET, SET_UPS, asks, on_the_line, presses, seen_since, stopped
from tests.e2e.test_serve import Server

WORDS = "雪豹写的话"
PHONE = "13912345678"
SAID = f"{WORDS}，{PHONE}，四川二建在哪注册"
NAME = "雪豹先生"
KEY = "loopback-http-key-snowleopard"
HIDDEN = (WORDS, PHONE, NAME, "雪豹", "canary", SECRET, KEY)
BROKEN_RECORD = f'{{"slots": "{WORDS}"}}'


def leaks(log: str) -> dict[str, str]:
    """A line of the log for each thing it must not hold, in plain or escaped writing."""
    forms = {
        form: hidden
        for hidden in HIDDEN
        for form in (hidden, json.dumps(hidden)[1:-1], str(hidden.encode())[2:-1])
    }
    lines = [line for line in log.splitlines() if any(form in line for form in forms)]
    return {hidden: line for line in lines for form, hidden in forms.items() if form in line}


@pytest.mark.parametrize(("library", "mode"), SET_UPS, ids=["-".join(s) for s in SET_UPS])
def test_the_log_holds_nothing_of_a_person_and_no_secret(
    tmp_path: Path, library: str, mode: str
) -> None:
    settings = {"BOT_LOG_LEVEL": "debug", "BOT_HTTP__KEY": KEY}
    with (
        BotApi(token=CANARY) as api,
        on_the_line(api, tmp_path, library, mode, **settings) as server,
    ):
        talks(api)
        meets_trouble(api, mode)
        meets_broken_records(api, tmp_path)
        sends_nonsense(server)
        stopped(server)
    log = server.log.read_text(encoding="utf-8")
    assert '"level": "ERROR"' in log
    assert "Traceback" in log
    assert leaks(log) == {}


def talks(api: BotApi) -> None:
    person = api.user(NAME)
    assert asks(api, person, SAID)
    asks(api, person, "要什么材料")
    presses(api, person, "变更注册")
    asked = person.inline(SAID)
    api.wait(lambda: asked.is_answered)
    group = api.group(WORDS, person)
    person.says(f"@{api.username} {SAID}", group)
    api.wait(lambda: api.sent(group))


def meets_trouble(api: BotApi, mode: str) -> None:
    """Each way for a call to go wrong; the server quotes what it was sent."""
    for kind in ("drop before", "drop after", "garble", "cut short"):
        api.trouble(kind, "sendMessage")
        assert asks(api, api.user(NAME), SAID)
    quoted = f'Bad Request: can\'t parse entities: unsupported start tag "{SAID}" at offset 5'
    person, before = api.user(NAME), len(api.calls)
    api.refuse("sendMessage", 400, quoted, chat_id=person.chat.id)
    person.says(SAID)
    api.wait(lambda: 400 in {call.status for call in api.calls[before:]}, 10)
    if mode == "polling":
        updates_arrive_cut(api)


def updates_arrive_cut(api: BotApi) -> None:
    fault = api.trouble("cut short", "getUpdates")
    api.user(NAME).says("四川")  # ends the poll that waits
    api.wait(lambda: fault.times == 0, 10)
    person, before = api.user(NAME), len(api.calls)
    person.says(SAID)
    assert seen_since(api, person, before, 20)


def meets_broken_records(api: BotApi, folder: Path) -> None:
    """A session that holds nonsense, and a database that is locked for longer than it waits."""
    person = api.user(NAME)
    assert asks(api, person, "四川")
    with closing(sqlite3.connect(folder / "bot.db", isolation_level=None)) as database:
        database.execute("UPDATE zhuce_sessions SET record = ?", [BROKEN_RECORD])
        assert asks(api, person, SAID)
        database.execute("BEGIN EXCLUSIVE")
        assert asks(api, api.user(NAME), SAID)
        database.execute("ROLLBACK")


def sends_nonsense(server: Server) -> None:
    """To both doors that are open: unreadable updates, and requests with and without the key."""
    message = {"message_id": WORDS, "date": NAME, "chat": {"id": PHONE}, "text": [SAID]}
    for update in ({"update_id": 7, "message": message}, {"update_id": SAID}, [SAID], SAID):
        _post(server, "/webhooks/telegram", update, **{"X-Telegram-Bot-Api-Secret-Token": SECRET})
        _post(server, "/webhooks/telegram", update, **{"X-Telegram-Bot-Api-Secret-Token": KEY})
    for authorization in (f"Bearer {KEY}", f"Bearer {PHONE}"):
        body = {"conversation": PHONE, "text": SAID}
        _post(server, "/api/v1/messages", body, Authorization=authorization)
        _post(
            server, f"/api/v1/messages?said={PHONE}", {"text": WORDS}, Authorization=authorization
        )


def _post(server: Server, path: str, body: object, **headers: str) -> None:
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}{path}",
        json.dumps(body).encode(),
        headers | {"Content-Type": "application/json"},
    )
    try:
        urllib.request.urlopen(request, timeout=10).close()
    except urllib.error.HTTPError as refused:
        refused.close()
