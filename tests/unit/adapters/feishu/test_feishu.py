"""A robot of Feishu as people meet it: in chats, in groups, on its cards."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import pytest

from bot.app import Brain
from bot.core.conversation import Conversation
from bot.storage.memory import MemoryStore
from tests.e2e.feishu import TOKEN, Feishu, encrypted
from tests.e2e.tencent.indoors import Indoors
from tests.e2e.tencent.loopback import Json
from tests.e2e.tencent.readers import feishu_at_work
from tests.fakes import FakeClock

QUESTION, PORTAL = "四川二建在哪注册", "https://www.sczwfw.gov.cn/"
GROUP = "oc_group"


@pytest.fixture
def there(brain: Brain) -> Iterator[tuple[Feishu, Indoors]]:
    clock = FakeClock()
    talks = Conversation(brain, MemoryStore(), clock)
    with (
        Feishu(now=lambda: clock.now().timestamp()) as platform,
        feishu_at_work(platform, talks, clock) as bot,
    ):
        yield platform, bot


def posted(platform: Feishu, bot: Indoors, event: Json, at: float | None = None) -> Json:
    made = platform.request(event, at)
    answer = bot.call("POST", {}, made.body, headers=dict(made.headers))
    return answer.json() if answer.is_success else {"status": answer.status_code}


def asks(there: tuple[Feishu, Indoors], words: str, group: str = "", **more: object) -> str:
    platform, bot = there
    event = platform.message("ou_wang", words, group, **more)
    return platform.after(group or "ou_wang", lambda: posted(platform, bot, event))


def test_the_console_gets_its_word_back_and_nobody_else_does(
    there: tuple[Feishu, Indoors],
) -> None:
    _, bot = there
    asked = {"type": "url_verification", "token": TOKEN, "challenge": "word"}
    body = encrypted(json.dumps(asked).encode())
    assert bot.call("POST", {}, body).json() == {"challenge": "word"}
    forged = encrypted(json.dumps({**asked, "token": "guessed"}).encode())
    assert bot.call("POST", {}, forged).status_code == 401
    assert bot.call("POST", {}, json.dumps(asked).encode()).status_code == 401  # not encrypted


def test_texts_and_rich_texts_are_answered_other_things_get_a_line(
    there: tuple[Feishu, Indoors],
) -> None:
    assert PORTAL in asks(there, QUESTION)
    rich = {"title": "", "content": [[{"tag": "text", "text": QUESTION}], [{"tag": "img"}]]}
    more = {"message_type": "post", "content": json.dumps(rich)}
    assert PORTAL in asks(there, "", **more)
    assert "图片" in asks(there, "", message_type="image", content='{"image_key": "x"}')


def test_in_groups_it_answers_who_names_it_shortly_and_to_the_message(
    there: tuple[Feishu, Indoors],
) -> None:
    platform, bot = there
    assert PORTAL in asks(there, "/portal 四川", GROUP)
    assert "可以直接提问" in asks(there, "", GROUP)
    told = asks(there, "初始注册要什么材料", GROUP)
    name = told.partition("/webhooks/feishu/full?m=")[2].split()[0]
    assert "材料" in bot.call("GET", {"m": name}, path="/full").text
    paths = [call.path for call in platform.calls if "/im/v1/" in call.path]
    assert all(path.endswith("/reply") for path in paths)
    other = platform.message("ou_wang", QUESTION, GROUP, names=("ou_li",))
    assert posted(platform, bot, other) == {}
    said = platform.message("ou_wang", QUESTION, GROUP)
    platform.withdrawn.add(said["event"]["message"]["message_id"])
    assert PORTAL in platform.after(GROUP, lambda: posted(platform, bot, said))


def test_a_card_is_replaced_by_what_was_chosen_and_belongs_to_who_asked(
    there: tuple[Feishu, Indoors],
) -> None:
    platform, bot = there
    asks(there, "要什么材料", GROUP)
    label = platform.buttons(GROUP)[1]["label"]
    stranger = posted(platform, bot, platform.press("ou_li", label, GROUP))
    assert "别人" in stranger["toast"]["content"]
    answers: list[Json] = []
    press = platform.press("ou_wang", label, GROUP)
    told = platform.after(GROUP, lambda: answers.append(posted(platform, bot, press)))
    assert label.removesuffix("注册") in told
    [shown] = answers[0]["card"]["data"]["elements"]
    assert shown["text"]["content"] == f"已选：{label}"


def test_what_is_sent_again_is_shown_once_and_old_calls_are_refused(
    there: tuple[Feishu, Indoors],
) -> None:
    platform, bot = there
    event = platform.message("ou_wang", QUESTION)
    told = [posted(platform, bot, event, platform.now() + late) for late in (-601, 0, 15, 601)]
    platform.wait(lambda: platform.seen.get("ou_wang") and bot.is_idle())
    assert told == [{"status": 401}, {}, {}, {"status": 401}]
    assert len(platform.seen["ou_wang"]) == 1
    chats, sent = bot.service._chats, platform.calls[-1].body
    again = chats._caller.post("/open-apis/im/v1/messages?receive_id_type=open_id", sent)
    asyncio.run_coroutine_threadsafe(again, bot.loop).result(10)
    assert len(platform.seen["ou_wang"]) == 1  # it has the same uuid


def test_a_token_that_has_ended_and_a_busy_platform_cost_nothing(
    there: tuple[Feishu, Indoors],
) -> None:
    platform, _ = there
    asks(there, QUESTION)
    platform.end_tokens()
    platform.faults.append({"code": 230020, "msg": "triggers the frequency limit"})
    assert PORTAL in asks(there, QUESTION)
    assert len(platform.tokens) == 2
