"""The chat page in other people's houses: below a path, on a foreign site, and fed with markup."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

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
    SetAnswers,
    UtcClock,
    ask,
    bubbles,
    chat_app,
    expect,
    open_page,
    regions_of,
    running,
    serving,
    wait_for_picture,
)
from tests.workers import free_port

EXAMPLE = Path(__file__).parents[2] / "docs/howto/embed-web.html"


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


def test_mounted_in_another_application(browser: Any, brain: Brain, talk: Conversation) -> None:
    outer = FastAPI()
    outer.mount("/zhuce", chat_app(talk, **shown(brain)))
    with (
        running(outer) as url,
        open_page(browser, f"{url}zhuce/", viewport=PHONE) as page,
    ):
        use_all_of_it(page)


def test_behind_a_proxy_below_a_path(
    browser: Any, brain: Brain, talk: Conversation, tmp_path: Path
) -> None:
    with (
        serving(talk, **shown(brain)) as inner,
        nginx(inner, tmp_path) as url,
        open_page(browser, f"{url}zhuce/", viewport=PHONE) as page,
    ):
        use_all_of_it(page)
        page.evaluate("navigator.serviceWorker.ready")
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


def wait_for_port(port: int) -> None:
    for _ in range(100):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    pytest.fail(f"nothing listens on {port}")


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
            found = browser.browser_type.connect_over_cdp(f"http://127.0.0.1:{port}")
            yield found.contexts[0]
            found.close()
        finally:
            process.terminate()


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_example_page_shows_the_chat_on_a_foreign_site(
    browser: Any, brain: Brain, talk: Conversation, tmp_path: Path, viewport: dict[str, int]
) -> None:
    complaints: list[str] = []
    with (
        example(brain, talk, tmp_path) as address,
        ordinary_browser(browser, tmp_path / "profile") as context,
    ):
        host = context.new_page()
        host.set_viewport_size(viewport)
        host.on("console", lambda message: complaints.append(message.text))
        host.goto(address)
        chat = open_chat(host)
        expect(chat.locator("h1")).to_have_text("有问题？问一问")
        ask_there(chat)
        colour = "element => getComputedStyle(element).backgroundColor"
        assert chat.locator(".mine .bubble").evaluate(colour) == "rgb(26, 79, 160)"
        host.reload()
        chat = open_chat(host)
        expect(chat.locator(".message.bot")).to_have_count(1)
        if viewport == DESKTOP:
            host.screenshot(path=tmp_path / "embedded.png")
        chat.get_by_label("您的问题").press("Escape")
        expect(host.locator("iframe")).to_be_hidden()
        expect(host.get_by_role("button", name="有问题？问一问")).to_be_focused()
        assert context.cookies() == []
    assert [one for one in complaints if "404" not in one] == []  # the site has no favicon


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
    browser: Any, talk: Conversation, tmp_path: Path
) -> None:
    with serving(talk) as url, site(f"<iframe src='{url}'></iframe>", tmp_path) as address:
        page = browser.new_page()
        refused: list[str] = []
        page.on("console", lambda message: refused.append(message.text))
        page.goto(address)
        page.wait_for_timeout(500)

        assert any("frame-ancestors" in text for text in refused)
        assert page.frame_locator("iframe").locator("#composer").count() == 0
        page.close()


def test_a_title_in_the_address_counts_in_a_frame_only(browser: Any, talk: Conversation) -> None:
    with serving(talk) as url, open_page(browser, f"{url}?title=假的", viewport=PHONE) as page:
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


@pytest.mark.parametrize("words", HOSTILE)
def test_nothing_that_is_shown_runs(browser: Any, words: str) -> None:
    """Through question, every kind of part, region, title, lead, example, file name, suggestion."""
    note = SourceNote(words, SOURCE.checked_on, words, words)
    told = Reply(
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
    bot = SetAnswers(reply=told)
    bot.may_answer.set()
    bot.suggested = (Suggestion(words, words, words, told, can_be_opened=True),)
    more = {"lead": words, "examples": (words,), "regions": Regions((words,), "region")}
    # What the policy refuses would be complained about: nothing may even be tried.
    with (
        serving(bot, words, **more) as url,
        open_page(browser, f"{url}?q=x{words}", viewport=PHONE) as page,
    ):
        expect(bubbles(page, "bot")).to_have_count(1)
        page.get_by_label("您的问题").fill(words)
        page.keyboard.press("Enter")
        expect(bubbles(page, "bot")).to_have_count(2)
        page.get_by_label("您的问题").press_sequentially("xyz")
        page.locator("#suggestions button").wait_for()
        page.locator("#place").click()
        page.keyboard.press("Escape")
        for link in page.locator("#log a").all():
            assert link.get_attribute("href").startswith(("http:", "https:", "blob:"))
        page.reload()
        expect(bubbles(page, "bot")).to_have_count(2)
        page.wait_for_timeout(100)
        assert page.evaluate("window.bad") is None
        assert page.locator("#log script, #log iframe, #log svg").count() == 0
