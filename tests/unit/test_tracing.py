"""The name of a message: the same for whoever works on it, and on nothing but what it started."""

from __future__ import annotations

import asyncio
import re

from bot import tracing

GIVEN = "4bf92f3577b34da6a3ce929d0e0e4736"


def test_a_message_has_one_name_wherever_it_is_worked_on() -> None:
    name = tracing.named_after("telegram", "7")
    assert name == "bd9e8cd088e7611e5fd41df5d4cadef3"  # another version must come to the same
    assert {tracing.named_after(*other) for other in (("wechat", "7"), ("telegram", "8"))} & {
        name
    } == set()
    assert re.fullmatch(r"[0-9a-f]{32}", tracing.named_after("web", "\ud800"))


def test_only_a_whole_header_gives_a_name() -> None:
    whole = f"00-{GIVEN}-00f067aa0ba902b7-01"
    wrong = (
        "",
        GIVEN,
        whole.upper(),
        whole[:-1],
        f"{whole}-more",
        f" {whole}",
        f"{whole}\n",
        whole.replace(GIVEN, "0" * 32),
        whole.replace(GIVEN, GIVEN[1:]),
    )
    assert tracing.given_in(whole) == GIVEN
    assert {one: tracing.given_in(one) for one in wrong} == dict.fromkeys(wrong, "")


def test_a_name_is_on_what_was_begun_and_on_what_that_starts() -> None:
    async def work(name: str) -> list[str]:
        before = tracing.current()
        tracing.begin(name)
        await asyncio.sleep(0)  # the other one begins meanwhile
        started = asyncio.create_task(_current())
        in_a_thread = await asyncio.to_thread(tracing.current)
        return [before, tracing.current(), await started, in_a_thread]

    async def both() -> list[list[str]]:
        return await asyncio.gather(work("one"), work("two"))

    assert asyncio.run(both()) == [["", *["one"] * 3], ["", *["two"] * 3]]
    assert tracing.current() == ""


async def _current() -> str:
    return tracing.current()
