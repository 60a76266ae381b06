"""One tab and one server with set answers for the tests of a file about the chat page.

A tab that tests take turns in costs a third of a new one each.  No browser may outlive its file:
while Playwright runs, no test with an event loop of its own can.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.chat_page import Served, SetAnswers, Tab, serving


@pytest.fixture(scope="module")
def tab(browser: Any) -> Iterator[Tab]:
    with browser.new_context(
        locale="zh-CN", permissions=["clipboard-read", "clipboard-write"]
    ) as context:
        yield Tab(context)


@pytest.fixture(scope="module")
def set_answers() -> Iterator[Served]:
    """The chat page on a free port of loopback, with ids that have to be issued."""
    bot = SetAnswers()
    bot.may_answer.set()
    with serving(bot, examples=("四川二建在哪注册",)) as url:
        yield Served(url, bot)
        bot.may_answer.set()


@pytest.fixture
def served_page(set_answers: Served) -> Served:
    """The same, as if nobody had asked yet."""
    set_answers.bot.begin_anew()
    return set_answers


@pytest.fixture
def page(tab: Tab, served_page: Served) -> Iterator[Any]:
    """The page, open on a phone; whatever the console complains about fails the test."""
    with tab.opened(served_page.url) as found:
        yield found
