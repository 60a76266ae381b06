"""Define the tools; their docstrings and the descriptions of their arguments are what models read.

A look-up is said as the command that people type (`/portal`, `/materials`, `/steps`, `/deadline`)
in a conversation of its own, so that nothing said before has a part in it.
"""

from __future__ import annotations

import base64
import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Annotated

from mcp.types import CallToolResult, ContentBlock, ImageContent, TextContent
from pydantic import Field

from bot.adapters.mcp.ports import Talks
from bot.adapters.mcp.results import (
    DeadlineOut,
    DrawingOut,
    EntryOut,
    ProcedureOut,
    ReplyOut,
    SearchOut,
    computed,
    found,
    reply_facts,
)
from bot.core.model.choices import Calculate, ShowDetails, ShowEntry, ShowExtra, read
from bot.core.model.entry import EntryKind
from bot.core.model.procedure import Procedure
from bot.core.model.reply import ListPart, Picture, Reply, Status
from bot.core.model.spans import day_of
from bot.core.model.update import ConversationKey, Update
from bot.core.procedures.drawings import HERE, draw_mermaid, draw_text
from bot.core.procedures.summary import ELSEWHERE, chart_named

PLATFORM = "mcp"
MOST_CHARACTERS = 20_000
"""As in the HTTP API."""

Words = Annotated[str, Field(max_length=MOST_CHARACTERS)]
Conversation = Annotated[
    str | None,
    Field(
        min_length=1,
        max_length=128,
        description="The `conversation` of an earlier reply, to ask on or to answer its question; "
        "without it a new one begins.",
    ),
]
Day = Annotated[
    str,
    Field(
        pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$",
        description="YYYY-MM-DD, or YYYY-MM or YYYY if the user knows no more. Never guess it.",
    ),
]


@dataclass(frozen=True, slots=True)
class Tools:
    """The tools over one conversation."""

    talks: Talks

    async def ask(
        self,
        question: Annotated[Words, Field(description="The user's own words, unchanged.")],
        conversation: Conversation = None,
    ) -> ReplyOut:
        """Ask anything about the subject, or answer what was asked back, as a person would."""
        name = conversation or _new()
        return self._shown(await self._say(name, question), name)

    async def get_portal(
        self, place: Annotated[Words, Field(description="A province, city or branch.")]
    ) -> ReplyOut:
        """Get the website or office of a place. Never use that of another place instead."""
        return await self._look_up(f"/portal {place}")

    async def get_materials(
        self,
        service: Annotated[Words, Field(description="What is to be done, in the user's words.")],
        place: Annotated[Words | None, Field(description="Where, if the user said so.")] = None,
    ) -> ReplyOut:
        """Get the papers that a service needs."""
        return await self._look_up(f"/materials {place or ''}{service}")

    async def get_procedure(
        self,
        service: Annotated[Words, Field(description="What is to be done, in the user's words.")],
        place: Annotated[Words | None, Field(description="Where, if the user said so.")] = None,
    ) -> Annotated[CallToolResult, ProcedureOut]:
        """Get the steps of a service, with its drawing as text, Mermaid and, if possible, PNG."""
        name = _new()
        reply = await self._say(name, f"/steps {place or ''}{service}")
        walk = _walk_of(reply) if reply.status is Status.PROCEDURE else None
        return await (self._path(name, walk) if walk else self._no_path(name, reply))

    async def compute_deadline(
        self,
        deadline: Annotated[
            Words, Field(description="Id or title of a calculator, or what is due, in words.")
        ],
        date: Day,
    ) -> DeadlineOut:
        """Work out a deadline from a date. Do not work one out yourself."""
        name, pack = _new(), self.talks.pack
        known = [c.id for c in pack.calculators.values() if deadline in (c.id, c.title)]
        reply = (
            await self._press(name, str(Calculate(known[0], date)))
            if known
            else await self._say(name, f"/deadline {deadline} {date}")
        )
        day = self._today()
        facts = reply_facts(reply, pack, day, name)
        return DeadlineOut.model_validate({**facts, "computed": computed(reply, pack, day)})

    async def search(
        self,
        query: Annotated[Words, Field(description="A few words.")],
        limit: Annotated[int, Field(ge=1, le=50)] = 10,
    ) -> SearchOut:
        """Find answers that fit a few words; `ask` is better for a whole question."""
        suggested = await self.talks.suggest(query)
        return found(list(suggested)[:limit], self.talks.pack, self._today())

    async def entry(self, entry_id: str) -> EntryOut | None:
        """Return an entry as a resource; `None` if the pack has none of this id."""
        entry = self.talks.pack.entries.get(entry_id)
        if entry is None:
            return None
        name = _new()
        reply = await self._press(name, str(ShowEntry(entry_id)))
        has_more = entry.kind is EntryKind.FACT and reply.status is Status.ANSWERED
        more = await self._press(name, str(ShowDetails(entry_id))) if has_more else None
        facts = reply_facts(reply, self.talks.pack, self._today(), name)
        return EntryOut.model_validate({**facts, "details": more.as_text() if more else ""})

    async def _path(self, name: str, walk: str) -> CallToolResult:
        papers = await self._press(name, str(ShowExtra("list", walk)))
        drawn = await self._press(name, str(ShowExtra("picture", walk)))
        picture = next((part.name for part in drawn.parts if isinstance(part, Picture)), "")
        whole = _without_place(picture)
        png = await self.talks.picture(whole, "png")
        return _as_content(self._procedure(papers, name, whole), png)

    async def _no_path(self, name: str, reply: Reply) -> CallToolResult:
        return _as_content(self._procedure(reply, name, ""), None)

    def _procedure(self, reply: Reply, name: str, picture: str) -> ProcedureOut:
        facts = reply_facts(reply, self.talks.pack, self._today(), name)
        return ProcedureOut.model_validate(
            {
                **facts,
                "text": _unmarked(reply.as_text()),
                "steps": _steps(reply),
                "drawing": self._drawing(picture),
            }
        )

    def _drawing(self, picture: str) -> DrawingOut | None:
        chart = chart_named(self.talks.pack, picture)
        if chart is None:
            return None
        procedure: Procedure = self.talks.pack.procedures[picture.partition("#")[0]]
        return DrawingOut(text=draw_text(chart), mermaid=draw_mermaid(procedure))

    async def _look_up(self, command: str) -> ReplyOut:
        name = _new()
        return self._shown(await self._say(name, command), name)

    def _shown(self, reply: Reply, name: str) -> ReplyOut:
        return ReplyOut.model_validate(reply_facts(reply, self.talks.pack, self._today(), name))

    async def _say(self, name: str, text: str) -> Reply:
        return await self._handle(name, text=text)

    async def _press(self, name: str, value: str) -> Reply:
        return await self._handle(name, press=value)

    async def _handle(self, name: str, text: str | None = None, press: str | None = None) -> Reply:
        key = ConversationKey(PLATFORM, name, name)
        now = self.talks.clock.now()
        return await self.talks.handle(Update(_new(), key, now, text=text, press=press))

    def _today(self) -> dt.date:
        return day_of(self.talks.clock.now())


def _new() -> str:
    """Return a name that nobody can guess."""
    return uuid.uuid4().hex


def _walk_of(reply: Reply) -> str | None:
    """Return the walk that a card belongs to, as its choices name it."""
    targets = (read(choice.value) for choice in reply.choices)
    return next((walk for target in targets if (walk := getattr(target, "walk", ""))), None)


def _without_place(picture: str) -> str:
    """Return the name of the same picture without the mark of where somebody is."""
    away = ELSEWHERE if picture.endswith(ELSEWHERE) else ""
    return picture.partition("@")[0] + "@" + away


def _steps(reply: Reply) -> list[str]:
    lists = [part for part in reply.parts if isinstance(part, ListPart) and part.is_numbered]
    return [_unmarked(step) for step in lists[-1].items] if lists else []


def _unmarked(text: str) -> str:
    """Return the text without the mark of where somebody is: a model is at no step."""
    return text.replace(f" {HERE}", "")


def _as_content(procedure: ProcedureOut, png: bytes | None) -> CallToolResult:
    content: list[ContentBlock] = [TextContent(text=procedure.model_dump_json())]
    if png is not None:
        data = base64.b64encode(png).decode()
        content.append(ImageContent(data=data, mime_type="image/png"))
    return CallToolResult(content=content, structured_content=procedure.model_dump(mode="json"))
