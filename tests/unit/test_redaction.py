"""Secrets do not get into what is shown, in whatever form they come along."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from bot.redaction import Redactor

TOKEN = "7000000001:AAcanary_canary-canary0canary1canary"
PASSWORD = 'p@ss/wörd "quoted"'
hide = Redactor([TOKEN, PASSWORD, "short"])


@pytest.mark.parametrize(
    "shown",
    [
        TOKEN,
        f"POST https://api.telegram.org/bot{TOKEN}/getMe",
        f"https://api.telegram.org/bot{TOKEN.replace(':', '%3A')}/getMe",
        f'{{"token": "{TOKEN}"}}',
        "only AAcanary_canary-canary0canary1canary",
        f"bytes {TOKEN.encode()!r}",
    ],
)
def test_a_token_is_hidden_wherever_it_stands(shown: str) -> None:
    assert "canary" not in hide(shown)


@pytest.mark.parametrize(
    "shown", [PASSWORD, quote(PASSWORD, safe=""), 'p@ss/wörd \\"quoted\\"'], ids=ascii
)
def test_a_password_is_hidden_in_addresses_and_in_json(shown: str) -> None:
    assert hide(f"proxy {shown} failed") == "proxy （已隐藏） failed"


def test_a_bot_token_that_nobody_named_is_hidden_too() -> None:
    foreign = "123456789:ABCdefGhIJKlmNoPQRsTUVwxyZ1234567890"
    assert Redactor()(f"GET /bot{foreign}/getMe") == "GET /bot（已隐藏）/getMe"


def test_what_is_too_short_for_a_secret_stays() -> None:
    assert hide("a short line") == "a short line"


def test_the_rest_of_the_line_stays() -> None:
    assert hide(f"GET /bot{TOKEN}/getMe 200 OK") == "GET /bot（已隐藏）/getMe 200 OK"
