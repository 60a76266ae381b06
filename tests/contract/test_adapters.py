"""Every adapter over the same conversations: the same words come out, and nothing is lost.

An adapter joins by one row in `ADAPTERS`: a function that plays what a person says over a
conversation and returns what the person saw, one text for each turn.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any, ClassVar

import pytest
import yaml
from fastapi import FastAPI
from starlette.testclient import TestClient

from bot.adapters import console
from bot.adapters.web import Gate, Page, Readiness, create_app
from bot.adapters.web.limits import UNLIMITED
from bot.app import Brain
from bot.core.conversation import Conversation
from bot.core.model.pack import Pack
from bot.core.model.reply import (
    Choice,
    Choices,
    Document,
    Link,
    ListPart,
    Part,
    Picture,
    Reply,
    SourceNote,
    Sources,
    Status,
    Text,
)
from bot.core.model.update import ConversationKey, Update
from bot.core.ports import Applied, Claim, Outgoing
from bot.storage.memory import MemoryStore
from tests.dialogues import Player, Sitting, Turns, dialogues, patterns, sittings
from tests.e2e.bot_api import Message
from tests.e2e.tencent.readers import READERS
from tests.fakes import FakeClock, user_of
from tests.tiny import tiny_pack
from tests.unit.adapters.telegram.stage import Stage, set_up

TRANSCRIPTS = yaml.safe_load((Path(__file__).parent / "transcripts.yaml").read_text("utf-8"))

AT_ONCE = 20
"""What Telegram's handler answers of one person without asking them to slow down."""


def walks() -> Iterator[Any]:
    """The dialogues about walks without somebody else in them."""
    for one in dialogues():
        kinds = [next(iter(turn)) for turn in one.turns]
        said = [kind for kind in kinds if kind in ("user", "press")]
        is_walk = one.name.startswith(("walks", "steps"))
        if is_walk and "another" not in kinds and len(said) <= AT_ONCE:
            yield pytest.param(one.turns, id=one.name)


SOURCE = SourceNote("管理规定", date(2026, 11, 1), "第七条", "https://example.cn/rule")
OPTIONS = tuple(Choice(f"选项{n}", f"value-{n}") for n in range(1, 13))
EVERY_PART: dict[str, tuple[Part, list[str]]] = {
    "text": (Text("第一行\n第二行 <b>&amp;</b>"), ["第一行\n第二行 <b>&amp;</b>"]),
    "list": (ListPart(("甲；", "乙；"), "材料"), ["材料", "甲；", "乙；"]),
    "numbered list": (ListPart(("甲；", "乙；"), is_numbered=True), ["1. 甲；", "2. 乙；"]),
    "link": (
        Link("网站", "https://example.cn/", "未核实"),
        ["网站", "https://example.cn/", "未核实"],
    ),
    "picture": (Picture("map", "图上是三个步骤"), ["图上是三个步骤"]),
    "document": (
        Document("day.ics", "text/calendar", "BEGIN:VCALENDAR\r\n", "日历提醒：2027-02-28"),
        ["日历提醒：2027-02-28"],
    ),
    "sources": (Sources((SOURCE,), "依据：", "核对于 {date}"), ["管理规定 第七条", "2026-11-01"]),
    "choices": (Choices(OPTIONS), [f"{n}. 选项{n}" for n in range(1, 13)]),
}

Talks = Any
"""A `Conversation`, or whatever has its `handle` and `forget`."""
PlayAll = Callable[[Sequence[Sitting]], list[str]]
Play = Callable[[Talks, Sequence[str]], list[str]]


def by_terminal(sittings: Sequence[Sitting]) -> list[str]:
    return [text for sitting in sittings for text in _at_the_terminal(sitting)]


def _at_the_terminal(sitting: Sitting) -> list[str]:
    lines, seen = iter(sitting.said), []
    sitting.clock.forward(minutes=sitting.wait)

    def read(_: str) -> str:
        try:
            return next(lines)
        except StopIteration:
            raise EOFError from None

    console.chat(sitting.talks, sitting.clock.now, read, seen.append)
    assert seen.pop() == ""
    return [text.strip("\n") for text in seen]


def by_http(sittings: Sequence[Sitting]) -> list[str]:
    told: list[str] = []
    for sitting in sittings:
        sitting.clock.forward(minutes=sitting.wait)
        with over_http(sitting.talks) as client:
            told += [_post(client, text)["text"] for text in sitting.said]
    return told


@dataclass
class Relay:
    """Passes on to the conversation of the moment, for one app whose routes are made once."""

    talks: Talks = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.talks, name)


RELAY = Relay()


def over_http(conversation: Talks) -> TestClient:
    RELAY.talks = conversation
    return TestClient(app())


@cache
def app() -> FastAPI:
    return create_app(
        conversation=RELAY,
        clock=FakeClock(),
        readiness=lambda: Readiness(can_answer=True),
        knowledge_version=lambda: "0123456789ab",
        gate=Gate(is_open=True, key=None, signing_secret=b"sixteen bytes or more"),
        page=Page("问答"),
        limits=UNLIMITED,
    )


def _post(client: TestClient, text: str) -> dict[str, Any]:
    answer = client.post("/api/v1/messages", json={"conversation": "one", "text": text})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def by_telegram(library: str, sittings: Sequence[Sitting]) -> list[str]:
    """In a private chat, without rich messages, which say the same in another form."""
    first = sittings[0]
    lacks = frozenset({"sendRichMessage"})
    with set_up(first.talks, library, clock=first.clock, lacks=lacks) as stage:
        return asyncio.run(_told_on_telegram(stage, sittings))


async def _told_on_telegram(stage: Stage, sittings: Sequence[Sitting]) -> list[str]:
    user, told = stage.api.user(), []
    for sitting in sittings:
        if sitting is not sittings[0]:
            await stage.handler.close()
            stage.handler = stage.new_handler(sitting.talks)
        stage.clock.forward(minutes=sitting.wait)
        for text in sitting.said:
            user.says(text)
            seen = len(stage.api.edits())
            before = len(stage.api.sent())
            await stage.plays()
            assert len(stage.api.edits()) == seen
            told.append("".join(as_text(message) for message in stage.api.sent()[before:]))
    await stage.handler.close()
    return told


def as_text(message: Message) -> str:
    """A message as somebody reads it out: the choices under it numbered, other buttons left out.

    A button that is only the mark and the number of an item of the text says nothing new.
    """
    choices = [button.label for button in message.buttons if button.data]
    numbered = [(n, label) for n, label in enumerate(choices, 1) if label[1:] != f" {n}"]
    listed = "\n".join(f"{n}. {label}" for n, label in numbered)
    return "\n\n".join(filter(None, [message.text, listed]))


ADAPTERS: dict[str, PlayAll] = {
    "terminal": by_terminal,
    "HTTP": by_http,
    "python-telegram-bot": partial(by_telegram, "ptb"),
    "aiogram": partial(by_telegram, "aiogram"),
    **READERS,
}


@pytest.fixture(params=ADAPTERS.values(), ids=ADAPTERS.keys())
def play(request: pytest.FixtureRequest) -> Play:
    return lambda talks, said: request.param([Sitting(talks, list(said))])  # type: ignore[no-any-return]


@dataclass
class Saying:
    """Answers everything with one reply and remembers what was asked."""

    reply: Reply
    heard: list[Update] = field(default_factory=list)
    pack: Pack = field(default_factory=tiny_pack)

    slot_names: ClassVar[dict[str, str]] = {}

    async def handle(self, update: Update) -> Reply:
        return (await self.take(update)).reply

    async def take(self, update: Update, holder: str = "") -> Applied:
        self.heard.append(update)
        return Applied(self.reply, 1, is_repeat=False)

    async def told(self, key: ConversationKey, update_id: str) -> Reply:
        return self.reply

    async def beat(self, holder: str) -> None:
        """Nothing is kept here."""

    async def shared(self, name: str) -> None:
        """Nobody shares anything here."""

    async def share(self, name: str, value: str, until: datetime) -> None:
        """Nobody shares anything here."""

    async def picture(self, name: str, form: str) -> None:
        """Nothing can be drawn: the words have to do."""

    async def claim_unsent(self, claim: Claim) -> Sequence[Outgoing]:
        return []

    async def begin_sending(
        self, holder: str, updates: Sequence[tuple[ConversationKey, str]]
    ) -> None:
        """Nothing is kept here."""

    async def release(
        self,
        holder: str,
        updates: Sequence[tuple[ConversationKey, str]],
        *,
        keeps_begun: bool = False,
    ) -> None:
        """Nothing is kept here."""

    async def mark_sent(self, updates: Sequence[tuple[ConversationKey, str]]) -> None:
        """Nothing is kept here."""

    async def forget(self, platform: str, user: str) -> int:
        return 0


@pytest.mark.parametrize(
    "said", [t["says"] for t in TRANSCRIPTS], ids=[t["name"] for t in TRANSCRIPTS]
)
def test_the_same_words_come_out_everywhere(brain: Brain, said: list[str]) -> None:
    expected = in_words(brain, [{"user": text} for text in said])
    assert all(expected)
    assert len(expected) == len(said)


@pytest.mark.parametrize("turns", list(walks()))
def test_a_walk_goes_the_same_way_everywhere(brain: Brain, turns: Turns) -> None:
    in_words(brain, turns, QUICK)


@pytest.mark.parametrize("turns", [pytest.param(one.turns, id=one.name) for one in patterns()])
def test_every_kind_of_repair_works_everywhere(brain: Brain, turns: Turns) -> None:
    in_words(brain, turns, QUICK)


QUICK = [name for name in ADAPTERS if not name.startswith(("WeCom", "DingTalk", "Feishu", "QQ"))]
"""Those that need no server; what WeCom adds to words is covered by the transcripts."""


def in_words(brain: Brain, turns: Turns, names: Iterable[str] = ADAPTERS) -> list[str]:
    """What core says, checked by ids; and every adapter says it in the same words."""
    user = user_of(brain.pack, brain.understander)
    expected = asyncio.run(Player(user).play(turns))
    told = {name: ADAPTERS[name](sittings(*_anew(brain), turns)) for name in names}
    assert {name: texts for name, texts in told.items() if texts != expected} == {}
    return expected


def _anew(brain: Brain) -> tuple[Conversation, FakeClock]:
    clock = FakeClock()
    return Conversation(brain, MemoryStore(), clock), clock


@pytest.mark.parametrize("name", EVERY_PART)
def test_nothing_of_any_part_is_lost(play: Play, name: str) -> None:
    part, words = EVERY_PART[name]
    [told] = play(Saying(Reply(Status.ANSWERED, (Text("前文"), part))), ["问"])
    assert [word for word in ["前文", *words] if word not in told] == []


def test_parts_come_in_reading_order(play: Play) -> None:
    parts = tuple(part for part, _ in EVERY_PART.values())
    [told] = play(Saying(Reply(Status.ANSWERED, parts)), ["问"])
    places = [told.index(words[0]) for _, words in EVERY_PART.values()]
    assert places == sorted(places)


def test_a_long_reply_is_told_to_its_end(play: Play) -> None:
    [told] = play(Saying(Reply(Status.ANSWERED, (Text("四" * 50_000 + "终"),))), ["问"])
    assert told.endswith("终")


def test_every_choice_can_be_taken_by_its_number(brain: Brain, play: Play) -> None:
    regions = ["安徽", "重庆", "北京", "福建", "甘肃", "河南", "湖南", "湖北", "河北"]
    told = {}
    for number, region in enumerate(regions, 1):
        conversation = Conversation(brain, MemoryStore(), FakeClock())
        _, told[region] = play(conversation, ["/portal", str(number)])
    assert {region: text for region, text in told.items() if region not in text} == {}


def test_words_reach_the_bot_as_they_were_said(play: Play) -> None:
    bot = Saying(Reply(Status.ANSWERED, (Text("好"),)))
    play(bot, ["  四川 二建\t在哪注册？ "])
    assert [(update.text, update.press) for update in bot.heard] == [
        ("  四川 二建\t在哪注册？ ", None)
    ]


def test_every_turn_is_an_update_of_its_own_in_one_conversation(play: Play) -> None:
    bot = Saying(Reply(Status.ANSWERED, (Text("好"),)))
    play(bot, ["问", "问", "问"])
    assert len({update.id for update in bot.heard}) == 3
    assert len({update.key for update in bot.heard}) == 1


def test_the_terminal_passes_over_empty_lines_and_stops_at_quit() -> None:
    bot = Saying(Reply(Status.ANSWERED, (Text("好"),)))
    lines, seen = iter(["", "  ", "问", " /quit ", "再问"]), []
    console.chat(bot, FakeClock().now, lambda _: next(lines), seen.append)
    assert [update.text for update in bot.heard] == ["问"]


def test_ctrl_c_at_the_prompt_ends_the_chat() -> None:
    def read(_: str) -> str:
        raise KeyboardInterrupt

    seen: list[str] = []
    console.chat(Saying(Reply(Status.ANSWERED, ())), FakeClock().now, read, seen.append)
    assert seen == [""]


def test_the_terminal_asks_whether_it_helped_and_tells_of_each_turn() -> None:
    bot, noted = Saying(Reply(Status.ANSWERED, ())), []
    lines, seen = iter(["问", "没解决"]), []
    console.chat(
        bot,
        FakeClock().now,
        lambda _: next(lines, "/quit"),
        seen.append,
        question=lambda _: "（有用 / 没解决？）",
        note=lambda update, _: noted.append(update.text),
    )
    assert [update.text for update in bot.heard] == noted == ["问", "没解决"]
    assert seen[1] == "（有用 / 没解决？）\n"


def test_the_terminal_saves_a_file_and_says_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file, _ = EVERY_PART["document"]
    bot = Saying(Reply(Status.ANSWERED, (file,)))
    lines, seen = iter(["问", "问"]), []
    console.chat(
        bot, FakeClock().now, lambda _: next(lines, "/quit"), seen.append, save=console.save_here
    )
    assert [text.strip() for text in seen if "存" in text] == [
        "（已存为 day.ics）",
        "（已存为 day-2.ics）",
    ]
    assert (tmp_path / "day.ics").read_bytes() == b"BEGIN:VCALENDAR\r\n"


def test_a_file_that_cannot_be_saved_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = console.save_here(Document("no/such/folder.ics", "text/calendar", "", ""))
    assert told.startswith("（文件没有存成")


def test_lines_of_earlier_chats_are_kept(tmp_path: Path) -> None:
    pytest.importorskip("readline", reason="this Python was built without readline")
    with console.history(tmp_path / "new" / "history"):
        pass
    assert (tmp_path / "new" / "history").exists()


def test_the_page_can_show_every_part_without_the_text() -> None:
    parts = tuple(part for part, _ in EVERY_PART.values())
    with over_http(Saying(Reply(Status.ANSWERED, parts))) as client:
        kinds = [part["type"] for part in _post(client, "问")["parts"]]
    assert kinds == [
        "text", "list", "list", "link", "picture", "document", "sources", "choices"
    ]  # fmt: skip
