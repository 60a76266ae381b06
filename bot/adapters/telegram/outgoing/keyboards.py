"""Build inline keyboards: the choices of a reply in order, then Telegram's own buttons."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from bot.adapters.telegram.utf16 import units
from bot.core.model.pack import Pack
from bot.core.model.reply import Choice

Button = dict[str, Any]
ROW_WIDTH = 14
"""Chinese characters that fit into a row on a narrow phone, measured by eye."""
MOST_IN_A_ROW = 4
MOST_COPIED = 3


def rows_of(buttons: Sequence[Button]) -> Iterator[Sequence[Button]]:
    """Yield rows of buttons in order; several are in a row if their labels are short."""
    start = 0
    for end in _ends(tuple([button["text"] for button in buttons])):
        yield buttons[start:end]
        start = end


@lru_cache(maxsize=1024)
def _ends(labels: tuple[str, ...]) -> tuple[int, ...]:
    """Return for each row the number of buttons up to its end."""
    ends: list[int] = []
    in_row, widest = 0, 0.0
    for number, label in enumerate(labels):
        in_row, widest = in_row + 1, max(widest, _width(label))
        if in_row > 1 and (in_row > MOST_IN_A_ROW or widest * in_row > ROW_WIDTH):
            ends.append(number)
            in_row, widest = 1, _width(label)
    return (*ends, len(labels)) if labels else ()


def _width(label: str) -> float:
    return units(label) - sum(character.isascii() for character in label) / 2


def choice_buttons(
    choices: Sequence[Choice], data: Callable[[str], str | None]
) -> list[Button] | None:
    """Return a button for each choice; `None` if one of them cannot be a button."""
    buttons: list[Button] = []
    for choice in choices:
        value = data(choice.value)
        if value is None or not choice.label.strip():
            return None
        buttons.append({"text": choice.label, "callback_data": value})
    return buttons


def copy_buttons(pack: Pack, addresses: Sequence[str]) -> list[Button]:
    """Return buttons that copy an address; if there are several, they say which."""
    shown = addresses[:MOST_COPIED]
    if len(shown) == 1:
        return [_copy(pack.phrase("copy_address"), shown[0])]
    return [_copy(pack.phrase("copy_one_address", place=_place(one)), one) for one in shown]


def _copy(label: str, address: str) -> Button:
    return {"text": label, "copy_text": {"text": address}}


def _place(address: str) -> str:
    return address.partition("://")[2].partition("/")[0]


def link_button(label: str, username: str, payload: str) -> Button:
    """Return a button that opens the private chat with the bot and says `/start <payload>`."""
    return {"text": label, "url": f"https://t.me/{username}?start={payload}"}


def markup(*groups: Sequence[Button]) -> dict[str, Any] | None:
    """Build the keyboard; each group starts a new row; `None` if there are no buttons."""
    rows = [row for group in groups for row in rows_of(group)]
    return {"inline_keyboard": rows} if rows else None
