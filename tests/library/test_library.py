"""A second subject through every door: a city library's cards, see README.md beside this file."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.app import Brain
from bot.core.conversation import Conversation
from bot.core.model.reply import Document
from bot.runtime.brain import load_brain
from bot.runtime.clock import write_calendar
from bot.runtime.replay import Replayer
from bot.storage.memory import MemoryStore
from tests.contract.test_adapters import in_words, over_http
from tests.dialogues import Turns, dialogues
from tests.e2e.chat_page import PHONE, ask, bubbles, chromium, expect, open_page, serving
from tests.fakes import FakeClock, ScriptedUser
from tests.library.questions import HERE, PACK, ask_all
from tests.unit.cli.running import Ran, Run, run_here

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
FLOORS = {"a": (93, 0), "b": (82, 0)}
"""Of the 95 questions of each half: how many are right at least, confidently wrong at most."""
OTHER_SUBJECT = ("二级建造师", "二建", "注册证", "续期", "省份", "住房城乡建设")
AT = ("--knowledge", str(PACK))


@pytest.fixture(scope="module")
def library() -> Brain:
    return load_brain(PACK)


@pytest.fixture(scope="module")
def replayer(library: Brain) -> Replayer:
    return Replayer(library, NOON, calendar=write_calendar)


@pytest.fixture
def conversation(library: Brain) -> Conversation:
    return Conversation(library, MemoryStore(), FakeClock(NOON), calendar=write_calendar)


@pytest.fixture
def zhuce(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return run_here(monkeypatch, capsys)


# The questions


@pytest.mark.parametrize("half", FLOORS)
def test_the_questions_come_out_right(
    replayer: Replayer, half: str, figures: Callable[[str], None]
) -> None:
    asked = ask_all(replayer, half)
    right = sum(one.is_right for one in asked)
    sure = sum(one.is_confidently_wrong for one in asked)
    figures(f"{half}: {right} of {len(asked)} right, {sure} confidently wrong")
    least, most = FLOORS[half]
    assert (right >= least, sure <= most) == (True, True), (right, sure)


def test_no_reply_speaks_of_another_subject(replayer: Replayer) -> None:
    told = "\n".join(one.reply.as_text() for half in FLOORS for one in ask_all(replayer, half))
    assert [word for word in OTHER_SUBJECT if word in told] == []


# The command line


def test_the_pack_passes_its_check_and_its_test(zhuce: Run) -> None:
    assert zhuce("kb", "check", *AT).code == 0
    ran = zhuce("kb", "test", *AT)
    assert (ran.code, ran.out.splitlines()[-1].endswith("0 次不对。")) == (0, True), ran.out


def test_the_pack_has_what_a_second_subject_needs(library: Brain) -> None:
    pack = library.pack
    own = [entry for entry in pack.entries.values() if not entry.id.startswith("smalltalk")]
    assert len(own) >= 20
    assert len(pack.portals) == 5
    assert any(len(s.transitions) > 1 for p in pack.procedures.values() for s in p.steps.values())
    assert pack.calculators


def test_json_has_the_slots_by_the_packs_own_names(zhuce: Run) -> None:
    reply = zhuce("ask", "--json", "小白楼几点关门", *AT).reply
    assert reply["slots"] == {"branch": "桃溪分馆", "aspect": "开放时间"}
    assert reply["answers"][0]["slots"] == {"branch": "桃溪分馆", "aspect": "开放时间"}
    reply = zhuce("ask", "--json", "给孩子办证要带什么", *AT).reply
    assert reply["slots"] == {"card": "少儿证", "service": "办证", "aspect": "材料"}


def test_a_batch_of_conversations_is_answered(zhuce: Run, tmp_path: Path) -> None:
    path = tmp_path / "batch.jsonl"
    turns = [{"turns": ["补证要带什么", "那多少钱"]}, {"q": "成都有你们的馆吗"}]
    path.write_text("\n".join(map(json.dumps, turns)), encoding="utf-8")
    lines = zhuce("ask", "--batch", str(path), *AT).out.splitlines()
    replies: list[dict[str, Any]] = [json.loads(line) for line in lines]
    assert [reply["entry"] for reply in replies] == ["replace-fee", None]
    assert replies[1]["reason"] == "no_data_for_region"


def test_chat_at_the_terminal(zhuce: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import io

    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(sys, "stdin", io.StringIO("卡丢了怎么办\n一步步办\n少儿证\n/quit\n"))
    ran: Ran = zhuce("chat", *AT)
    assert ran.code == 0
    assert "我回答云泽市图书馆借书证的问题" in ran.out
    assert "丢的是哪一种证" in ran.out
    assert "户口簿（或身份证）到任一馆办理" in ran.out


# Every platform


@pytest.mark.parametrize("turns", [pytest.param(d.turns, id=d.name) for d in dialogues(HERE)])
def test_a_dialogue_goes_the_same_way_everywhere(library: Brain, turns: Turns) -> None:
    told = in_words(library, turns)
    assert all(told)
    assert [word for word in OTHER_SUBJECT if word in "\n".join(told)] == []


def test_the_api_answers_with_the_packs_own_slots(conversation: Conversation) -> None:
    with over_http(conversation) as client:
        said = {"conversation": "one", "text": "老街馆能退卡吗"}
        answer = client.post("/api/v1/messages", json=said).json()
    assert (answer["status"], answer["entry"]) == ("answered", "cancel-at-luming")
    assert answer["slots"] == {"branch": "鹿鸣分馆", "service": "退证"}


def test_a_deadline_goes_into_the_calendar_under_the_packs_name(
    conversation: Conversation,
) -> None:
    async def talk() -> Document:
        user = ScriptedUser(conversation, FakeClock(NOON))
        reply = await user.says("我的证2026年10月30日到期，最晚哪天换").sees("2026-11-29")
        value = next(c.value for c in reply.choices if c.label == "加进日历")
        reply = await user.presses(value)
        return next(part for part in reply.parts if isinstance(part, Document))

    file = asyncio.run(talk())
    assert "20261129" in file.content
    assert "借书证换证的最后一天" in file.content
    assert "yunze-library" in file.content


# The page


@pytest.fixture
def browser() -> Iterator[Any]:
    with chromium() as found:
        yield found


def test_the_page_talks_about_the_library(
    browser: Any, conversation: Conversation, tmp_path: Path
) -> None:
    pack = conversation.pack
    shown = {"lead": pack.phrase("page_lead"), "examples": pack.examples}
    with (
        serving(conversation, pack.title + "问答", **shown) as url,
        open_page(browser, url, viewport=PHONE) as page,
    ):
        expect(page.get_by_role("heading", name="云泽市图书馆借书证问答")).to_be_visible()
        expect(page.get_by_role("button", name="小白楼几点关门")).to_be_visible()
        ask(page, "给孩子办证要带什么")
        expect(bubbles(page, "bot").last).to_contain_text("监护人身份证")
        ask(page, "一步步办补证")
        expect(bubbles(page, "bot").last).to_contain_text("丢的是哪一种证")
        page.get_by_role("button", name="2 少儿证", exact=True).click()
        expect(bubbles(page, "bot").last).to_contain_text("户口簿（或身份证）")
        page.screenshot(path=tmp_path / "page.png", full_page=True)
        words = page.locator("body").inner_text()
    assert [word for word in OTHER_SUBJECT if word in words] == []
