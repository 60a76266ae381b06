"""The tools for language models, met with the SDK's own client over both transports.

The server is a real process: `zhuce mcp` over stdio, `zhuce serve` with `BOT_HTTP__MCP` over HTTP.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from bot.core.model.reply import Reply
from bot.core.ports import Brain
from bot.runtime.clock import SystemClock
from bot.runtime.replay import Replayer
from tests.dialogues import dialogues
from tests.e2e.test_serve import Server, environment, serving
from tests.talks import talks
from tests.workers import SOAK

KEY = "a-key-for-programs-0123456789"
TOOLS = {"ask", "get_portal", "get_materials", "get_procedure", "compute_deadline", "search"}
START_S = 60.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("mcp")
    with serving(folder, BOT_HTTP__MCP="on", BOT_HTTP__KEY=KEY, BOT_HTTP__KEY_RATE="") as running:
        yield running


@asynccontextmanager
async def over_http(server: Server, key: str | None = KEY) -> AsyncIterator[Client]:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    async with httpx2.AsyncClient(headers=headers, timeout=30) as http:
        address = f"http://127.0.0.1:{server.port}/mcp"
        async with Client(streamable_http_client(address, http_client=http)) as client:
            yield client


@asynccontextmanager
async def over_stdio(folder: Path) -> AsyncIterator[Client]:
    started = StdioServerParameters(
        command=sys.executable,
        args=["-m", "bot", "mcp"],
        cwd=folder,
        env=environment(folder, 0),
    )
    # The old handshake waits for an answer as long as it takes; the probe of the new one, 10 s.
    async with Client(started, mode="legacy", read_timeout_seconds=START_S) as client:
        yield client


@pytest.fixture(params=["stdio", "http"])
def transport(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """What opens a client; a function, because a client has to end in the task it began in."""
    if request.param == "stdio":
        return lambda: over_stdio(tmp_path)
    server = request.getfixturevalue("server")
    return lambda: over_http(server)


async def call(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    assert result.structured_content is not None
    assert json.loads(result.content[0].text) == result.structured_content  # type: ignore[union-attr]
    return result.structured_content


def test_a_session_with_every_tool(transport: Any) -> None:
    async def talk() -> None:
        async with transport() as client:
            assert {tool.name for tool in (await client.list_tools()).tools} == TOOLS
            assert "abstained" in client.instructions
            await _sees_an_answer(client)
            await _sees_an_abstention(client)
            await _goes_on(client)
            await _looks_up(client)
            await _gets_a_procedure(client)
            await _works_out_a_deadline(client)
            await _searches(client)
            await _reads_entries(client)
            await _is_told_what_is_wrong(client)

    asyncio.run(talk())


async def _sees_an_answer(client: Client) -> None:
    found = await call(client, "ask", question="初始注册要什么材料")
    assert (found["status"], found["reason"]) == ("answered", None)
    assert found["entries"] == ["initial-materials"]
    assert found["slots"]["registration"] == "初始注册"
    assert found["sources"][0]["checked_on"] == "2021-12-08"
    assert len(found["as_of"]) == 10
    assert len(found["knowledge"]) == 12


async def _sees_an_abstention(client: Client) -> None:
    found = await call(client, "ask", question="今天天气怎么样")
    assert (found["status"], found["reason"]) == ("abstained", "out_of_domain")
    assert "不要用自己的知识补上" in found["note"]
    assert (found["sources"], found["entries"]) == ([], [])


async def _goes_on(client: Client) -> None:
    first = await call(client, "ask", question="初始注册要什么材料")
    next_one = await call(client, "ask", question="那流程呢", conversation=first["conversation"])
    assert next_one["entries"] == ["initial-procedure"]
    assert next_one["conversation"] == first["conversation"]
    alone = await call(client, "ask", question="那流程呢")
    assert alone["conversation"] != first["conversation"]
    assert alone["entries"] != ["initial-procedure"]


async def _looks_up(client: Client) -> None:
    portal = await call(client, "get_portal", place="云南")
    assert (portal["status"], portal["entries"]) == ("answered", ["portal-yunnan"])
    unknown = await call(client, "get_portal", place="火星")
    assert unknown["status"] in ("clarify", "abstained")
    materials = await call(client, "get_materials", service="初始注册")
    assert materials["entries"] == ["initial-materials"]


async def _gets_a_procedure(client: Client) -> None:
    found = await call(client, "get_procedure", service="初始注册")
    assert (found["status"], found["entries"]) == ("procedure", ["sichuan-registration"])
    assert found["steps"][0].startswith("申请人：登录")
    assert found["drawing"]["text"].startswith("四川二级建造师证书注册流程 · 初始注册")
    assert found["drawing"]["mermaid"].startswith("graph TB")
    assert "您在这里" not in json.dumps(found, ensure_ascii=False)
    assert found["sources"][0]["checked_on"] == "2021-12-08"
    elsewhere = await call(client, "get_procedure", service="初始注册", place="云南")
    assert "以下是四川的流程" in elsewhere["text"]
    assert "四川政务服务网" not in elsewhere["drawing"]["text"]
    none = await call(client, "get_procedure", service="做饭")
    assert none["status"] != "procedure"
    assert (none["steps"], none["drawing"]) == ([], None)


async def _works_out_a_deadline(client: Client) -> None:
    by_words = await call(client, "compute_deadline", deadline="延续注册", date="2024-05-01")
    by_id = await call(client, "compute_deadline", deadline="renewal-deadline", date="2024-05-01")
    assert by_words["computed"] == by_id["computed"]
    assert by_words["computed"] == {
        "calculator": "renewal-deadline",
        "outcomes": ["late"],
        "given": "2024-05-01",
        "last_days": ["2024-04-01"],
    }
    assert by_id["sources"]
    impossible = await call(client, "compute_deadline", deadline="延续注册", date="2023-02-30")
    assert (impossible["status"], impossible["computed"]) == ("clarify", None)
    which = await call(client, "compute_deadline", deadline="随便", date="2024-05")
    assert (which["status"], which["computed"]) == ("clarify", None)
    assert which["choices"]


async def _searches(client: Client) -> None:
    found = await call(client, "search", query="材料", limit=3)
    assert (found["status"], len(found["found"])) == ("answered", 3)
    assert all(one["sources"] for one in found["found"])
    nothing = await call(client, "search", query="今天天气怎么样")
    assert (nothing["status"], nothing["reason"], nothing["found"]) == ("abstained", "no_data", [])
    assert "不要用自己的知识补上" in nothing["note"]


async def _reads_entries(client: Client) -> None:
    listed = {found.uri for found in (await client.list_resources()).resources}
    uri = "zhuce://entries/initial-materials"
    assert uri in listed
    [content] = (await client.read_resource(uri)).contents
    entry = json.loads(content.text)  # type: ignore[union-attr]
    assert (entry["status"], entry["entries"]) == ("answered", ["initial-materials"])
    assert "出处" in entry["details"]
    with pytest.raises(MCPError, match="no such entry"):
        await client.read_resource("zhuce://entries/nowhere")


async def _is_told_what_is_wrong(client: Client) -> None:
    for tool, wrong in (("ask", {"question": 5}), ("compute_deadline", {"deadline": "x"})):
        result = await client.call_tool(tool, wrong)
        assert result.is_error
    late = await client.call_tool("compute_deadline", {"deadline": "延续注册", "date": "明年"})
    assert late.is_error


def said() -> Iterator[list[str]]:
    """The words of every conversation of the tests that needs no clock and no second person."""
    for talk in talks():
        if talk.name.endswith((": as written", ": elsewhere")):
            yield [turn.text for turn in talk.turns]
    for dialogue in dialogues():
        if not {kind for turn in dialogue.turns for kind in turn} - {"user", "press", "bot"}:
            yield [what for turn in dialogue.turns for kind, what in turn.items() if kind != "bot"]


Played = list[tuple[list[str], list[Any], str]]
"""The words so far, the facts of the reply and its text."""


@pytest.fixture(scope="module")
def played(brain: Brain) -> list[Played]:
    """The conversations without any transport."""
    replayer = Replayer(brain, SystemClock().now())
    talks = []
    for texts in said():
        runs = [(texts[:end], replayer.run(texts[:end]).reply) for end in range(1, len(texts) + 1)]
        talks.append([(so_far, _facts_of(reply), reply.as_text()) for so_far, reply in runs])
    return talks


@pytest.mark.parametrize(
    ("transport", "step"),
    [("http", 1), ("stdio", 1 if SOAK else 10)],
    indirect=["transport"],
    ids=["http", "stdio"],
)
def test_the_conversations_of_the_tests_give_the_same_facts(
    transport: Any, step: int, played: list[Played]
) -> None:
    chosen = played[::step]
    assert len(played) > 100

    async def play() -> list[str]:
        async with transport() as client:
            return [wrong for talk in chosen for wrong in await _differences(client, talk)]

    async def _differences(client: Client, talk: Played) -> list[str]:
        conversation: dict[str, str] = {}
        wrong = []
        for texts, facts, text in talk:
            found = await call(client, "ask", question=texts[-1], **conversation)
            conversation = {"conversation": found["conversation"]}
            if _facts(found) != facts:
                wrong.append(f"{texts}\n{found['text']}\n--\n{text}")
        return wrong

    assert asyncio.run(play()) == []


def _facts(found: dict[str, Any]) -> list[Any]:
    names = ("status", "reason", "text", "entries", "choices")
    return [*(found[name] for name in names), _dates(found)]


def _dates(found: dict[str, Any]) -> set[tuple[str, str]]:
    return {(source["title"], source["checked_on"]) for source in found["sources"]}


def _facts_of(reply: Reply) -> list[Any]:
    notes = (*reply.sources, *(note for answer in reply.answers for note in answer.sources))
    return [
        reply.status.value,
        reply.reason.value if reply.reason else None,
        reply.as_text(),
        [answer.entry for answer in reply.answers],
        [choice.label for choice in reply.choices],
        {(note.title, note.checked_on.isoformat()) for note in notes},
    ]


@pytest.mark.parametrize("key", [None, "not-the-key-0123456789"])
def test_nobody_gets_in_without_the_key(server: Server, key: str | None) -> None:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    answer = httpx2.post(f"http://127.0.0.1:{server.port}/mcp", headers=headers, json={})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


def test_a_page_of_another_name_does_not_reach_an_open_server(tmp_path: Path) -> None:
    with serving(tmp_path, BOT_HTTP__MCP="on") as open_one:
        address = f"http://127.0.0.1:{open_one.port}/mcp"
        accepts = {"Accept": "application/json, text/event-stream"}
        foreign = httpx2.post(address, headers={"Host": "evil.example", **accepts}, json={})
        assert foreign.status_code == 421

        async def reach() -> str:
            async with over_http(open_one, key=None) as client:
                return str((await call(client, "get_portal", place="四川"))["status"])

        assert asyncio.run(reach()) == "answered"
