"""Thumbs under answers, where the operator wants them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from bot.adapters.telegram import Options
from bot.adapters.telegram.incoming.kinds import kinds_of_updates
from bot.adapters.telegram.ports import Extra
from bot.app import Brain
from bot.core.conversation import Conversation
from bot.core.model.reply import Reply
from bot.core.model.update import Update
from bot.storage.memory import MemoryStore
from tests.fakes import FakeClock
from tests.unit.adapters.telegram.stage import LIBRARIES, SECRET, Stage, set_up
from tests.unit.adapters.telegram.test_once import unsent

pytestmark = pytest.mark.asyncio


class Notebook:
    """What a journal is told."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, str, str]] = []

    def record(self, update: Update, reply: Reply, now: datetime) -> None:
        entry = reply.answers[0].entry if reply.answers else ""
        self.kept.append((reply.status.value, reply.reason or "", entry))


@pytest.fixture
def notes() -> Notebook:
    return Notebook()


@pytest.fixture(params=LIBRARIES)
def rated(request: pytest.FixtureRequest, brain: Brain, notes: Notebook) -> Iterator[Stage]:
    """A bot that takes thumbs."""
    clock, options = FakeClock(), Options(SECRET, extras=(Extra.REACTIONS,))
    conversation = Conversation(brain, MemoryStore(), clock, notes)  # type: ignore[arg-type]
    with set_up(conversation, request.param, clock=clock, options=options) as found:
        found.api.world.updates.allow(kinds_of_updates(options.extras))
        yield found


async def test_praise_is_counted_and_answered_with_nothing(rated: Stage, notes: Notebook) -> None:
    user = rated.api.user()
    answer = await rated.asked(user, "四川二建在哪注册")
    rated.api.user("别人")
    user.reacts(answer, "👍")
    await rated.plays()
    assert len(rated.api.sent()) == 1
    assert notes.kept[-1] == ("smalltalk", "liked", "portal-sichuan")
    await rated.handler.close()
    assert await unsent(rated) == []


async def test_blame_is_counted_and_asked_for_other_words_once(
    rated: Stage, notes: Notebook
) -> None:
    user = rated.api.user()
    answer = await rated.asked(user, "四川二建在哪注册")
    user.reacts(answer, "👎")
    user.reacts(answer, before=["👎"])
    user.reacts(answer, "👎")
    await rated.plays()
    assert [m.text[:9] for m in rated.api.sent()[1:]] == ["抱歉，刚才没答对。"]
    assert notes.kept[-1] == ("smalltalk", "disliked", "portal-sichuan")


async def test_a_thumb_leaves_choices_procedure_and_context_as_they_are(rated: Stage) -> None:
    user = rated.api.user()
    answer = await rated.asked(user, "初始注册要什么材料")
    card = await rated.asked(user, "/steps 初始注册")
    user.reacts(answer, "👍")
    await rated.plays()
    assert len(rated.api.sent()) == 2
    user.presses("下一步", on=card)
    await rated.plays()
    assert "2/8" in user.chat.shown[-1].text


async def test_a_number_still_picks_after_praise(rated: Stage) -> None:
    user = rated.api.user()
    await rated.asked(user, "四川二建在哪注册")
    question = await rated.asked(user, "/portal")
    user.reacts(rated.api.sent()[0], "👍")
    await rated.plays()
    assert (await rated.asked(user, "1")).text.startswith(question.labels[0])


async def test_thumbs_under_other_peoples_messages_are_none_of_our_business(rated: Stage) -> None:
    user, other = rated.api.user("问"), rated.api.user("别人")
    group = rated.api.group("群", user, other)
    group.promotes_bot(user)
    said = other.says("大家好", group)
    own = user.says("四川二建在哪注册")
    await rated.plays()
    for message in (said, own):
        user.reacts(message, "👎")
    await rated.plays()
    assert len(rated.api.sent()) == 1


async def test_in_a_group_blame_is_answered_under_the_answer(rated: Stage) -> None:
    user = rated.api.user()
    group = rated.api.group("群", user)
    group.promotes_bot(user)
    await rated.plays()
    answer = await rated.asked(user, "/portal 四川", group)
    user.reacts(answer, "👎")
    await rated.plays()
    assert rated.api.sent(group)[-1].reply_to_id == answer.id


async def test_other_reactions_say_nothing(rated: Stage, notes: Notebook) -> None:
    user = rated.api.user()
    answer = await rated.asked(user, "四川二建在哪注册")
    count = len(notes.kept)
    user.reacts(answer, "🔥")
    user.reacts(answer, "👍", before=["👍"])
    await rated.plays()
    assert (len(notes.kept), len(rated.api.sent())) == (count, 1)


async def test_thumbs_are_left_alone_unless_the_operator_wants_them(stage: Stage) -> None:
    stage.api.world.updates.allow(["message", "message_reaction"])
    user = stage.api.user()
    answer = await stage.asked(user, "四川二建在哪注册")
    user.reacts(answer, "👎")
    await stage.plays()
    assert len(stage.api.sent()) == 1
