"""The console in Chromium: from a question in vain to its answer, every page looked at, no mouse.

It stands on a small pack; with BOT_TEST_SOAK=1 on the shipped one, within the same two minutes.
BOT_TEST_SCREENSHOTS=DIR leaves the pictures of docs/operator there.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.core.model.choices import RateAnswer
from tests.conftest import KNOWLEDGE
from tests.e2e.chat_page import expect, scrolls_sideways
from tests.e2e.test_serve import Server, serving
from tests.packs import edited, write_pack
from tests.workers import SOAK

axe = pytest.importorskip("axe_playwright_python.sync_playwright")
KEY = "the key of the tests"
ASKED = ("印油是红色还是蓝色", "印油用什么颜色", "盖章的印油什么颜色")
ANSWER = "资料没有写印油的颜色"
PROCEDURE = "sichuan-registration" if SOAK else "path"
WITHIN_S = 120.0
"""From opening the console to the live answer."""
JOURNAL_S = 2.5
"""Until the journal is written."""
SLOW_MS = 60_000
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
SEEN = ["color-contrast", "target-size", "scrollable-region-focusable", "link-in-text-block"]
"""The rules of axe that depend on colours and width; the others hold for both alike."""
EXAMINE = """async rules => {
  const found = await axe.run({
    resultTypes: ["violations"],
    ...(rules && { runOnly: { type: "rule", values: rules } }),
  });
  return found.violations;
}"""
PAGES = (
    "",
    "/try",
    "/gaps",
    "/feedback",
    "/due",
    "/knowledge",
    "/entries/renewal-materials",
    f"/procedures/{PROCEDURE}",
    "/edit?where=entry:renewal-materials",
    "/changes",
)


@dataclass
class Desk:
    server: Server
    pack: Path
    browser: Any

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.port}/admin"

    @contextmanager
    def inside(self, name: str, **shown: Any) -> Iterator[Any]:
        """A page of somebody who has given the key; nothing may be complained about in it."""
        complaints: list[str] = []
        with self.browser.new_context(locale="zh-CN", **shown) as context:
            page = context.new_page()
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on(
                "console",
                lambda m: complaints.append(m.text) if m.type in {"error", "warning"} else None,
            )
            page.goto(f"{self.url}/login")
            page.get_by_label("您的名字").fill(name)
            page.get_by_label("密钥").fill(KEY)
            page.keyboard.press("Enter")
            expect(page.get_by_role("heading", name="概览")).to_be_visible()
            yield page
        assert complaints == []


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, browser: Any) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("console")
    pack = folder / "knowledge"
    if SOAK:
        shutil.copytree(KNOWLEDGE, pack)
    else:
        write_pack(pack, main=edited("faq/main.yaml", ("not: [二建注册]", "not: [变更程序]")))
    more = {
        "BOT_KNOWLEDGE": str(pack),
        "BOT_JOURNAL": f"sqlite:///{folder / 'journal.db'}",
        "BOT_ADMIN__KEY": KEY,
        "XDG_STATE_HOME": str(folder / "state"),
    }
    with serving(folder, **more) as server:
        yield Desk(server, pack, browser)


def test_from_a_question_in_vain_to_its_live_answer(desk: Desk) -> None:
    pictures = os.environ.get("BOT_TEST_SCREENSHOTS")
    people_ask_in_vain(desk)
    asked = began = time.monotonic()
    with desk.inside("王工", viewport=WIDE) as page:

        def keep(name: str) -> None:
            if pictures:
                page.screenshot(path=Path(pictures) / f"console-{name}.png")

        keep("overview")
        time.sleep(max(0.0, asked + JOURNAL_S - time.monotonic()))
        page.get_by_role("link", name="评价", exact=True).click()
        row = page.get_by_role("row").filter(has_text="延续").first
        expect(row.get_by_role("cell").nth(1)).to_have_text("3")
        page.get_by_role("link", name="没答上", exact=True).click()
        expect(page.get_by_text("3 人")).to_be_visible()
        keep("gaps")
        page.get_by_role("button", name="写成新条目").click()
        page.get_by_label("文件").fill("faq/ink.yaml")
        page.get_by_label("应当由哪个条目回答").fill("ink")
        text = page.locator("#text").input_value()
        page.locator("#text").fill(text.replace("title: ", "title："))
        expect(page.locator("#problems")).to_contain_text("请换成英文冒号", timeout=SLOW_MS)
        keep("problem")
        page.get_by_role("button", name="第 3 行").click()
        assert "title：" in page.evaluate("getSelection().toString()")
        text = text.replace("new-entry", "ink").replace("写一句不该由它回答的话", "变更程序")
        text = text.replace("示例：在这里写答案。", f"{ANSWER}。")
        page.locator("#text").fill(text)
        expect(page.locator("#problems")).to_contain_text("没有问题", timeout=SLOW_MS)
        page.get_by_label("为什么改").fill("三个人问过")
        page.get_by_role("button", name="试一试").click()
        expect(page.get_by_text("现在：ink")).to_have_count(3, timeout=SLOW_MS)
        keep("tried")
        page.get_by_role("button", name="采用").click()
        expect(page.locator("#state")).to_contain_text("已经生效", timeout=SLOW_MS)
        keep("live")
        assert "王工" in page.locator(".records").first.inner_text()
        page.get_by_role("link", name="试问", exact=True).click()
        page.get_by_label("问题").fill(ASKED[0])
        page.get_by_role("main").get_by_role("button", name="试问").click()
        expect(page.locator("chat-reply")).to_contain_text(ANSWER)
        keep("hit-test")
        answered = desk.server.says(ASKED[0], "four")
        assert (answered["entry"], time.monotonic() - began < WITHIN_S) == ("ink", True)
        assert ASKED[0] in (desk.pack / "tests" / "console.yaml").read_text("utf-8")

        page.get_by_role("link", name="改动", exact=True).click()
        page.get_by_text("退回到这里").click()
        keep("way-back")
        page.get_by_role("button", name="退回到").click()
        expect(page.locator("#state")).to_contain_text("已经生效", timeout=SLOW_MS)
        assert desk.server.says(ASKED[0], "five")["status"] == "abstained"


def test_axe_finds_nothing_and_nothing_is_too_wide(desk: Desk) -> None:
    found: dict[str, list[str]] = {}
    with desk.inside("王工", bypass_csp=True) as page:
        for path in PAGES:
            page.goto(desk.url + path)
            if path == "/try":
                page.get_by_label("问题").fill("续期材料")
                page.get_by_role("main").get_by_role("button", name="试问").click()
                expect(page.locator("chat-reply")).to_contain_text("申请表")
            found[path] = faults(page)
        page.get_by_role("button", name="退出").click()
        found["login"] = faults(page)
    assert {path: what for path, what in found.items() if what} == {}


def test_everything_is_done_with_the_keyboard_alone(desk: Desk) -> None:
    with desk.inside("王工", viewport=WIDE) as page:
        keys = page.keyboard
        keys.press("Tab")
        expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
        reach(page, "nav a[href$='/try']")
        keys.press("Enter")
        reach(page, "#question")
        keys.type("续期材料")
        reach(page, "main form button")
        keys.press("Enter")
        expect(page.locator("chat-reply")).to_contain_text("申请表")
        reach(page, ".signals a")
        keys.press("Enter")
        reach(page, "a.button")
        keys.press("Enter")
        reach(page, "#text")
        keys.press("Control+Home")
        keys.press("ArrowDown")
        keys.press("Home")
        keys.type("x")
        expect(page.locator("#problems button.link").first).to_be_visible(timeout=SLOW_MS)
        reach(page, "#problems button.link")
        keys.press("Enter")
        expect(page.locator("#text")).to_be_focused()
        page.evaluate("document.querySelector('#text').value = ''")


def people_ask_in_vain(desk: Desk) -> None:
    for person in ("one", "two", "three"):
        for words in ASKED:
            assert desk.server.says(words, person)["status"] == "abstained"
        desk.server.says("续期材料", person)
        bad = str(RateAnswer("renewal-materials", is_good=False))
        assert desk.server.post({"conversation": person, "press": bad}).status == 200


def reach(page: Any, selector: str) -> None:
    wanted = page.locator(selector).first
    for _ in range(60):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{selector} cannot be reached by the keyboard")


def faults(page: Any) -> list[str]:
    """What is wrong with a page, wide by day and narrow by night."""
    wrong: list[str] = []
    page.evaluate(axe.Axe().axe_script)
    for viewport, scheme, rules in ((WIDE, "light", None), (NARROW, "dark", SEEN)):
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=scheme)
        if scrolls_sideways(page):
            wrong.append(f"{viewport['width']}: scrolls sideways")
        violations = page.evaluate(EXAMINE, rules)
        wrong += [
            f"{viewport['width']} {scheme} {one['id']}: {node['html'][:120]}"
            for one in violations
            for node in one["nodes"]
        ]
    return wrong
