"""What Telegram accepts as a keyboard below a message."""

from __future__ import annotations

import re
from typing import Any

from tests.e2e.bot_api.markup import is_address, units
from tests.e2e.bot_api.refusals import bad_request

MOST_BUTTONS = 100  # PTB: InlineKeyboardMarkupLimit.TOTAL_BUTTON_NUMBER
MOST_IN_A_ROW = 8  # PTB: InlineKeyboardMarkupLimit.BUTTONS_PER_ROW
KINDS = frozenset(
    {
        "url",
        "callback_data",
        "web_app",
        "login_url",
        "switch_inline_query",
        "switch_inline_query_current_chat",
        "switch_inline_query_chosen_chat",
        "copy_text",
        "callback_game",
        "pay",
        "disabled",
    }
)
STYLES = frozenset({"danger", "success", "primary"})

Markup = dict[str, Any]


def checked(markup: Any) -> Markup | None:
    """The keyboard as it was sent.

    Raises:
        Refused: it is none, or one of its buttons is wrong.
    """
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in markup:
        return inline(markup)
    if not {"keyboard", "remove_keyboard", "force_reply"} & markup.keys():
        raise bad_request("can't parse reply keyboard markup JSON object")
    return markup


def inline(markup: Markup) -> Markup:
    rows = markup.get("inline_keyboard")
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request(
            'can\'t parse inline keyboard: Field "inline_keyboard" must be an Array of Arrays'
        )
    for button in (button for row in rows for button in row):
        _check(button)
    if sum(map(len, rows)) > MOST_BUTTONS or max(map(len, rows), default=0) > MOST_IN_A_ROW:
        raise bad_request("reply markup is too long")
    return {"inline_keyboard": [[_bare(button) for button in row] for row in rows if row]}


def _bare(button: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in button.items() if value is not None}


def _check(button: Any) -> None:
    if not isinstance(button, dict) or not str(button.get("text") or "").strip():
        raise bad_request('can\'t parse inline keyboard button: Field "text" must not be empty')
    kinds = KINDS & _bare(button).keys()
    if len(kinds) != 1:
        raise bad_request("text buttons are unallowed in the inline keyboard")
    if button.get("style") not in {None, *STYLES}:
        raise bad_request("invalid button style specified")
    _CHECKS.get(next(iter(kinds)), _accept)(button)


def _accept(_: dict[str, Any]) -> None:
    """Kinds of buttons that no test here needs to see refused."""


def _check_data(button: dict[str, Any]) -> None:
    if not 1 <= len(str(button["callback_data"]).encode()) <= 64:
        raise bad_request("BUTTON_DATA_INVALID")


def _check_copy(button: dict[str, Any]) -> None:
    copy = button["copy_text"]
    if not isinstance(copy, dict) or not 1 <= units(str(copy.get("text", ""))) <= 256:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")


def _check_url(button: dict[str, Any]) -> None:
    url = str(button["url"])
    scheme = url.partition("://")[0].lower() if "://" in url else ""
    if scheme not in {"", "http", "https", "tg", "ton", "tonsite"}:
        raise bad_request(
            f"inline keyboard button URL '{url}' is invalid: Unsupported URL protocol"
        )
    if not is_address(url) or re.search(r"[\s\x00-\x1f]", url):
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")


_CHECKS = {"callback_data": _check_data, "copy_text": _check_copy, "url": _check_url}
