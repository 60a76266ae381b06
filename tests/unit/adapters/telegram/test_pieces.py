"""What a client sent in pieces is one message: an album, a paste that was too long."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.core.model.update import ConversationKey, Update, cut
from bot.core.ports import Applied
from tests.unit.adapters.telegram.stage import Stage
from tests.unit.adapters.telegram.test_once import unsent

pytestmark = pytest.mark.asyncio
FILLER = "--------------------------------\n" * 130
STORY = f"重庆二建初始注册。\n{FILLER}请问在哪办"
"""The place is in its first piece and the question in its last."""
REFUSAL = "图片和视频我看"


async def seen(stage: Stage) -> list[str]:
    await stage.plays_stored_first()
    return [message.text for message in stage.api.sent()]


async def test_an_album_without_words_is_refused_once(stage: Stage) -> None:
    stage.api.user().sends_album(["", "", "", ""])
    assert [text[:7] for text in await seen(stage)] == [REFUSAL]


async def test_pictures_sent_one_by_one_are_refused_one_by_one(stage: Stage) -> None:
    user = stage.api.user()
    for _ in range(2):
        user.sends("photo")
    assert [text[:7] for text in await seen(stage)] == [REFUSAL] * 2


@pytest.mark.parametrize("place", [0, 1, 2])
async def test_the_words_of_an_album_are_answered_wherever_they_stand(
    stage: Stage, place: int
) -> None:
    captions = ["", "", ""]
    captions[place] = "四川二建在哪注册"
    stage.api.user().sends_album(captions)
    assert [text[:3] for text in await seen(stage)] == ["四川："]


async def test_an_album_that_comes_again_after_a_restart_is_not_refused_again(stage: Stage) -> None:
    stage.api.user().sends_album(["", ""])
    updates = stage.waiting()
    for update in updates:
        await stage.handler.handle(update)
    stage.handler = stage.new_handler()
    for update in updates:
        await stage.handler.handle(update)
    assert len(stage.api.sent()) == 1


async def test_an_album_in_a_group_is_answered_for_its_words_only(stage: Stage) -> None:
    user = stage.api.user()
    group = stage.api.group("群", user)
    group.promotes_bot(user)
    user.sends_album(["", "@zhuce_bot 四川二建在哪注册", ""], group)
    assert [text[:3] for text in await seen(stage)] == ["四川："]


def heard(stage: Stage) -> list[str]:
    """The texts that the conversation is asked from now on."""
    take, texts = stage.conversation.take, list[str]()

    async def noting(update: Update, *more: Any) -> Applied:
        texts.append(update.text or "")
        return await take(update, *more)

    stage.conversation.take = noting  # type: ignore[method-assign]
    return texts


async def test_a_paste_that_the_client_cut_is_one_message(stage: Stage) -> None:
    texts = heard(stage)
    assert len(stage.api.user().pastes(STORY)) == 2
    [answer] = await seen(stage)
    assert texts[-1] == cut(STORY)
    whole = Update("1", ConversationKey("test", "1", "1"), stage.clock.now(), text=STORY)
    assert answer[:80] == (await stage.conversation.handle(whole)).as_text()[:80]


async def test_a_paste_in_three_is_one_message_too(stage: Stage) -> None:
    texts = heard(stage)
    assert len(stage.api.user().pastes(STORY + FILLER)) == 3
    assert len(await seen(stage)) == 1
    assert texts[-1] == cut((STORY + FILLER).strip())


async def test_a_cut_paste_that_comes_again_is_not_answered_again(stage: Stage) -> None:
    stage.api.user().pastes(STORY)
    first, second = stage.waiting()
    copies = (first, second, first, second, first)
    rests = [await stage.handler.accept(update) for update in copies]
    await asyncio.gather(*(rest for rest in rests if rest is not None))
    await stage.handler.close()
    stage.handler = stage.new_handler()
    for update in copies:
        await stage.handler.handle(update)
    await stage.handler.drain()
    assert len(stage.api.sent()) == 1


async def test_what_is_asked_later_is_no_piece_of_a_long_text(stage: Stage) -> None:
    user = stage.api.user()
    user.says(FILLER[:3000])
    [update] = stage.waiting()
    await stage.handler.handle(update)
    with stage.api.world.lock:
        late = user.chat.put({"from": user.raw, "text": "四川二建在哪注册"})
        late["date"] += 5
        stage.api.world.emit("message", late)
    assert [text[:3] for text in (await seen(stage))[1:]] == ["四川："]


async def test_a_command_behind_a_long_text_is_a_message_of_its_own(stage: Stage) -> None:
    user = stage.api.user()
    user.says(FILLER[:3000])
    user.says("/portal 四川")
    assert "四川：" in [text[:3] for text in await seen(stage)]


async def test_what_a_crash_left_of_a_cut_paste_is_answered(stage: Stage) -> None:
    stage.api.user().pastes(STORY)
    for update in stage.waiting():
        if rest := await stage.handler.accept(update):
            rest.close()  # type: ignore[attr-defined]
    stage.handler = stage.new_handler()
    await stage.handler.drain()
    await stage.handler.close()
    assert len(stage.api.sent()) == 2
    assert await unsent(stage) == []
