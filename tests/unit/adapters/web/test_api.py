"""The HTTP API and the page's files, over a conversation that only remembers what it was told."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, ClassVar
from urllib.parse import quote

import httpx2 as httpx
import pytest
from starlette.testclient import TestClient
from starlette.types import Message

from bot.adapters.web import Gate, Page, Readiness, create_app
from bot.adapters.web.conversation_ids import update_id
from bot.adapters.web.limits import BODY_BYTES, UNLIMITED
from bot.adapters.web.page import Regions
from bot.adapters.web.schemas import ReplyOut
from bot.core.dialogue.autocomplete import Suggestion
from bot.core.model.pack import Pack
from bot.core.model.reply import (
    Answer,
    Choice,
    Choices,
    ClickPath,
    Document,
    Link,
    ListPart,
    Picture,
    Reason,
    Reply,
    SourceNote,
    Sources,
    Status,
    Text,
)
from bot.core.model.update import ConversationKey, Update
from bot.core.ports import Told
from bot.core.wire import reply_as_json
from bot.errors import StoreUnavailable

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECRET = b"sixteen bytes or more"
MESSAGES = "/api/v1/messages"
WEB_C = ConversationKey("web", "c", "c")


@dataclass
class FixedClock:
    def now(self) -> datetime:
        return NOON


@dataclass
class Parrot:
    """Says back what it hears; answers an update id once; can be told to fail."""

    heard: list[Update] = field(default_factory=list)
    forgotten: list[tuple[str, str]] = field(default_factory=list)
    replies: dict[str, Reply] = field(default_factory=dict)
    speech: str = "听到 {text}"
    failure: Exception | None = None
    suggested: Sequence[Suggestion] = ()

    slot_names: ClassVar[dict[str, str]] = {}

    async def handle(self, update: Update) -> Reply:
        if self.failure:
            raise self.failure
        self.heard.append(update)
        said = self.speech.format(text=update.press if update.text is None else update.text)
        return self.replies.setdefault(update.id, Reply(Status.ANSWERED, (Text(said),)))

    async def suggest(self, text: str) -> Sequence[Suggestion]:
        return self.suggested

    async def history(self, key: ConversationKey, limit: int) -> Sequence[Told]:
        return [Told(one.at, self.replies[one.id]) for one in self.heard if one.key == key][-limit:]

    async def picture(self, name: str, form: str) -> bytes | None:
        return f"{form} of {name}".encode() if name == "path#初始注册@apply" else None

    async def forget(self, platform: str, user: str) -> int:
        self.forgotten.append((platform, user))
        return 1


def client_of(parrot: Parrot, **changes: Any) -> TestClient:
    plain: dict[str, Any] = {
        "conversation": parrot,
        "clock": FixedClock(),
        "readiness": lambda: Readiness(can_answer=True),
        "knowledge_version": lambda: "v1",
        "gate": Gate(is_open=True, key=None, signing_secret=SECRET),
        "page": Page("问答"),
        "limits": UNLIMITED,
    }
    return TestClient(create_app(**plain | changes), raise_server_exceptions=False)


def closed(key: str | None = None, secret: bytes = SECRET) -> Gate:
    return Gate(is_open=False, key=key, signing_secret=secret)


PARROT = Parrot()
"""Of the clients that tests share: routes are costly to build."""


@pytest.fixture
def parrot() -> Parrot:
    vars(PARROT).update(vars(Parrot()))
    return PARROT


@pytest.fixture(scope="module")
def open_one() -> Iterator[TestClient]:
    with client_of(PARROT) as client:
        yield client


@pytest.fixture(scope="module")
def closed_one() -> Iterator[TestClient]:
    with client_of(PARROT, gate=closed("钥匙-k")) as client:
        yield client


@pytest.fixture
def web(parrot: Parrot, open_one: TestClient) -> TestClient:
    """As bound to loopback: any conversation id is taken."""
    return open_one


@pytest.fixture
def guarded(parrot: Parrot, closed_one: TestClient) -> TestClient:
    """As bound to the world: ids are signed, or the client has the key."""
    return closed_one


BEARER = {b"Authorization": "Bearer 钥匙-k".encode()}


def refusal(response: httpx.Response) -> str:
    """The sentence of a refusal, after a look at its form."""
    body = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    assert set(body) == {"type", "title", "status", "detail", "detail_en", "errors"}
    assert body["status"] == response.status_code
    assert body["detail_en"].isascii()
    message = body["detail"]
    assert isinstance(message, str)
    return message


# Messages


def test_a_text_reaches_the_conversation_and_the_reply_comes_back(
    web: TestClient, parrot: Parrot
) -> None:
    response = web.post(MESSAGES, json={"conversation": "c1", "text": "怎么注册"})

    assert response.status_code == 200
    assert response.json()["parts"] == [{"type": "text", "text": "听到 怎么注册"}]
    update = parrot.heard[0]
    assert (update.key, update.at, update.text) == (
        ConversationKey("web", "c1", "c1"),
        NOON,
        "怎么注册",
    )


def test_what_is_plain_and_what_the_framework_reads_are_answered_alike(web: TestClient) -> None:
    body = json.dumps({"conversation": "c", "text": "四川", "id": "1"})
    answers = [
        web.post(MESSAGES, content=body, headers={"Content-Type": kind})
        for kind in ("application/json", "application/json; charset=utf-8")
    ]
    assert answers[0].json() == answers[1].json()
    assert answers[0].headers == answers[1].headers
    assert answers[0].status_code == 200


def test_a_press_reaches_the_conversation(web: TestClient, parrot: Parrot) -> None:
    response = web.post(MESSAGES, json={"conversation": "c1", "text": None, "press": "step:2"})

    assert response.status_code == 200
    assert (parrot.heard[0].text, parrot.heard[0].press) == (None, "step:2")


def test_a_repeat_of_a_message_id_gets_the_same_reply(web: TestClient) -> None:
    first = web.post(MESSAGES, json={"conversation": "c1", "text": "一", "id": "m1"})
    again = web.post(MESSAGES, json={"conversation": "c1", "text": "二", "id": "m1"})

    assert again.json() == first.json()


def test_the_same_message_id_in_two_conversations_is_two_messages(
    web: TestClient, parrot: Parrot
) -> None:
    web.post(MESSAGES, json={"conversation": "c1", "text": "一", "id": "1"})
    other = web.post(MESSAGES, json={"conversation": "c2", "text": "二", "id": "1"})

    assert other.json()["text"] == "听到 二"


def test_messages_without_an_id_are_never_repeats(web: TestClient, parrot: Parrot) -> None:
    for _ in range(2):
        web.post(MESSAGES, json={"conversation": "c1", "text": "同一句话"})

    assert parrot.heard[0].id != parrot.heard[1].id


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        pytest.param({"conversation": "c"}, "其中一个", id="neither"),
        pytest.param({"conversation": "c", "text": "a", "press": "b"}, "其中一个", id="both"),
        pytest.param({"conversation": "c", "text": None, "press": None}, "其中一个", id="nulls"),
        pytest.param({"text": "a"}, "conversation 缺少", id="no conversation"),
        pytest.param({"conversation": "", "text": "a"}, "不能为空", id="empty conversation"),
        pytest.param({"conversation": "x" * 129, "text": "a"}, "最多 128 个字符", id="long id"),
        pytest.param({"conversation": "a\nb", "text": "a"}, "可以显示", id="unprintable"),
        pytest.param({"conversation": "\u202eabc", "text": "a"}, "可以显示", id="bidi id"),
        pytest.param({"conversation": 7, "text": "a"}, "必须是字符串", id="id is a number"),
        pytest.param({"conversation": "c", "text": ["a"]}, "必须是字符串", id="text is a list"),
        pytest.param({"conversation": "c", "text": 1}, "必须是字符串", id="text is a number"),
        pytest.param({"conversation": "c", "text": "a", "id": 5}, "必须是字符串", id="number id"),
        pytest.param({"conversation": "c", "text": "字" * 20_001}, "最多 20000", id="too long"),
        pytest.param(["a"], "JSON 对象", id="a list"),
    ],
)
def test_a_body_of_the_wrong_form_is_refused_with_a_sentence(
    web: TestClient, parrot: Parrot, body: object, sentence: str
) -> None:
    response = web.post(
        MESSAGES,
        content=json.dumps(body, ensure_ascii=False),
        headers={"Content-Type": "application/json"},
    )

    assert response.status_code == 422
    assert sentence in refusal(response)
    assert not parrot.heard


@pytest.mark.parametrize(
    ("content", "status"),
    [
        pytest.param(b"{", 422, id="cut off"),
        pytest.param(b"", 422, id="empty"),
        pytest.param(b"null", 422, id="null"),
        pytest.param(b'{"conversation": "\xff"}', 400, id="not UTF-8"),
        pytest.param(b"[" * 60_000, 400, id="nested too deep"),
        pytest.param(b'{"conversation": "c", "text": NaN}', 422, id="NaN"),
        pytest.param(b'{"conversation": "c", "text": ' + b"9" * 5000 + b"}", 400, id="huge number"),
        pytest.param(rb'{"conversation": "\ud800", "text": "a"}', 422, id="surrogate in the id"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_with_a_sentence(
    web: TestClient, content: bytes, status: int
) -> None:
    response = web.post(MESSAGES, content=content, headers={"Content-Type": "application/json"})

    assert response.status_code == status
    assert refusal(response)


def test_a_form_from_a_foreign_page_is_not_taken_for_a_message(
    web: TestClient, parrot: Parrot
) -> None:
    response = web.post(
        MESSAGES,
        content=b'{"conversation": "c", "text": "a"}',
        headers={"Content-Type": "text/plain"},
    )

    assert response.status_code == 422
    assert "application/json" in refusal(response)
    assert not parrot.heard


def test_unknown_keys_are_ignored(web: TestClient) -> None:
    body = {"conversation": "c", "text": "a", "model": "gpt", "stream": True}

    assert web.post(MESSAGES, json=body).status_code == 200


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        pytest.param(r"a\ud800b", "a\ufffdb", id="lone surrogate"),
        pytest.param(r"a\udfff", "a\ufffd", id="lone low surrogate"),
        pytest.param(r"\ud83d\ude00", "😀", id="a pair is one character"),
        pytest.param(r"a\u0000b", "a\ufffdb", id="NUL"),
        pytest.param(r"a\u0007\u001b[31m", "a\x07\x1b[31m", id="control characters"),
        pytest.param(r"\u202e\u200f", "\u202e\u200f", id="right-to-left marks"),
        pytest.param("", "", id="empty"),
    ],
)
def test_odd_characters_are_heard_and_answered(
    web: TestClient, parrot: Parrot, written: str, heard: str
) -> None:
    response = web.post(
        MESSAGES,
        content=f'{{"conversation": "c", "text": "{written}"}}',
        headers={"Content-Type": "application/json"},
    )

    assert response.status_code == 200
    assert parrot.heard[0].text == heard
    assert response.json()["text"] == f"听到 {heard}"


def test_a_reply_that_utf_8_cannot_carry_is_sent_all_the_same(
    web: TestClient, parrot: Parrot
) -> None:
    parrot.speech = "\ud800"

    response = web.post(MESSAGES, json={"conversation": "c", "text": "a"})

    assert response.json()["text"] == "?"


# Sizes


@pytest.mark.parametrize("count", [2_000, 20_000])
def test_a_long_text_is_answered(web: TestClient, count: int) -> None:
    response = web.post(
        MESSAGES,
        content=json.dumps({"conversation": "c", "text": "字" * count}, ensure_ascii=False),
        headers={"Content-Type": "application/json"},
    )

    assert response.status_code == 200


def test_an_announced_body_over_the_limit_is_refused(web: TestClient) -> None:
    response = web.post(MESSAGES, content=b" " * (BODY_BYTES + 1))

    assert response.status_code == 413
    assert "太长" in refusal(response)
    assert response.headers["connection"] == "close"


@pytest.mark.asyncio
async def test_an_endless_body_is_not_read_to_its_end(web: TestClient) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1
            yield b" " * 65536

    transport = httpx.ASGITransport(web.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        response = await asyncio.wait_for(client.post(MESSAGES, content=endless()), 5)

    assert response.status_code == 413
    assert sent <= 2


@pytest.mark.asyncio
async def test_an_announced_body_is_refused_before_its_first_byte(web: TestClient) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        raise AssertionError("read from a body that was too long by its own account")

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": MESSAGES,
        "query_string": b"",
        "headers": [(b"content-length", b"99999999"), (b"content-type", b"application/json")],
    }
    await web.app(scope, receive, send)

    assert sent[0]["status"] == 413


# Identity


def test_an_open_server_takes_any_id(web: TestClient) -> None:
    response = web.post(MESSAGES, json={"conversation": "随便 一个 id", "text": "a"})

    assert response.status_code == 200


def test_an_issued_id_is_taken_without_the_key(guarded: TestClient, parrot: Parrot) -> None:
    issued = guarded.post("/api/v1/conversations").json()["conversation"]
    response = guarded.post(MESSAGES, json={"conversation": issued, "text": "a"})

    assert response.status_code == 200
    assert parrot.heard[0].key == ConversationKey("web", issued, issued)


@pytest.mark.parametrize(
    "conversation",
    ["abc", "abc.", ".", "abc.def", "客户端:abc", "client:abc"],
)
def test_an_id_of_ones_own_needs_the_key(
    guarded: TestClient, parrot: Parrot, conversation: str
) -> None:
    response = guarded.post(MESSAGES, json={"conversation": conversation, "text": "a"})

    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert "/api/v1/conversations" in refusal(response)
    assert not parrot.heard


@pytest.mark.parametrize("cut", [slice(1, None), slice(None, -1)])
def test_a_changed_issued_id_is_refused(guarded: TestClient, cut: slice) -> None:
    issued = guarded.post("/api/v1/conversations").json()["conversation"]
    response = guarded.post(MESSAGES, json={"conversation": issued[cut], "text": "a"})

    assert response.status_code == 401


def test_an_id_signed_with_another_secret_is_refused(guarded: TestClient, parrot: Parrot) -> None:
    elsewhere = client_of(parrot, gate=closed(secret=b"another secret of mine"))
    issued = elsewhere.post("/api/v1/conversations").json()["conversation"]

    assert guarded.post(MESSAGES, json={"conversation": issued, "text": "a"}).status_code == 401


def test_a_client_with_the_key_names_its_own_conversations_apart_from_issued_ones(
    guarded: TestClient, parrot: Parrot
) -> None:
    response = guarded.post(MESSAGES, json={"conversation": "abc.def", "text": "a"}, headers=BEARER)

    assert response.status_code == 200
    assert parrot.heard[0].key == ConversationKey("web", "client:abc.def", "client:abc.def")


@pytest.mark.parametrize("sent", ["Bearer wrong", "Bearer", "Bearer ", "Basic a2V5", "钥匙-k"])
def test_a_wrong_key_is_refused(guarded: TestClient, sent: str) -> None:
    response = guarded.post(
        MESSAGES,
        json={"conversation": "abc", "text": "a"},
        headers={b"Authorization": sent.encode()},
    )

    assert response.status_code == 401


def test_without_a_key_in_the_settings_no_client_is_admitted(parrot: Parrot) -> None:
    response = client_of(parrot, gate=closed()).post(
        MESSAGES,
        json={"conversation": "abc", "text": "a"},
        headers={"Authorization": "Bearer None"},
    )

    assert response.status_code == 401


@pytest.mark.parametrize(
    "changes", [{"secret": b"short"}, {"key": ""}], ids=["short secret", "empty key"]
)
def test_a_secret_that_protects_nothing_is_refused_at_the_start(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"signing_secret|key"):
        closed(**changes)


def test_a_conversation_is_forgotten_by_who_may_speak_in_it(
    guarded: TestClient, parrot: Parrot
) -> None:
    issued = guarded.post("/api/v1/conversations").json()["conversation"]
    response = guarded.delete(f"/api/v1/conversations/{issued}")
    refused = guarded.delete("/api/v1/conversations/somebody")

    assert response.json() == {"forgotten": 1}
    assert refused.status_code == 401
    assert parrot.forgotten == [("web", issued)]


def test_an_id_with_a_slash_can_be_forgotten(web: TestClient, parrot: Parrot) -> None:
    web.delete("/api/v1/conversations/a%2Fb")

    assert parrot.forgotten == [("web", "a/b")]


# Failures


def test_a_store_that_is_out_is_answered_with_try_again(web: TestClient, parrot: Parrot) -> None:
    parrot.failure = StoreUnavailable("connection refused")

    response = web.post(MESSAGES, json={"conversation": "c", "text": "a"})

    assert response.status_code == 503
    assert response.headers["retry-after"] == "5"
    assert "重试" in refusal(response)
    assert "refused" not in response.text


def test_a_defect_is_answered_without_its_details(web: TestClient, parrot: Parrot) -> None:
    parrot.failure = RuntimeError("password is hunter2")

    response = web.post(MESSAGES, json={"conversation": "c", "text": "a"})

    assert response.status_code == 500
    assert "hunter2" not in response.text
    assert refusal(response)
    assert "default-src 'none'" in response.headers["content-security-policy"]


def test_user_words_are_not_logged(
    web: TestClient, parrot: Parrot, caplog: pytest.LogCaptureFixture
) -> None:
    parrot.failure = StoreUnavailable()
    with caplog.at_level(logging.INFO):
        web.post(MESSAGES, json={"conversation": "c-secret", "text": "我叫张三"})

    assert "张三" not in caplog.text
    assert "c-secret" not in caplog.text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("GET", MESSAGES, 405), ("GET", "/static/../app.py", 404)],
)
def test_a_wrong_address_is_refused_in_the_same_form(
    web: TestClient, method: str, path: str, status: int
) -> None:
    response = web.request(method, path)

    assert response.status_code == status
    assert refusal(response)


# Health


def test_the_process_says_that_it_lives(web: TestClient) -> None:
    response = web.get("/healthz")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize(
    ("readiness", "code", "status"),
    [
        (Readiness(can_answer=True), 200, "ready"),
        (Readiness(can_answer=True, degraded=("会话存储连不上",)), 200, "degraded"),
        (Readiness(can_answer=False, degraded=("没有知识包",)), 503, "unavailable"),
        (Readiness(can_answer=False), 503, "unavailable"),
    ],
)
def test_readiness_is_told_with_its_reasons(
    parrot: Parrot, readiness: Readiness, code: int, status: str
) -> None:
    response = client_of(parrot, readiness=lambda: readiness).get("/readyz")

    assert response.status_code == code
    assert response.json() == {
        "status": status,
        "reasons": list(readiness.degraded),
        "knowledge": "v1",
    }


# The page and its files


@pytest.mark.parametrize(
    "path",
    ["/static/chat.js", "/static/none", "/worker.js", "/healthz", "/openapi.json", MESSAGES],
)
def test_every_response_carries_the_security_headers(web: TestClient, path: str) -> None:
    headers = web.get(path).headers

    assert headers["content-security-policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_the_page_may_be_installed_and_is_shown_in_no_frame(web: TestClient) -> None:
    headers = web.get("/").headers

    assert headers["content-security-policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' data:; manifest-src 'self'; worker-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_named_sites_may_show_the_page_in_a_frame(parrot: Parrot) -> None:
    sites = ("https://www.example.cn", "https://*.example.org")
    page = client_of(parrot, page=Page("问答", embedders=sites)).get("/")
    policy = page.headers["content-security-policy"]

    assert policy.endswith("; frame-ancestors https://www.example.cn https://*.example.org")


def test_files_are_sent_compressed_to_who_can_read_that(web: TestClient) -> None:
    plain = web.get("/static/chat.js", headers={"Accept-Encoding": "identity"})
    packed = web.get("/static/chat.js", headers={"Accept-Encoding": "gzip"})

    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == "Accept-Encoding"
    assert packed.text == plain.text
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 2


def test_the_first_view_is_small(web: TestClient) -> None:
    """What the page asks for before anybody has touched it: at most 60 kB in 10 requests."""
    page = web.get("/").text
    files = {"/" + name for name in re.findall(r'(?:href|src)="(static/[^"]+)"', page)}
    sizes = [len(web.get(file).content) for file in sorted(files)] + [len(page.encode())]

    assert len(sizes) <= 10
    assert sum(sizes) <= 60_000


def test_the_worker_keeps_every_file_of_the_page(web: TestClient) -> None:
    worker, page = web.get("/worker.js"), web.get("/").text

    assert worker.headers["content-type"] == "text/javascript; charset=utf-8"
    for file in re.findall(r'(?:href|src)="(static/[^"]+)"', page):
        assert f'"{file}"' in worker.text
    for file in re.findall(r'"(static/[^"]+)"', worker.text):
        assert web.get("/" + file).status_code == 200


def test_the_manifest_names_the_page(web: TestClient) -> None:
    response = web.get("/manifest.json")

    assert response.headers["content-type"] == "application/manifest+json"
    assert (response.json()["name"], response.json()["start_url"]) == ("问答", ".")


def test_regions_can_be_chosen_on_the_page(parrot: Parrot) -> None:
    page = client_of(parrot, page=Page("问答", regions=Regions(("甲<乙",), "馆"))).get("/").text

    assert '<button type="button" class="region">甲&lt;乙</button>' in page
    assert 'data-slot="馆"' in page


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/static/chat.css", "text/css; charset=utf-8"),
        ("/static/chat.js", "text/javascript; charset=utf-8"),
        ("/static/icon.svg", "image/svg+xml"),
    ],
)
def test_files_have_their_type_and_are_sent_once(
    web: TestClient, path: str, media_type: str
) -> None:
    first = web.get(path)
    again = web.get(path, headers={"If-None-Match": f'"other", W/{first.headers["etag"]}'})

    assert first.headers["content-type"] == media_type
    assert first.headers["cache-control"] == "no-cache"
    assert (again.status_code, again.content) == (304, b"")
    assert web.head(path).headers["etag"] == first.headers["etag"]


def test_the_page_shows_title_and_examples_as_text(parrot: Parrot) -> None:
    page = client_of(parrot, page=Page("一建<注册>", examples=("A & B $x",))).get("/").text

    assert "<h1>一建&lt;注册&gt;</h1>" in page
    assert ">A &amp; B $x</button>" in page


def test_the_page_has_no_inline_script_or_style_and_nothing_from_elsewhere(
    web: TestClient,
) -> None:
    page = web.get("/").text

    assert "<style" not in page
    assert " style=" not in page
    assert " on" not in page.replace(" one", "")
    assert "://" not in page


def test_scripts_never_write_markup(web: TestClient) -> None:
    for name in ("actions", "chat", "composer", "fold", "memory", "render", "server", "words"):
        script = web.get(f"/static/{name}.js").text
        assert "innerHTML" not in script
        assert "insertAdjacentHTML" not in script


def test_the_application_works_below_another_path(web: TestClient) -> None:
    from fastapi import FastAPI

    outer = FastAPI()
    outer.mount("/bot", web.app)
    below = TestClient(outer)

    assert below.get("/bot/static/chat.css").status_code == 200
    assert below.post("/bot" + MESSAGES, json={"conversation": "c", "text": "a"}).is_success


# OpenAPI


def test_the_documentation_pages_with_foreign_scripts_are_off(web: TestClient) -> None:
    assert web.get("/docs").status_code == 404
    assert web.get("/redoc").status_code == 404


def test_openapi_describes_every_kind_of_part() -> None:
    note = SourceNote("部令第 153 号", date(2021, 12, 8), "第七条", "https://example.org")
    old = SourceNote("二级建造师注册整理", date(2021, 12, 8), short="整理")
    reply = Reply(
        Status.ABSTAINED,
        (
            Text("一"),
            ListPart(("甲", "乙"), "材料", is_numbered=True),
            ClickPath(("网站", "申请")),
            Link("入口", "https://example.org", "未核实"),
            Picture("flow", "甲 -> 乙"),
            Document("a.ics", "text/calendar", "BEGIN", "日历"),
            Sources((note, old), "依据：", "核对于 {date}", "等 {count} 份", "2021 年资料"),
            Choices((Choice("是", "yes"),)),
        ),
        Reason.NO_DATA,
        (Answer("fees", {"region": "四川"}, (note,)),),
        {"region": "四川"},
        0.5,
        "rule",
    )
    wire = reply_as_json(reply)

    assert ReplyOut.model_validate(wire).model_dump(mode="json", exclude_unset=True) == wire


def test_openapi_has_examples_that_are_answered(web: TestClient) -> None:
    schema = web.get("/openapi.json").json()
    examples = schema["components"]["schemas"]["MessageIn"]["examples"]

    assert examples
    assert all(web.post(MESSAGES, json=example).is_success for example in examples)


# History, feedback, other origins


def test_the_replies_of_ones_own_conversation_can_be_read(guarded: TestClient) -> None:
    conversation = guarded.post("/api/v1/conversations").json()["conversation"]
    for text in ("一", "二"):
        guarded.post(MESSAGES, json={"conversation": conversation, "text": text})
    place = f"/api/v1/conversations/{conversation}"

    told = guarded.get(f"{place}?limit=1").json()

    assert [(one["at"], one["reply"]["text"]) for one in told["replies"]] == [
        (NOON.isoformat(), "听到 二")
    ]
    assert guarded.get("/api/v1/conversations/somebody-else").status_code == 401
    assert guarded.get(f"{place}?limit=0").status_code == 422


def test_what_is_said_of_an_answer_is_a_press(parrot: Parrot) -> None:
    web = client_of(parrot, feedback=True)
    said = {"conversation": "c", "entry": "fees", "region": "四川", "rating": "outdated"}
    assert web.post("/api/v1/feedback", json=said).status_code == 404  # the parrot takes none
    assert parrot.heard[-1].press == "v:outdated:fees#四川"
    assert web.post("/api/v1/feedback", json=said | {"rating": "bad"}).status_code == 422


def test_feedback_is_refused_where_nobody_asks_for_it(web: TestClient, parrot: Parrot) -> None:
    said = {"conversation": "c", "entry": "fees", "rating": "liked"}
    assert web.post("/api/v1/feedback", json=said).status_code == 404
    assert parrot.heard == []


def test_only_sites_that_are_named_may_call_from_a_browser(parrot: Parrot) -> None:
    web = client_of(parrot, origins=["https://www.example.cn"])
    for origin, allowed in (("https://www.example.cn", True), ("https://evil.example", False)):
        asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        preflight, read = web.options(MESSAGES, headers=asked), web.get("/healthz", headers=asked)
        for answer in (preflight, read):
            assert (answer.headers.get("access-control-allow-origin") == origin) is allowed
        assert preflight.is_success is allowed


# Links and suggestions


def test_a_reply_names_the_link_that_opens_it(pack: Pack, parrot: Parrot) -> None:
    web = client_of(parrot, pack=lambda: pack)
    answer = Answer("initial-materials", {"region": "四川"})
    parrot.replies[update_id(WEB_C, "1")] = Reply(
        Status.ANSWERED, (Text("材料"),), answers=(answer,)
    )
    link = web.post(MESSAGES, json={"conversation": "c", "text": "a", "id": "1"}).json()["link"]

    assert web.get(f"/api/v1/links/{link}").json() == {"press": "o:initial-materials#四川"}


@pytest.mark.parametrize("payload", ["x", "oAAAAA_____abc", "..", "%00"])
def test_a_link_that_opens_nothing_is_not_found(pack: Pack, parrot: Parrot, payload: str) -> None:
    response = client_of(parrot, pack=lambda: pack).get(f"/api/v1/links/{payload}")

    assert response.status_code == 404
    assert refusal(response)


def test_without_a_pack_there_are_no_links(web: TestClient) -> None:
    assert web.post(MESSAGES, json={"conversation": "c", "text": "a"}).json()["link"] is None
    assert web.get("/api/v1/links/abc").status_code == 404


def test_answers_are_suggested_and_what_is_none_is_not(web: TestClient, parrot: Parrot) -> None:
    told = Reply(Status.ANSWERED, (Text("一"),), answers=(Answer("fees"),))
    silent = Reply(Status.ABSTAINED, (Text("二"),), Reason.NO_DATA)
    parrot.suggested = (
        Suggestion("NO_DATA#", "没有", "", silent),
        *(Suggestion(f"fees{n}#四川", f"收费 {n}", "", told, True) for n in range(9)),  # noqa: FBT003
    )
    found = web.get("/api/v1/suggestions", params={"text": "收费"}).json()["suggestions"]

    assert found[0] == {"title": "收费 0", "press": "o:fees0#四川"}
    assert len(found) == 5


def test_a_long_beginning_is_no_beginning(web: TestClient) -> None:
    assert web.get("/api/v1/suggestions", params={"text": "长" * 201}).status_code == 422


# Pictures


@pytest.mark.parametrize(("form", "kind"), [("svg", "image/svg+xml"), ("png", "image/png")])
def test_a_picture_is_served_by_the_name_in_the_reply(
    web: TestClient, form: str, kind: str
) -> None:
    name = quote("path#初始注册@apply", safe="")
    response = web.get(f"/api/v1/pictures/{name}", params={"form": form})
    assert (response.status_code, response.headers["content-type"]) == (200, kind)
    assert response.text == f"{form} of path#初始注册@apply"


def test_a_picture_that_cannot_be_drawn_is_not_found(web: TestClient) -> None:
    response = web.get("/api/v1/pictures/nothing")
    assert response.status_code == 404
    assert refusal(response)


def test_a_picture_in_another_form_is_refused(web: TestClient) -> None:
    assert web.get("/api/v1/pictures/nothing", params={"form": "gif"}).status_code == 422
