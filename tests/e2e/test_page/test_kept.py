"""The chat page over a real conversation: in its place, kept, in two tabs, without a network."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.app import Brain
from bot.core.conversation import Conversation
from bot.runtime.clock import calendar_writer
from bot.storage.memory import MemoryStore
from tests.e2e.chat_page import (
    CHROMIUM,
    FLAGS,
    PHONE,
    Tab,
    UtcClock,
    ask,
    bubbles,
    expect,
    open_menu,
    regions_of,
    serving,
)

SICHUAN = "sichuan-registration#初始注册"


@pytest.fixture(scope="module")
def url(brain: Brain) -> Iterator[str]:
    conversation = Conversation(brain, MemoryStore(), UtcClock(), calendar=calendar_writer())
    shown = {"pack": lambda: brain.pack, "regions": regions_of(brain.pack), "feedback": True}
    with serving(conversation, **shown) as found:
        yield found


@pytest.fixture
def phone(tab: Tab, url: str) -> Iterator[Any]:
    with tab.opened(url) as found:
        yield found


def choose(page: Any, name: str) -> None:
    bubbles(page, "bot").last.locator(".choice").get_by_text(name, exact=True).click()


def start_walk(page: Any) -> None:
    ask(page, "一步步办初始注册")
    expect(bubbles(page, "bot").last).to_contain_text("第 1/8 步")


# In its place


def test_a_card_goes_on_in_its_place(phone: Any) -> None:
    start_walk(phone)
    for number in ("2/", "3–7/"):
        choose(phone, "下一步")
        expect(bubbles(phone, "bot")).to_contain_text(f"第 {number}")

    expect(phone.locator(".message")).to_have_count(2)
    phone.reload()
    expect(bubbles(phone, "bot")).to_contain_text("第 3–7/")


def test_five_ticks_are_one_list(phone: Any) -> None:
    start_walk(phone)
    choose(phone, "材料")
    ticks = phone.get_by_role("checkbox")
    expect(ticks).to_have_count(6)
    for number in range(5):
        ticks.nth(number).click()
        expect(ticks.nth(number)).to_be_checked()
        expect(ticks.nth(number)).to_be_focused()

    expect(bubbles(phone, "bot")).to_have_count(1)
    expect(bubbles(phone, "bot")).to_contain_text("已备 5/6 样")
    assert "…" not in "".join(ticks.all_inner_texts())
    ticks.nth(0).click()
    expect(bubbles(phone, "bot")).to_contain_text("已备 4/6 样")


def test_an_old_card_is_left_as_it_is(phone: Any) -> None:
    start_walk(phone)
    ask(phone, "多久能拿到证")
    expect(bubbles(phone, "bot")).to_have_count(2)
    bubbles(phone, "bot").first.get_by_role("button", name="下一步").click()

    expect(bubbles(phone, "bot")).to_have_count(3)
    expect(bubbles(phone, "bot").first).to_contain_text("第 1/8 步")


def test_a_clarification_is_pressed(phone: Any) -> None:
    ask(phone, "shanxi erjian zai na zhuce")
    choose(phone, "陕西")

    expect(bubbles(phone, "mine").last).to_have_text("陕西")
    expect(bubbles(phone, "bot").last).to_contain_text("陕西")


# In view


def test_what_is_below_the_view_is_announced(tab: Tab, url: str) -> None:
    with tab.opened(url, {"width": 320, "height": 480}) as page:
        start_walk(page)
        choose(page, "材料")
        expect(page.get_by_role("checkbox")).to_have_count(6)
        page.locator("#scroll").evaluate("box => box.scrollTo(0, 0)")
        newest = page.locator("#newest")
        expect(newest).to_contain_text("个选项")
        newest.click()

        expect(newest).to_be_hidden()
        expect(page.locator(".choice").last).to_be_in_viewport()


def test_whoever_reads_above_is_not_carried_away(phone: Any) -> None:
    for number, words in enumerate(("初始注册要什么材料", "变更注册要什么材料"), 1):
        ask(phone, words)
        expect(bubbles(phone, "bot")).to_have_count(number)
    phone.route("**/messages", lambda route: (time.sleep(0.5), route.continue_()))
    ask(phone, "多久能拿到证")
    phone.locator("#scroll").evaluate("box => box.scrollTo(0, 0)")
    expect(bubbles(phone, "bot")).to_have_count(3)

    assert phone.locator("#scroll").evaluate("box => box.scrollTop") == 0
    expect(phone.locator("#newest")).to_be_visible()


def test_a_long_answer_is_folded_to_one_screen_and_can_be_unfolded(tab: Tab, url: str) -> None:
    with tab.opened(url, {"width": 320, "height": 600}) as page:
        ask(page, "初始注册要什么材料")
        reply = page.locator(".message.bot")
        more = reply.get_by_role("button", name="展开全文")
        room = page.locator("#scroll").evaluate("box => box.clientHeight")
        assert reply.bounding_box()["height"] <= room
        expect(reply.get_by_text("继续教育证明")).to_be_hidden()
        more.click()

        expect(reply.get_by_text("继续教育证明")).to_be_visible()
        expect(reply.get_by_role("button", name="收起")).to_have_attribute("aria-expanded", "true")


def test_sources_are_folded_and_within_reach(phone: Any) -> None:
    ask(phone, "初始注册要什么材料")
    sources = phone.locator(".sources")
    expect(sources.get_by_text("未复核").first).to_be_visible()
    expect(sources.get_by_text("建设部令第153号")).to_be_hidden()
    sources.locator("summary").click()

    expect(sources.get_by_text("建设部令第153号")).to_be_visible()


def test_a_long_message_of_ones_own_is_folded(phone: Any) -> None:
    ask(phone, "我想问一下\n" + "这件事情说来话长，" * 60)
    mine = phone.locator(".message.mine")

    expect(mine.get_by_role("button", name="展开全文")).to_be_visible()
    assert mine.bounding_box()["height"] < 300


# Where the person is


def test_the_region_is_seen_and_can_be_changed(phone: Any) -> None:
    place = phone.locator("#place")
    expect(place).to_have_text("我在哪里？")
    ask(phone, "四川二建在哪注册")
    expect(place).to_have_text("我在四川")
    place.click()
    phone.get_by_role("dialog").get_by_role("button", name="云南", exact=True).click()

    expect(place).to_have_text("我在云南")
    expect(bubbles(phone, "mine").last).to_have_text("我在云南")
    expect(bubbles(phone, "bot").last).to_contain_text("云南")


# Suggestions, links, copies


def test_a_suggestion_is_taken_without_typing_it_all(phone: Any) -> None:
    phone.get_by_label("您的问题").press_sequentially("延续")
    first = phone.locator("#suggestions button").first
    title = first.text_content()
    first.click()

    expect(bubbles(phone, "mine")).to_have_text(title)
    expect(bubbles(phone, "bot")).to_contain_text("延续")
    expect(phone.locator("#suggestions")).to_be_hidden()
    expect(phone.get_by_label("您的问题")).to_have_value("")


def test_an_answer_is_rated_where_it_stands(phone: Any) -> None:
    ask(phone, "四川二建在哪注册")
    answer = bubbles(phone, "bot").last
    rating = answer.locator(".rating")
    rating.get_by_text("没解决").click()
    expect(rating).to_contain_text("哪里不对")
    expect(rating.get_by_text("过期", exact=True)).to_be_focused()
    rating.get_by_text("缺我省", exact=True).click()
    expect(rating).to_contain_text("记下了")
    expect(phone.locator(".message")).to_have_count(2)
    phone.reload()
    expect(phone.locator(".rating")).to_contain_text("记下了")
    expect(phone.locator(".rating button")).to_have_count(0)


def test_a_copied_answer_has_its_words_and_its_link(tab: Tab, url: str) -> None:
    with tab.opened(url) as page:
        ask(page, "初始注册要什么材料")
        page.get_by_role("button", name="复制", exact=True).click()
        expect(page.get_by_role("status").filter(has_text="已复制")).to_be_visible()
        copied = page.evaluate("navigator.clipboard.readText()")

        assert copied.startswith("初始注册需提交的材料一共六样，第六样逾期的才交：\n1. ")
        assert "依据：" in copied
        page.goto(copied.splitlines()[-1])
        expect(bubbles(page, "bot")).to_have_count(2)
        expect(bubbles(page, "bot").last).to_contain_text("初始注册需提交的材料")


def test_a_link_opens_exactly_its_step(tab: Tab, url: str) -> None:
    with tab.opened(url) as page:
        page.evaluate("navigator.share = undefined")
        start_walk(page)
        choose(page, "下一步")
        expect(bubbles(page, "bot")).to_contain_text("第 2/8 步")
        page.get_by_role("button", name="分享").click()
        expect(page.get_by_role("status").filter(has_text="链接已复制")).to_be_visible()
        link = page.evaluate("navigator.clipboard.readText()")
    with tab.opened(link) as page:
        expect(bubbles(page, "bot")).to_contain_text("第 2/8 步")
        assert "open=" not in page.url


def test_a_question_in_the_address_is_asked_once(tab: Tab, url: str) -> None:
    with tab.opened(f"{url}?q=初始注册要什么材料") as page:
        expect(bubbles(page, "bot")).to_have_count(1)
        page.reload()
        expect(bubbles(page, "bot")).to_have_count(1)


def test_a_command_in_the_address_is_not_carried_out(tab: Tab, url: str) -> None:
    with tab.opened(f"{url}?q=/forgetme") as page:
        expect(page.get_by_label("您的问题")).to_have_value("/forgetme")
        assert page.locator(".message").count() == 0


def test_a_link_to_nothing_says_so(tab: Tab, url: str) -> None:
    with tab.opened(f"{url}?open=oAAAAABBBBBabc") as page:
        expect(page.locator(".note")).to_contain_text("这个链接打不开")


# Kept


def test_two_tabs_show_the_same_conversation(tab: Tab, url: str) -> None:
    with tab.opened(url) as one, tab.context.new_page() as two:
        two.goto(url)
        ask(one, "初始注册要什么材料")
        expect(bubbles(two, "bot")).to_have_count(1)
        expect(bubbles(two, "failed")).to_have_count(0)
        ask(two, "多久能拿到证")
        expect(bubbles(one, "bot")).to_have_count(2)
        open_menu(one)
        one.get_by_role("button", name="清空对话").click()
        one.get_by_role("button", name="确认清空").click()

        expect(two.locator(".message")).to_have_count(0)
        expect(two.locator("#welcome")).to_be_visible()


def test_the_conversation_is_there_when_the_browser_is_opened_again(
    browser: Any, url: str, tmp_path: Path
) -> None:
    for number, shown in ((1, "2"), (2, "3–7")):
        again = browser.browser_type.launch_persistent_context(
            tmp_path, executable_path=CHROMIUM, args=FLAGS, locale="zh-CN", viewport=PHONE
        )
        page = again.new_page()
        page.goto(url)
        if number == 1:
            start_walk(page)
        choose(page, "下一步")
        expect(bubbles(page, "bot")).to_contain_text(f"第 {shown}/8 步")
        again.close()


def test_a_new_conversation_keeps_the_old_one_to_read(phone: Any) -> None:
    ask(phone, "四川二建在哪注册")
    expect(bubbles(phone, "bot")).to_have_count(1)
    open_menu(phone)
    phone.get_by_role("button", name="新对话").click()

    expect(phone.locator(".note")).to_contain_text("新的对话")
    expect(phone.locator("#place")).to_have_text("我在哪里？")
    ask(phone, "在哪注册")
    expect(bubbles(phone, "bot")).to_have_count(2)
    assert len(phone.evaluate("JSON.parse(localStorage['zhuce.conversations'])")) == 3


def test_without_a_network_the_page_opens_and_shows_what_was_said(tab: Tab, url: str) -> None:
    with tab.opened(url) as page:
        page.evaluate("navigator.serviceWorker.ready")
        ask(page, "初始注册要什么材料")
        expect(bubbles(page, "bot")).to_have_count(1)
        page.reload()
        page.context.set_offline(True)
        page.reload()
        expect(bubbles(page, "bot")).to_contain_text("初始注册需提交的材料")
        ask(page, "多久能拿到证")
        expect(bubbles(page, "failed")).to_contain_text("自动重发")
        page.context.set_offline(False)

        expect(bubbles(page, "bot")).to_have_count(2)
        expect(bubbles(page, "mine")).to_have_count(2)


def test_english_words_round_chinese_answers(tab: Tab, url: str) -> None:
    with tab.opened(f"{url}?lang=en") as page:
        page.get_by_label("Your question").fill("初始注册要什么材料")
        page.get_by_role("button", name="Send").click()

        expect(bubbles(page, "bot")).to_contain_text("初始注册需提交的材料")
        expect(page.get_by_role("button", name="Copy", exact=True)).to_be_visible()
        assert page.evaluate("document.documentElement.lang") == "en"
