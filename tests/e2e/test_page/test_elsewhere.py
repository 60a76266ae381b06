"""The chat page in other people's houses: below a path, on a foreign site, and fed with markup."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from bot import app as wiring
from bot.adapters.web.page import Regions
from bot.app import Brain
from bot.core.conversation import Conversation
from bot.core.dialogue.autocomplete import Suggestion
from bot.core.model.reply import (
    Answer,
    Choice,
    Choices,
    ClickPath,
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
from bot.drawing import ChartDrawer
from bot.storage.memory import MemoryStore
from tests.e2e.chat_page import (
    CHROMIUM,
    DESKTOP,
    FLAGS,
    PHONE,
    SOURCE,
    Served,
    SetAnswers,
    Tab,
    UtcClock,
    ask,
    bubbles,
    chat_app,
    expect,
    playwright,
    regions_of,
    running,
    serving,
    wait_for_picture,
)
from tests.e2e.test_embedding import FASTAPI, names_of
from tests.workers import free_port, wait_for_port

EXAMPLE = Path(__file__).parents[3] / "docs/howto/embed-web.html"
CONNECTIONS, CONNECTING_MS = 3, 10_000


@pytest.fixture(scope="module")
def talk(brain: Brain) -> Conversation:
    return Conversation(brain, MemoryStore(), UtcClock(), drawer=ChartDrawer())


def shown(brain: Brain) -> dict[str, Any]:
    return {"pack": lambda: brain.pack, "regions": regions_of(brain.pack)}


def use_all_of_it(page: Any) -> None:
    """Ask, press, see a picture, reload: whatever could ask at a wrong address."""
    ask(page, "一步步办初始注册")
    expect(bubbles(page, "bot")).to_contain_text("第 1/8 步")
    page.locator(".choice").get_by_text("下一步", exact=True).click()
    expect(bubbles(page, "bot")).to_contain_text("第 2/8 步")
    ask(page, "流程图")
    wait_for_picture(page)
    page.reload()
    expect(bubbles(page, "bot")).to_have_count(2)
    wait_for_picture(page)


# Below a path


def test_mounted_as_the_documents_say(
    tab: Tab, brain: Brain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(wiring, "load_brain", lambda _: brain)
    app = names_of(FASTAPI)["app"]
    with running(app, lifespan="on") as url, tab.opened(f"{url}bot/") as page:
        use_all_of_it(page)


def test_behind_a_proxy_below_a_path(
    tab: Tab, brain: Brain, talk: Conversation, tmp_path: Path
) -> None:
    with (
        serving(talk, **shown(brain)) as inner,
        nginx(inner, tmp_path) as url,
        tab.opened(f"{url}zhuce/") as page,
    ):
        use_all_of_it(page)
        scope = page.evaluate("navigator.serviceWorker.ready.then(found => found.scope)")
        assert scope == f"{url}zhuce/"


@contextmanager
def nginx(inner: str, folder: Path) -> Iterator[str]:
    """As docs/howto/deploy.zh-CN.md says."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/bin")
    if program is None:
        pytest.skip("the page is tested behind nginx: apt-get install nginx-light")
    port = free_port()
    config = folder / "nginx.conf"
    config.write_text(
        f"""
        daemon off; pid {folder}/pid; error_log {folder}/log; events {{}}
        http {{
          access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
          fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
          server {{ listen 127.0.0.1:{port}; location /zhuce/ {{ proxy_pass {inner}; }} }}
        }}
        """
    )
    with subprocess.Popen([program, "-c", str(config), "-p", str(folder)]) as process:
        try:
            wait_for_port(port)
            yield f"http://127.0.0.1:{port}/"
        finally:
            process.terminate()


# On a foreign site


@contextmanager
def site(page: str, folder: Path) -> Iterator[str]:
    """Somebody else's site: another host, so another origin and another site to the browser."""
    (folder / "index.html").write_text(page)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://localhost:{server.server_port}"
        finally:
            server.shutdown()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def example(brain: Brain, talk: Conversation, folder: Path) -> Iterator[str]:
    """The page of the documents, on a site that may embed the chat."""
    port = free_port()
    page = EXAMPLE.read_text("utf-8").replace("127.0.0.1:8080", f"127.0.0.1:{port}")
    with site(page, folder) as address:
        app = chat_app(talk, **shown(brain), embedders=[address])
        with running(app, port):
            yield address


def open_chat(host: Any) -> Any:
    host.get_by_role("button", name="有问题？问一问").click()
    return host.frame_locator("iframe")


def ask_there(chat: Any) -> None:
    chat.get_by_label("您的问题").fill("初始注册要什么材料")
    chat.get_by_role("button", name="发送").click()
    expect(chat.locator(".message.bot")).to_have_count(1)


@contextmanager
def ordinary_browser(browser: Any, profile: Path) -> Iterator[Any]:
    """A browser as people have it: Playwright's own gives foreign frames no storage at all."""
    port = free_port()
    flags = [*FLAGS, "--headless", "--accept-lang=zh-CN", f"--user-data-dir={profile}"]
    with subprocess.Popen(
        [str(CHROMIUM), *flags, f"--remote-debugging-port={port}"], stderr=subprocess.DEVNULL
    ) as process:
        try:
            wait_for_port(port)
            found = _connected(browser, f"http://127.0.0.1:{port}")
            yield found.contexts[0]
            found.close()
        finally:
            process.terminate()


def _connected(browser: Any, address: str) -> Any:
    """The browser at an address; on a busy machine a first connection may wait for ever."""
    for _ in range(CONNECTIONS - 1):
        with suppress(playwright.TimeoutError):
            return browser.browser_type.connect_over_cdp(address, timeout=CONNECTING_MS)
    return browser.browser_type.connect_over_cdp(address)


def test_the_example_page_shows_the_chat_on_a_foreign_site(
    browser: Any, brain: Brain, talk: Conversation, tmp_path: Path
) -> None:
    complaints: list[str] = []
    with (
        example(brain, talk, tmp_path) as address,
        ordinary_browser(browser, tmp_path / "profile") as context,
    ):
        host = context.new_page()
        host.set_viewport_size(PHONE)
        host.on("console", lambda message: complaints.append(message.text))
        host.goto(address)
        chat = open_chat(host)
        expect(chat.locator("h1")).to_have_text("有问题？问一问")
        ask_there(chat)
        colour = "element => getComputedStyle(element).backgroundColor"
        assert chat.locator(".mine .bubble").evaluate(colour) == "rgb(26, 79, 160)"
        for viewport in (PHONE, DESKTOP):
            host.set_viewport_size(viewport)
            host.reload()
            chat = open_chat(host)
            expect(chat.locator(".message.bot")).to_have_count(1)
            assert is_within(host.locator("iframe").bounding_box(), viewport)
            chat.get_by_label("您的问题").press("Escape")
            expect(host.locator("iframe")).to_be_hidden()
            expect(host.get_by_role("button", name="有问题？问一问")).to_be_focused()
        assert context.cookies() == []
    assert [one for one in complaints if "404" not in one] == []  # the site has no favicon


def is_within(box: dict[str, float], viewport: dict[str, int]) -> bool:
    right, bottom = box["x"] + box["width"], box["y"] + box["height"]
    inside = box["x"] >= 0 <= box["y"]
    return inside and right <= viewport["width"] and bottom <= viewport["height"]


def test_a_browser_that_keeps_nothing_for_others_is_answered_too(
    browser: Any, brain: Brain, talk: Conversation, tmp_path: Path
) -> None:
    """Incognito, storage is denied to whatever stands in a foreign frame."""
    with (
        example(brain, talk, tmp_path) as address,
        browser.new_context(locale="zh-CN", viewport=PHONE) as context,
    ):
        host = context.new_page()
        host.goto(address)
        chat = open_chat(host)
        ask_there(chat)
        chat.locator(".choice").get_by_text("一步步办", exact=True).click()
        expect(chat.locator(".message.bot").last).to_contain_text("第 1/8 步")


def test_a_site_that_is_not_named_shows_nothing(
    tab: Tab, set_answers: Served, tmp_path: Path
) -> None:
    frame = f"<iframe src='{set_answers.url}'></iframe>"
    with site(frame, tmp_path) as address, tab.context.new_page() as page:
        with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
            page.goto(address)
        assert page.frame_locator("iframe").locator("#composer").count() == 0


def test_a_title_in_the_address_counts_in_a_frame_only(tab: Tab, set_answers: Served) -> None:
    with tab.opened(f"{set_answers.url}?title=假的") as page:
        expect(page.locator("h1")).to_have_text("问答")


# Fed with markup

HOSTILE = (
    "<script>parent.bad=1;window.bad=1</script>",
    "<img src=x onerror=window.bad=1>",
    "<svg onload=window.bad=1>",
    '"><iframe srcdoc="<script>parent.bad=1</script>">',
    "javascript:window.bad=1",
    "' autofocus onfocus='window.bad=1",
    "</textarea></title></script><script>window.bad=1</script>",
    "{{constructor.constructor('window.bad=1')()}}",
    "data:text/html,<script>window.bad=1</script>",
    "&lt;img src=x onerror=window.bad=1&gt;",
)


def test_nothing_that_is_shown_runs(tab: Tab) -> None:
    """Through question, every kind of part, region, title, lead, example, file name, suggestion."""
    bot, everything = SetAnswers(), "".join(HOSTILE)
    bot.may_answer.set()
    more = {"lead": everything, "examples": HOSTILE, "regions": Regions(HOSTILE, "region")}
    # What the policy refuses would be complained about: nothing may even be tried.
    with serving(bot, everything, **more) as url:
        for words in HOSTILE:
            bot.reply = saying(words)
            bot.suggested = (Suggestion(words, words, words, bot.reply, can_be_opened=True),)
            with tab.opened(f"{url}?{urlencode({'q': f'x{words}'})}") as page:
                assert is_only_text(page, words), words


def saying(words: str) -> Reply:
    note = SourceNote(words, SOURCE.checked_on, words, words)
    return Reply(
        Status.ANSWERED,
        (
            Text(f"{words}\n1. {words} --> {words} --> {words}"),
            ListPart((words,), words),
            ClickPath((words, words)),
            Link(words, words, words),
            Picture(words, words),
            Document(words, "text/html", words, words),
            Sources((note,), words, words + "{date}", words, words),
            Choices((Choice(words, words), Choice(f"□ {words}", f"t:{words}"))),
        ),
        answers=(Answer("fees"),),
        slots={"region": words},
    )


def is_only_text(page: Any, words: str) -> bool:
    expect(bubbles(page, "bot")).to_have_count(1)
    ask(page, words)
    expect(bubbles(page, "bot")).to_have_count(2)
    page.get_by_label("您的问题").press_sequentially("xyz")
    page.locator("#suggestions button").wait_for()
    page.locator("#place").click()
    page.keyboard.press("Escape")
    page.reload()
    expect(bubbles(page, "bot")).to_have_count(2)
    links = page.locator("#log a").evaluate_all("all => all.map(one => one.href)")
    return (
        all(link.startswith(("http:", "https:", "blob:")) for link in links)
        and page.evaluate("new Promise(setTimeout).then(() => window.bad)") is None
        and page.locator("#log script, #log iframe, #log svg").count() == 0
    )
