"""`docs/explanation/telegram.md` says for every kind of update what the bot does."""

from __future__ import annotations

import re

import aiogram.types
import telegram.constants

from bot.adapters.telegram import BotIdentity
from bot.adapters.telegram.incoming.json_view import seen
from bot.adapters.telegram.incoming.kinds import ALLOWED_UPDATES, KINDS_OF_EXTRAS
from bot.adapters.telegram.incoming.updates import read
from bot.adapters.telegram.ports import Extra
from tests.docs.markdown import ROOT

PAGE = (ROOT / "docs/explanation/telegram.md").read_text("utf-8")
ROWS = dict(re.findall(r"^\| `([a-z_]+)` \| ([^|]+) \| [^|]+ \|$", PAGE, re.MULTILINE))
ME = BotIdentity(99, "zhuce_bot")


def test_the_page_names_every_kind_that_the_libraries_know() -> None:
    known = {*aiogram.types.Update.model_fields, *map(str, telegram.constants.UpdateType)}
    assert known - {"update_id"} == set(ROWS)
    assert f"Bot API {aiogram.__api_version__}" in PAGE


def test_the_page_says_what_is_asked_for() -> None:
    extras = {kind: f"`BOT_TELEGRAM__{e.name}`" for e in Extra for kind in KINDS_OF_EXTRAS[e]}
    asked = dict.fromkeys(ALLOWED_UPDATES, "always") | extras
    assert {kind: asked.get(kind, "no") for kind in ROWS} == ROWS


def test_what_is_not_asked_for_is_not_answered_if_it_comes() -> None:
    content = {"id": "1", "chat": {"id": 7, "type": "private"}, "text": "四川", "date": 1}
    for kind in (kind for kind, when in ROWS.items() if when == "no"):
        update = seen({"update_id": 1, kind: content})
        assert read(update, ME, [*Extra]) is None, kind
