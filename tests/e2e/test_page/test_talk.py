"""The chat page as a person meets it, with set answers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.app import Brain
from bot.core.conversation import Conversation
from bot.core.model.procedure import Step
from bot.core.procedures.graph import path
from bot.errors import StoreUnavailable
from bot.storage.memory import MemoryStore
from tests.e2e.chat_page import (
    DESKTOP,
    PAUSE_MS,
    PHONE,
    REMINDER,
    Served,
    Tab,
    UtcClock,
    ask,
    bubbles,
    expect,
    open_menu,
    open_page,
    scrolls_sideways,
    serving,
)

# Asking and answering


def test_a_question_is_answered_in_parts(page: Any) -> None:
    ask(page, "初始注册要什么材料")

    expect(bubbles(page, "mine")).to_have_text("初始注册要什么材料")
    reply = bubbles(page, "bot")
    expect(reply.locator("ol li")).to_have_count(4)
    expect(reply.locator(".sources")).to_contain_text(
        "依据：注册建造师管理规定 第七条（核对于 2021-12-08）"
    )
    expect(reply.locator(".link")).to_contain_text("网址未核实")
    expect(reply.locator(".link a")).to_have_attribute("rel", "noopener noreferrer")
    expect(reply.locator(".choice")).to_have_text(["1一步步办", "2换省份"])


def test_markup_in_a_reply_or_a_question_is_only_text(page: Any) -> None:
    ask(page, "<img src=x onerror=alert(1)>")

    expect(bubbles(page, "bot").first).to_contain_text("<b>原样显示</b>")
    assert page.locator("#log b, #log img").count() == 0


def test_a_file_can_be_saved_also_after_a_reload(
    page: Any, served_page: Served, tmp_path: Path
) -> None:
    served_page.bot.reply = REMINDER
    ask(page, "加进日历")
    for _ in range(2):
        expect(bubbles(page, "bot")).to_contain_text("日历提醒：2027-02-28")
        with page.expect_download() as started:
            page.get_by_role("link", name="保存 day.ics").click()
        saved = tmp_path / "day.ics"
        started.value.save_as(saved)
        assert started.value.suggested_filename == "day.ics"
        assert saved.read_bytes() == "BEGIN:VCALENDAR\r\n注册\r\n".encode()
        page.reload()


def test_an_address_in_running_text_can_be_followed(page: Any) -> None:
    ask(page, "入口")

    expect(bubbles(page, "bot").locator(".words a")).to_have_text("https://example.org/a?b=1")
    expect(bubbles(page, "bot")).to_contain_text("入口（https://example.org/a?b=1）。")


def test_a_taken_choice_is_sent_and_shown_as_what_it_says(page: Any, served_page: Served) -> None:
    ask(page, "初始注册")
    page.get_by_role("button", name="一步步办").click()

    expect(bubbles(page, "mine").last).to_have_text("一步步办")
    expect(bubbles(page, "bot").last).to_contain_text("第 1 步")
    assert served_page.bot.heard[-1].press == "walk:initial"


def test_a_picture_is_shown_and_its_words_can_be_unfolded(page: Any) -> None:
    ask(page, "路线图")
    image = page.locator("img.chart")
    image.wait_for()
    page.wait_for_function("document.querySelector('img.chart').naturalWidth === 300")
    assert image.get_attribute("alt") == "申请\n受理"
    assert not page.locator("pre.drawing").is_visible()
    page.get_by_text("用文字看").click()
    assert page.locator("pre.drawing").inner_text() == "申请\n受理"


def test_a_picture_that_nobody_can_draw_is_its_words(page: Any) -> None:
    ask(page, "怎么注册")
    page.get_by_role("button", name="一步步办").click()
    page.locator("pre.drawing").wait_for()
    page.wait_for_function("document.querySelectorAll('img.chart').length === 0")
    assert "省级注册机构网上受理" in page.locator("pre.drawing").inner_text()


def test_an_old_choice_can_still_be_taken(page: Any, served_page: Served) -> None:
    ask(page, "初始注册")
    page.get_by_role("button", name="一步步办").click()
    expect(bubbles(page, "bot")).to_have_count(2)
    page.get_by_role("button", name="换省份").click()

    expect(bubbles(page, "mine").last).to_have_text("换省份")
    assert served_page.bot.heard[-1].press == "region:other"


def test_an_example_can_be_tapped(page: Any) -> None:
    chip = page.locator(".chip").first
    question = chip.text_content()
    chip.click()

    expect(bubbles(page, "mine")).to_have_text(question)
    expect(page.locator("#welcome")).to_be_hidden()


def test_one_conversation_holds_from_message_to_message(page: Any, served_page: Served) -> None:
    ask(page, "一")
    expect(bubbles(page, "bot")).to_have_count(1)
    page.reload()
    ask(page, "二")
    expect(bubbles(page, "bot")).to_have_count(2)

    assert len({update.key for update in served_page.bot.heard}) == 1


# Typing


def test_the_send_button_waits_for_words(page: Any) -> None:
    send = page.get_by_role("button", name="发送")

    expect(send).to_be_disabled()
    page.get_by_label("您的问题").fill("  \n ")
    expect(send).to_be_disabled()
    page.get_by_label("您的问题").fill("问")
    expect(send).to_be_enabled()


def test_shift_enter_breaks_the_line_and_the_field_grows(page: Any, served_page: Served) -> None:
    field = page.get_by_label("您的问题")
    before = field.bounding_box()["height"]
    field.press_sequentially("一")
    field.press("Shift+Enter")
    field.press_sequentially("二")

    expect(field).to_have_value("一\n二")
    assert field.bounding_box()["height"] > before
    assert not served_page.bot.heard


def test_a_growing_field_does_not_cover_the_last_words(page: Any) -> None:
    ask(page, "初始注册")
    expect(bubbles(page, "bot")).to_have_count(1)
    page.locator("#scroll").evaluate("scroller => scroller.scrollTo(0, scroller.scrollHeight)")
    page.get_by_label("您的问题").press_sequentially("一")
    for _ in range(3):
        page.get_by_label("您的问题").press("Shift+Enter")

    expect(page.get_by_role("button", name="换省份")).to_be_in_viewport(ratio=1)


def test_enter_during_composition_belongs_to_the_input_method(
    page: Any, served_page: Served
) -> None:
    field = page.get_by_label("您的问题")
    field.focus()
    devtools = page.context.new_cdp_session(page)
    devtools.send(
        "Input.imeSetComposition", {"text": "zhuce", "selectionStart": 5, "selectionEnd": 5}
    )
    enter = {"type": "rawKeyDown", "key": "Enter", "windowsVirtualKeyCode": 229}
    devtools.send("Input.dispatchKeyEvent", enter)
    devtools.send("Input.dispatchKeyEvent", {**enter, "type": "keyUp"})
    devtools.send("Input.insertText", {"text": "注册"})

    page.keyboard.press("Enter")
    expect(field).to_have_value("注册")
    assert not served_page.bot.heard
    page.wait_for_timeout(PAUSE_MS)
    page.keyboard.press("Enter")
    expect(bubbles(page, "mine")).to_have_text("注册")


COMPOSITIONS = {
    "chromium": ["keydown isComposing", "compositionend"],
    "old browsers": ["keydown 229", "compositionend"],
    "safari": ["compositionend", "keydown 229"],
    "composition ended just before": ["compositionend", "keydown"],
}


def test_no_order_of_composition_events_sends(page: Any) -> None:
    field = page.get_by_label("您的问题")
    for count, (typed_in, events) in enumerate(COMPOSITIONS.items(), 1):
        field.fill("注册")
        page.evaluate(
            """events => {
                const field = document.getElementById("words");
                field.dispatchEvent(new CompositionEvent("compositionstart"));
                for (const event of events) {
                    field.dispatchEvent(event === "compositionend"
                        ? new CompositionEvent("compositionend", {bubbles: true})
                        : new KeyboardEvent("keydown", {
                            key: "Enter", bubbles: true, cancelable: true,
                            isComposing: event.includes("isComposing"),
                            keyCode: event.includes("229") ? 229 : 13}));
                }
            }""",
            events,
        )

        assert bubbles(page, "mine").count() == count - 1, typed_in
        page.wait_for_timeout(PAUSE_MS)
        field.press("Enter")
        expect(bubbles(page, "bot")).to_have_count(count)


def test_typing_goes_on_while_the_bot_thinks(page: Any, served_page: Served) -> None:
    served_page.bot.may_answer.clear()
    ask(page, "一")
    expect(page.get_by_text("正在输入")).to_be_visible()
    field = page.get_by_label("您的问题")
    field.press_sequentially("二")
    field.press("Enter")

    expect(field).to_have_value("二")
    expect(page.get_by_role("button", name="发送")).to_be_disabled()
    served_page.bot.may_answer.set()
    expect(bubbles(page, "bot")).to_have_count(1)
    expect(page.get_by_text("正在输入")).to_be_hidden()
    expect(page.get_by_role("button", name="发送")).to_be_enabled()
    assert len(served_page.bot.heard) == 1


# Failures


def test_a_failed_message_is_sent_again_under_its_id(page: Any, served_page: Served) -> None:
    served_page.bot.failures = [StoreUnavailable()]
    ask(page, "初始注册")
    expect(bubbles(page, "failed")).to_contain_text("稍后重试")
    page.get_by_role("button", name="重试").click()

    expect(bubbles(page, "bot")).to_have_count(1)
    expect(bubbles(page, "failed")).to_have_count(0)
    expect(bubbles(page, "mine")).to_have_count(1)
    first, again = served_page.bot.heard
    assert first.id == again.id


def test_without_a_network_the_page_says_so_and_sends_when_it_is_back(page: Any) -> None:
    page.context.set_offline(True)
    ask(page, "初始注册")
    expect(bubbles(page, "failed")).to_contain_text("没有连上服务器")
    page.context.set_offline(False)

    expect(bubbles(page, "bot")).to_have_count(1)
    expect(bubbles(page, "failed")).to_have_count(0)
    expect(bubbles(page, "mine")).to_have_count(1)


def test_a_message_that_is_refused_offers_no_second_try(page: Any) -> None:
    ask(page, "字" * 200_001)

    expect(page.locator(".note").last).to_contain_text("内容太长")
    expect(page.get_by_role("button", name="重试")).to_have_count(0)


def test_an_id_of_another_secret_is_replaced_without_a_word(page: Any) -> None:
    page.evaluate("localStorage.setItem('zhuce.conversations', '[\"somebody.else\"]')")
    ask(page, "初始注册")

    expect(bubbles(page, "bot")).to_have_count(1)


def test_a_reload_shows_what_was_said(page: Any) -> None:
    ask(page, "初始注册")
    expect(bubbles(page, "bot")).to_have_count(1)
    page.reload()

    expect(bubbles(page, "mine")).to_have_text("初始注册")
    page.get_by_role("button", name="一步步办").click()
    expect(bubbles(page, "bot")).to_have_count(2)


def test_a_reload_before_the_answer_asks_again_under_the_same_id(
    page: Any, served_page: Served
) -> None:
    served_page.bot.may_answer.clear()
    ask(page, "初始注册")
    while not served_page.bot.heard:
        page.wait_for_timeout(20)
    page.reload()
    served_page.bot.may_answer.set()

    expect(bubbles(page, "bot")).to_have_count(1)
    first, again = served_page.bot.heard
    assert first.id == again.id


def test_clearing_forgets_here_and_on_the_server(page: Any, served_page: Served) -> None:
    ask(page, "初始注册")
    expect(bubbles(page, "bot")).to_have_count(1)
    open_menu(page)
    page.get_by_role("button", name="清空对话").click()
    with page.expect_response(lambda response: response.request.method == "DELETE"):
        page.get_by_role("button", name="确认清空").click()

    expect(page.locator(".message")).to_have_count(0)
    expect(page.locator("#welcome")).to_be_visible()
    assert served_page.bot.forgotten == [served_page.bot.heard[0].key.user]
    assert page.evaluate("localStorage.getItem('zhuce.conversations')") == "[]"


# Looks


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_nothing_scrolls_sideways(tab: Tab, served_page: Served, viewport: dict[str, int]) -> None:
    with tab.opened(served_page.url, viewport) as page:
        assert not scrolls_sideways(page)
        ask(page, "一个很长的词" + "W" * 300)
        page.get_by_role("button", name="一步步办").click()
        expect(bubbles(page, "bot")).to_have_count(2)

        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert not scrolls_sideways(page)
            for box in (page.locator("#scroll"), page.locator(".top")):
                assert box.evaluate("box => box.scrollWidth <= box.clientWidth")


def test_buttons_are_large_enough_for_a_thumb(page: Any) -> None:
    ask(page, "初始注册")
    expect(bubbles(page, "bot")).to_have_count(1)

    heights = page.locator("button:visible").evaluate_all(
        "buttons => buttons.map(button => button.getBoundingClientRect().height)"
    )
    assert min(heights) >= 44


def test_text_stands_out_from_its_ground(page: Any, served_page: Served) -> None:
    ask(page, "初始注册")
    page.get_by_role("button", name="一步步办").click()
    expect(bubbles(page, "bot")).to_have_count(2)
    served_page.bot.failures = [StoreUnavailable()]
    ask(page, "再问")
    expect(bubbles(page, "failed")).to_have_count(1)

    measure = (Path(__file__).parent / "contrast.js").read_text("utf-8")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate(measure) == [], scheme


def test_without_scripts_the_page_says_what_it_needs(browser: Any, served_page: Served) -> None:
    with open_page(browser, served_page.url, java_script_enabled=False) as page:
        expect(page.locator("noscript .note")).to_be_visible()
        expect(page.get_by_label("您的问题")).to_be_hidden()


# A real conversation


def cards_of(steps: Sequence[Step]) -> list[str]:
    """The numbers of the steps of each card: steps on which one only waits share one."""
    spans: list[list[int]] = []
    for number, step in enumerate(steps, 1):
        if spans and step.is_wait and steps[number - 2].is_wait:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return [str(first) if first == last else f"{first}–{last}" for first, last in spans]


def test_every_registration_is_walked_to_its_end(tab: Tab, brain: Brain) -> None:
    [procedure] = brain.pack.procedures.values()
    conversation = Conversation(brain, MemoryStore(), UtcClock())
    with serving(conversation) as url, tab.opened(url) as page:
        for kind in procedure.kinds:
            steps = path(procedure, kind)
            ask(page, f"/steps {kind}")
            shown = cards_of(steps)
            for numbers in shown:
                card = bubbles(page, "bot").last
                expect(card).to_contain_text(f"{kind}第 {numbers}/{len(steps)} 步")
                step = "下一步" if numbers != shown[-1] else "结束"
                card.get_by_role("button", name=step).click()
            expect(bubbles(page, "bot").last).to_contain_text(f"{kind}的步骤到此结束")
