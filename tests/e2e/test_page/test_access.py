"""The chat page for everybody: axe, the keyboard alone, narrow, twice as large, on paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.app import Brain
from bot.core.conversation import Conversation
from bot.drawing import ChartDrawer
from bot.errors import StoreUnavailable
from bot.storage.memory import MemoryStore
from tests.e2e.chat_page import (
    DESKTOP,
    Served,
    Tab,
    UtcClock,
    ask,
    bubbles,
    expect,
    open_menu,
    regions_of,
    scrolls_sideways,
    serving,
    wait_for_picture,
)

axe = pytest.importorskip("axe_playwright_python.sync_playwright")
SMALLEST = {"width": 320, "height": 640}


@pytest.fixture(scope="module")
def url(brain: Brain) -> Iterator[str]:
    conversation = Conversation(brain, MemoryStore(), UtcClock(), drawer=ChartDrawer())
    shown = {
        "pack": lambda: brain.pack,
        "regions": regions_of(brain.pack),
        "examples": brain.pack.examples,
        "lead": brain.pack.phrase("page_lead"),
        "feedback": True,
    }
    with serving(conversation, brain.pack.title + "问答", **shown) as found:
        yield found


@pytest.fixture
def phone(tab: Tab, url: str) -> Iterator[Any]:
    with tab.opened(url) as found:
        yield found


def say(page: Any, words: str) -> None:
    count = bubbles(page, "bot").count()
    ask(page, words)
    expect(bubbles(page, "bot")).to_have_count(count + 1)


AXE = axe.Axe().axe_script
SCHEMES = {"light": {}, "dark": {"runOnly": ["color-contrast"]}}
"""What axe is to look at; of all rules, one has to do with colours."""


def faults(page: Any) -> list[str]:
    """What axe finds."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = []
    for scheme, rules in SCHEMES.items():
        page.emulate_media(color_scheme=scheme)
        ran = page.evaluate("rules => axe.run(rules)", {"resultTypes": ["violations"], **rules})
        found += [
            f"{scheme}: {one['id']}: {node['html'][:120]}"
            for one in ran["violations"]
            for node in one["nodes"]
        ]
    return found


def test_axe_finds_nothing_on_any_state(phone: Any) -> None:
    found = {state: faults(phone) for state in states(phone)}

    assert {state: what for state, what in found.items() if what} == {}
    assert len(found) > 15


def states(page: Any) -> Iterator[str]:
    """Bring the page into one state after another, in Chinese and in English."""
    yield "welcome"
    open_menu(page)
    yield "menu"
    page.keyboard.press("Escape")
    page.locator("#place").click()
    yield "places"
    page.keyboard.press("Escape")
    for words in ("初始注册要什么材料", "四川二建在哪注册", "shanxi在哪注册"):
        say(page, words)
        yield words
    page.locator(".sources summary").first.click()
    page.locator(".rating").first.get_by_text("没解决").click()
    page.locator(".rating").first.get_by_text("过期").wait_for()
    yield "rated"
    say(page, "一步步办初始注册")
    yield "card"
    say(page, "流程图")
    yield "drawing"
    ask(page, "材料")
    page.get_by_role("checkbox").first.click()
    expect(page.get_by_role("checkbox").first).to_be_checked()
    yield "papers"
    page.get_by_label("您的问题").press_sequentially("延续")
    page.locator("#suggestions button").first.wait_for()
    yield "suggestions"
    page.get_by_label("您的问题").press("Escape")
    page.get_by_label("您的问题").fill("")
    page.locator("#scroll").evaluate("box => box.scrollTo(0, 0)")
    expect(page.locator("#newest")).to_be_visible()
    yield "above"
    page.locator("button.enlarge").first.click()
    yield "picture"
    page.keyboard.press("Escape")
    yield from states_in_trouble(page)


def states_in_trouble(page: Any) -> Iterator[str]:
    say(page, "我想问一下" + "这件事情说来话长，" * 60)
    yield "long words"
    open_menu(page)
    page.get_by_role("button", name="新对话").click()
    yield "begun anew"
    open_menu(page)
    page.locator("#language").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    yield "English"
    page.context.set_offline(True)
    ask(page, "多久", "Your question")
    expect(bubbles(page, "failed")).to_have_count(1)
    yield "failed"


def test_everything_is_done_with_the_keyboard_alone(tab: Tab, url: str) -> None:
    with tab.opened(url, DESKTOP) as page:
        keys = page.keyboard
        expect(page.get_by_label("您的问题")).to_be_focused()
        keys.type("一步步办初始注册")
        keys.press("Enter")
        expect(bubbles(page, "bot")).to_contain_text("第 1/8 步")
        press_choice(page, "2")  # 材料
        expect(page.get_by_role("checkbox").first).to_be_visible()
        tab_to(page, "[role=checkbox]")
        keys.press("Space")
        expect(page.get_by_role("checkbox").first).to_be_checked()
        expect(page.get_by_role("checkbox").first).to_be_focused()
        tab_to(page, "#menu summary")
        keys.press("Enter")
        tab_to(page, "#fresh")
        keys.press("Escape")
        expect(page.locator("#menu summary")).to_be_focused()
        tab_to(page, "#place")
        keys.press("Enter")
        keys.press("Tab")
        keys.press("Enter")
        expect(bubbles(page, "mine").last).to_contain_text("我在")


def press_choice(page: Any, number: str) -> None:
    tab_to(page, f".choice:has(.number:text-is('{number}'))")
    page.keyboard.press("Enter")


def tab_to(page: Any, selector: str) -> None:
    """Go backwards: the field is the last thing on the page."""
    wanted = page.locator(selector).first
    for _ in range(40):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Shift+Tab")
    pytest.fail(f"{selector} cannot be reached by the keyboard")


def test_trying_again_leaves_the_focus_with_the_message(page: Any, served_page: Served) -> None:
    served_page.bot.failures = [StoreUnavailable()]
    ask(page, "初始注册")
    again = page.get_by_role("button", name="重试")
    again.focus()
    page.keyboard.press("Enter")
    expect(bubbles(page, "bot")).to_have_count(1)

    expect(bubbles(page, "bot")).to_be_focused()


def test_it_is_read_in_the_order_of_the_talk(phone: Any) -> None:
    say(phone, "初始注册要什么材料")
    read = phone.locator("#feed").aria_snapshot()

    places = [read.index(word) for word in ("您：", "回答：", "初始注册需提交", "依据", "一步步办")]
    assert places == sorted(places)


def test_the_narrowest_phone_scrolls_nothing_sideways(tab: Tab, url: str) -> None:
    with tab.opened(url, SMALLEST) as page:
        for words in ("四川二建在哪注册", "一步步办初始注册", "流程图"):
            say(page, words)
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                assert not scrolls_sideways(page)
                assert page.locator("#scroll").evaluate("box => box.scrollWidth <= box.clientWidth")
        assert page.locator(".top").evaluate("box => box.scrollWidth <= box.clientWidth")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_hint_of_the_input_is_read_whole_on_the_narrowest_phone(
    tab: Tab, url: str, language: str
) -> None:
    with tab.opened(url, {"width": 320, "height": 640}) as page:
        if language == "en":
            open_menu(page)
            page.locator("#language").click()
        expect(page.locator("html")).to_have_attribute("lang", re.compile(language))
        field = page.locator("#words")
        expect(field).to_have_value("")
        assert field.evaluate("field => field.scrollHeight <= field.clientHeight")


def test_text_twice_as_large_loses_nothing(phone: Any) -> None:
    phone.evaluate("document.documentElement.style.fontSize = '200%'")
    say(phone, "四川二建在哪注册")

    assert not scrolls_sideways(phone)
    assert phone.locator("#scroll").evaluate("box => box.scrollWidth <= box.clientWidth")
    expect(phone.get_by_role("button", name="发送")).to_be_in_viewport(ratio=1)
    choice = phone.locator(".choice").last
    choice.scroll_into_view_if_needed()
    expect(choice).to_be_in_viewport(ratio=1)


def test_printing_has_all_of_it_on_as_many_pages_as_it_takes(phone: Any, tmp_path: Path) -> None:
    for words in ("初始注册要什么材料", "变更注册要什么材料", "一步步办初始注册", "流程图"):
        say(phone, words)
    phone.locator("img.chart").wait_for()
    wait_for_picture(phone)
    phone.emulate_media(media="print")
    shown = phone.locator("#log").inner_text()
    pages = pages_of(phone)

    assert "继续教育证明" in shown
    assert "工程业绩证明找谁出" not in shown  # a choice
    assert 2 <= pages <= 4


def test_one_answer_is_printed_by_itself(phone: Any) -> None:
    say(phone, "变更注册要什么材料")
    say(phone, "初始注册要什么材料")
    phone.evaluate("window.print = () => { window.printed = true; }")
    bubbles(phone, "bot").last.get_by_role("button", name="打印").click()
    expect(phone.locator(".printed")).to_have_count(1)
    phone.emulate_media(media="print")

    expect(bubbles(phone, "bot").last).to_be_visible()
    expect(bubbles(phone, "bot").first).to_be_hidden()
    expect(phone.locator(".printed .sources li").first).to_be_visible()
    assert pages_of(phone) == 1


def pages_of(page: Any) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4")))


def test_a_picture_is_enlarged_and_closed(phone: Any) -> None:
    say(phone, "一步步办初始注册")
    say(phone, "流程图")
    wait_for_picture(phone)
    shown = phone.locator("img.chart").evaluate("image => image.clientWidth / image.naturalWidth")
    assert 14 * shown >= 12, "the smallest words of the picture"
    phone.emulate_media(color_scheme="dark")
    dark = phone.locator("img.chart").evaluate("image => getComputedStyle(image).filter")
    assert dark.startswith("invert")
    phone.locator("button.enlarge").first.click()
    viewer = phone.get_by_role("dialog")
    expect(viewer.get_by_role("img")).to_be_visible()
    with phone.expect_download() as started:
        viewer.get_by_role("link", name="保存图片").click()
    assert Path(started.value.path()).read_bytes().startswith(b"\x89PNG")
    viewer.get_by_role("button", name="关闭").click()

    expect(viewer).to_have_count(0)
    expect(phone.locator("button.enlarge").first).to_be_focused()


def test_everyday_questions_take_one_screen(tab: Tab, url: str) -> None:
    for words in ("换工作了 二建怎么弄", "注册一般要多长时间", "二建转到另一家公司要哪些资料"):
        with tab.opened(url) as page:
            say(page, words)
            room = page.locator("#scroll").evaluate("box => box.clientHeight")
            assert page.locator(".message.bot").bounding_box()["height"] <= room
            expect(page.locator(".choice").last).to_be_in_viewport(ratio=1)
