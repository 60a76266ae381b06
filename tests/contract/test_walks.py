"""Every way of every procedure, walked to its end on each platform with what that platform has.

In the terminal a choice is taken by its number, over HTTP by its value, on Telegram by the button
under the card, which turns into the next one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from bot.adapters import console
from bot.app import Brain
from bot.core.conversation import Conversation
from bot.core.model.reply import Choice, Reply
from bot.core.procedures.graph import all_paths
from bot.knowledge.loader import load_pack
from bot.storage.memory import MemoryStore
from tests.conftest import KNOWLEDGE
from tests.contract.test_adapters import as_text, over_http
from tests.fakes import FakeClock, user_of
from tests.paths import answers_of, cards_along
from tests.unit.adapters.telegram.stage import Stage, set_up


@dataclass(frozen=True)
class Way:
    """One way: how it begins, the choices taken on it, and what each card says."""

    begin: str
    taken: Sequence[tuple[int, Choice]]
    """The number under which each was offered, and the choice."""
    cards: Sequence[str]
    steps: Sequence[str]


def ways() -> Iterator[Any]:
    pack = load_pack(KNOWLEDGE)
    for procedure in pack.procedures.values():
        for kind in procedure.kinds:
            for n, way in enumerate(all_paths(procedure, kind), 1):
                steps = cards_along(procedure, [procedure.start, *(one.to for one in way)])
                name = f"{kind} {n}: to {steps[-1]}"
                yield pytest.param((kind, answers_of(procedure, way), steps), id=name)


@pytest.fixture
def way(brain: Brain, request: pytest.FixtureRequest) -> Way:
    kind, answers, steps = request.param
    return asyncio.run(_walked(brain, kind, answers, steps))


async def _walked(brain: Brain, kind: str, answers: dict[str, str], steps: list[str]) -> Way:
    """The way as core walks it."""
    user = user_of(brain.pack, brain.understander)
    reply: Reply = await user.says(f"/steps {kind}")
    taken, cards, seen = [], [reply.as_text()], [reply.rule.removeprefix("card:")]
    while seen[-1] != steps[-1]:
        wanted = (answers.get(seen[-1]), "下一步")
        number, choice = next(
            (n, choice)
            for label in wanted
            for n, choice in enumerate(reply.choices, 1)
            if choice.label == label
        )
        taken.append((number, choice))
        reply = await user.presses(choice.value)
        cards.append(reply.as_text())
        seen.append(reply.rule.removeprefix("card:"))
        assert len(seen) <= len(steps)
    return Way(f"/steps {kind}", taken, cards, seen)


def by_number(conversation: Conversation, way: Way) -> list[str]:
    lines = iter([way.begin, *(str(number) for number, _ in way.taken)])
    seen: list[str] = []
    console.chat(conversation, FakeClock().now, lambda _: next(lines, "/quit"), seen.append)
    return [text.strip("\n") for text in seen]


def by_value(conversation: Conversation, way: Way) -> list[str]:
    said = [{"text": way.begin}, *({"press": choice.value} for _, choice in way.taken)]
    with over_http(conversation) as client:
        answers = [
            client.post("/api/v1/messages", json={"conversation": "one", **what}) for what in said
        ]
    return [answer.json()["text"] for answer in answers]


def by_button(library: str, conversation: Conversation, way: Way) -> list[str]:
    lacks = frozenset({"sendRichMessage"})
    with set_up(conversation, library, lacks=lacks) as stage:
        return asyncio.run(_pressed(stage, way))


async def _pressed(stage: Stage, way: Way) -> list[str]:
    user = stage.api.user()
    told = [as_text(await stage.asked(user, way.begin))]
    for _, choice in way.taken:
        user.presses(choice.label)
        await stage.plays()
        told.append(as_text(user.chat.shown[-1]))
    assert len(stage.api.sent()) == 1, "the card is edited, not sent again"
    await stage.handler.close()
    return told


PLATFORMS: dict[str, Callable[[Conversation, Way], list[str]]] = {
    "terminal": by_number,
    "HTTP": by_value,
    "python-telegram-bot": partial(by_button, "ptb"),
    "aiogram": partial(by_button, "aiogram"),
}


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("way", list(ways()), indirect=True)
def test_every_way_is_walked_to_its_end(brain: Brain, way: Way, platform: str) -> None:
    conversation = Conversation(brain, MemoryStore(), FakeClock())
    assert PLATFORMS[platform](conversation, way) == way.cards
