"""What counts as a command, and what is behind it."""

from __future__ import annotations

import pytest

from bot.core.dialogue.commands import NAMES, Command, read


@pytest.mark.parametrize(
    ("text", "argument"),
    [
        pytest.param("/portal 四川", "四川", id="plain"),
        pytest.param("/portal@zhuce_bot 四川", "四川", id="with the bot's name"),
        pytest.param("/portal　四川", "四川", id="full-width space"),
        pytest.param("/portal四川", "四川", id="no space"),
        pytest.param("／portal 四川", "四川", id="full-width slash"),
        pytest.param("  /PORTAL  四川  ", "四川", id="capitals and spaces"),
        pytest.param("/portal 四川\n重庆", "四川\n重庆", id="two lines"),
        pytest.param("/portal", "", id="nothing behind it"),
        pytest.param("/portal@zhuce_bot", "", id="the name and nothing behind it"),
    ],
)
def test_a_command_is_read_with_what_stands_behind_it(text: str, argument: str) -> None:
    assert read(text) == Command("portal", argument)


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_a_command(name: str) -> None:
    assert read(f"/{name}") == Command(name, "")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("/unknown 四川", id="unknown name"),
        pytest.param("/portals 四川", id="longer name"),
        pytest.param("/", id="slash alone"),
        pytest.param("/四川", id="no name"),
        pytest.param("/ portal", id="space behind the slash"),
        pytest.param("portal 四川", id="no slash"),
        pytest.param("去哪 /portal 四川", id="in the middle"),
        pytest.param("", id="empty"),
    ],
)
def test_other_words_are_no_command(text: str) -> None:
    assert read(text) is None
