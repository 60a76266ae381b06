"""What tests of the chat page share: real HTTP, real Chromium, a conversation with set answers."""

from __future__ import annotations

import asyncio
import shutil
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, ClassVar, Literal

import pytest
import uvicorn

from bot.adapters.web import Gate, Page, Readiness, create_app
from bot.adapters.web.limits import UNLIMITED
from bot.adapters.web.page import NO_REGIONS, Regions
from bot.core.dialogue.autocomplete import Suggestion
from bot.core.model.pack import Pack
from bot.core.model.reply import (
    Choice,
    Choices,
    Document,
    Link,
    ListPart,
    Picture,
    Reply,
    SourceNote,
    Sources,
    Status,
    Text,
)
from bot.core.model.update import Update
from bot.core.model.vocabulary import PLACE

playwright = pytest.importorskip(
    "playwright.sync_api", reason="the page is tested with playwright: pip install playwright"
)

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
playwright.expect.set_options(timeout=20_000)  # where others use the machine too
PAUSE_MS = 150
"""Longer than the page takes an Enter after a composition for the end of that composition."""
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 800}

SOURCE = SourceNote(
    "注册建造师管理规定", date(2021, 12, 8), "第七条", "https://www.gov.cn/" + "a" * 60
)
MATERIALS = Reply(
    Status.ANSWERED,
    (
        Text("初始注册要交六样材料。\n<b>原样显示</b>"),
        Text("入口（https://example.org/a?b=1）。"),
        ListPart(
            (
                "注册建造师注册申请表；",
                "建造师执业资格证书；",
                "申请人身份证和学历证复印件；",
                "申请人与聘用单位签订的聘用合同或有效证明文件复印件。",
            ),
            "需提交的材料",
            is_numbered=True,
        ),
        Link(
            "四川政务服务网", "https://www.sczwfw.gov.cn/" + "long/" * 20, "网址未核实，请自行确认"
        ),
        Sources((SOURCE,), "依据：", "核对于 {date}"),
        Choices((Choice("一步步办", "walk:initial"), Choice("换省份", "region:other"))),
    ),
)
CARD = Reply(
    Status.PROCEDURE,
    (
        Text("第 1 步：向聘用单位提出申请。"),
        Picture(
            "flow",
            "申请人提出申请\n"
            "├─ 聘用单位审核同意 ── 省级注册机构网上受理 ── 审查 ── 审批、通告\n"
            "└─ 不同意：办结",
        ),
        Choices((Choice("办好了，下一步", "next"), Choice("上一步", "back"))),
    ),
)
MAP = Reply(Status.PROCEDURE, (Picture("path#初始注册@apply", "申请\n受理"),))
PICTURES = {
    "path#初始注册@apply": b'<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200">'
    b'<rect width="300" height="200" fill="#0f6e63"/></svg>'
}
"""The one of the card is missing: nobody has drawn it."""


REMINDER = Reply(
    Status.ANSWERED,
    (Document("day.ics", "text/calendar", "BEGIN:VCALENDAR\r\n注册\r\n", "日历提醒：2027-02-28"),),
)


@dataclass
class SetAnswers:
    """Materials for every text, a card for every press; fails or thinks when told to."""

    heard: list[Update] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    may_answer: threading.Event = field(default_factory=threading.Event)
    """Cleared while it is to think."""
    reply: Reply | None = None
    """Instead of all this."""

    slot_names: ClassVar[dict[str, str]] = {}
    suggested: Sequence[Suggestion] = ()

    async def suggest(self, text: str) -> Sequence[Suggestion]:
        return self.suggested

    def begin_anew(self) -> None:
        vars(self).update(heard=[], forgotten=[], failures=[], reply=None)
        self.may_answer.set()

    async def handle(self, update: Update) -> Reply:
        self.heard.append(update)
        await asyncio.to_thread(self.may_answer.wait)
        if self.failures:
            raise self.failures.pop()
        if self.reply:
            return self.reply
        if update.text == "路线图":
            return MAP
        return MATERIALS if update.press is None else CARD

    async def picture(self, name: str, form: str) -> bytes | None:
        return PICTURES.get(name)

    async def forget(self, platform: str, user: str) -> int:
        self.forgotten.append(user)
        return 1


class UtcClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class Served:
    url: str
    bot: SetAnswers


def chat_app(
    conversation: Any,
    title: str = "问答",
    *,
    lead: str = "",
    examples: Sequence[str] = (),
    regions: Regions = NO_REGIONS,
    embedders: Sequence[str] = (),
    **shown: Any,
) -> Any:
    page = Page(title, lead, examples, regions, embedders)
    return create_app(
        conversation=conversation,
        clock=UtcClock(),
        readiness=lambda: Readiness(can_answer=True),
        knowledge_version=lambda: "v1",
        gate=Gate(is_open=False, key=None, signing_secret=b"for the tests of the page"),
        page=page,
        limits=UNLIMITED,
        **shown,
    )


@contextmanager
def serving(conversation: Any, title: str = "问答", **shown: Any) -> Iterator[str]:
    with running(chat_app(conversation, title, **shown)) as url:
        yield url


@contextmanager
def running(app: Any, port: int = 0, lifespan: Literal["on", "off"] = "off") -> Iterator[str]:
    listener = socket.create_server(("127.0.0.1", port))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan=lifespan))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


@contextmanager
def chromium() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("the page is tested in Chromium: apt-get install chromium")
    with playwright.sync_playwright() as api:
        found = api.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        yield found
        found.close()


@contextmanager
def open_page(browser: Any, url: str, **context: Any) -> Iterator[Any]:
    """A browser of one's own; nothing may be complained about in it."""
    with browser.new_context(locale="zh-CN", **context) as own:
        page = own.new_page()
        with watched(page, url):
            page.goto(url)
            yield page


@dataclass(frozen=True)
class Tab:
    """A tab that tests take turns in: opened anew each time, with nothing kept."""

    context: Any

    @contextmanager
    def opened(
        self, url: str, viewport: dict[str, int] | None = None, color_scheme: str = "light"
    ) -> Iterator[Any]:
        """The page; nothing may be complained about on the way."""
        page = self.context.pages[0] if self.context.pages else self.context.new_page()
        page.set_viewport_size(viewport or PHONE)
        page.emulate_media(color_scheme=color_scheme)
        self._forget(page, url)
        try:
            with watched(page, url):
                page.goto(url)
                yield page
        finally:
            self.context.set_offline(False)
            page.unroute_all()
            page.emulate_media(media="null")
            page.goto("about:blank")  # what is under way must not be kept after it was forgotten

    def _forget(self, page: Any, url: str) -> None:
        devtools = self.context.new_cdp_session(page)
        origin = {"origin": url.partition("?")[0], "storageTypes": "local_storage"}
        devtools.send("Storage.clearDataForOrigin", origin)
        devtools.detach()


@contextmanager
def watched(page: Any, url: str) -> Iterator[None]:
    """Expect, at the end, that nothing was complained about on the way."""
    complaints: list[str] = []

    def listen(message: Any) -> None:
        # A failed request is logged by the browser itself; some tests provoke one.
        if message.type in {"error", "warning"} and "Failed to load" not in message.text:
            complaints.append(message.text)

    def look(request: Any) -> None:
        if not request.url.startswith((url.partition("?")[0], "blob:")):
            complaints.append(f"asked elsewhere: {request.url}")

    def note(error: Any) -> None:
        complaints.append(str(error))

    listeners = {"console": listen, "pageerror": note, "request": look}
    for event, listener in listeners.items():
        page.on(event, listener)
    yield
    for event, listener in listeners.items():
        page.remove_listener(event, listener)
    assert complaints == []


def regions_of(pack: Pack) -> Regions:
    return Regions(tuple(pack.regions), pack.vocabulary.names[PLACE])


def expect(locator: Any) -> Any:
    return playwright.expect(locator)


def ask(page: Any, words: str, label: str = "您的问题") -> None:
    page.get_by_label(label).fill(words)
    page.keyboard.press("Enter")


def open_menu(page: Any) -> None:
    page.locator("#menu summary").click()


def bubbles(page: Any, kind: str) -> Any:
    return page.locator(f".message.{kind} .bubble")


def wait_for_picture(page: Any) -> None:
    """Ask again and again from here: the policy of the page forbids Playwright's own waiting."""
    for _ in range(100):
        if page.evaluate("document.querySelector('img.chart')?.naturalWidth > 0"):
            return
        page.wait_for_timeout(100)
    pytest.fail("no picture was drawn")


def scrolls_sideways(page: Any) -> bool:
    return bool(page.evaluate("document.scrollingElement.scrollWidth > innerWidth"))
