"""Answer inline queries: `@bot 补证` in any chat lists answers; the chosen one is posted whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from cachetools import FIFOCache

from bot.adapters.delivery.codes import short_hash
from bot.adapters.delivery.deep_links import ASK, payload_of, value_from
from bot.adapters.telegram.outgoing.html import render
from bot.adapters.telegram.outgoing.keyboards import link_button, markup
from bot.adapters.telegram.outgoing.message import Writer
from bot.core.conversation import Conversation
from bot.core.dialogue.autocomplete import Suggestion
from bot.core.dialogue.short_form import shorten
from bot.core.model.reply import Part, Sources, Text

PAGE = 10
MOST_QUERIES = 500
CACHE_S = 60
"""How long Telegram may reuse a list: new knowledge is visible after that time."""
_MAX_DESCRIPTION = 200
_HASH = 20

Json = dict[str, Any]


class InlineResults:
    """Finds results, and caches them for the pages that are asked for one by one."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self._found: FIFOCache[tuple[str, date, str], Sequence[Suggestion]] = FIFOCache(
            MOST_QUERIES
        )

    async def page(self, writer: Writer, text: str, offset: str, now: datetime) -> Json:
        """Return the parameters of answerInlineQuery, except the id of the query."""
        key = (writer.pack.version, now.date(), text.strip())
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = await self._conversation.suggest(text)
        return _Page(writer, now.date()).of(found, offset)


def value_of(writer: Writer, result: str) -> str | None:
    """Return the value of a choice that shows what a result showed; `None` if no entry did.

    The id says it, so it does not matter which process made the result.
    """
    version, _, name = result.partition("-")
    is_known = version == writer.pack.version and len(name) != _HASH
    return value_from(writer.codes, name) if is_known else None


@dataclass(frozen=True, slots=True)
class _Page:
    """Writes results of one pack on one day."""

    writer: Writer
    day: date

    def of(self, suggestions: Sequence[Suggestion], offset: str) -> Json:
        start = int(offset) if offset.isascii() and offset.isdigit() and len(offset) < 4 else 0
        shown = suggestions[start : start + PAGE]
        is_more = start + PAGE < len(suggestions)
        params: Json = {
            "results": [self._article(one) for one in shown],
            "cache_time": CACHE_S,
            "is_personal": False,
            "next_offset": str(start + PAGE) if is_more else "",
        }
        if not suggestions:
            text = self.writer.pack.phrase("nothing_found_inline")
            params["button"] = {"text": text, "start_parameter": ASK}
        return params

    def _article(self, suggestion: Suggestion) -> Json:
        """Return one result; its message is the whole answer with its sources."""
        pack, username = self.writer.pack, self.writer.username
        payload = self._payload(suggestion)
        button = link_button(pack.phrase("go_on_in_private"), username, payload or ASK)
        return {
            "type": "article",
            "id": f"{pack.version}-{payload or short_hash(suggestion.name, _HASH)}",
            "title": suggestion.title,
            "description": self._description(suggestion),
            "input_message_content": {
                "message_text": self._text(suggestion),
                "parse_mode": "HTML",
                "link_preview_options": {"is_disabled": True},
            },
            "reply_markup": markup([button]),
        }

    def _payload(self, suggestion: Suggestion) -> str | None:
        """Return what names all of the answer: the same in the link and in the result's id."""
        if not suggestion.can_be_opened:
            return None
        return payload_of(self.writer.codes, suggestion.reply.answers)

    def _text(self, suggestion: Suggestion) -> str:
        """Return the whole answer, or its short form if it does not fit into one message."""
        whole, *more = render(suggestion.reply).pages
        if not more:
            return whole
        brief = shorten(self.writer.pack, suggestion.reply, self.day)
        if brief is None:
            sources = [part for part in suggestion.reply.parts if isinstance(part, Sources)]
            parts: tuple[Part, ...] = (Text(suggestion.short), *sources)
            brief = replace(suggestion.reply, parts=parts)
        return render(brief).pages[0]

    def _description(self, suggestion: Suggestion) -> str:
        """Return the first line, and the day when it was last compared with its source."""
        line = suggestion.short.partition("\n")[0]
        sources = suggestion.reply.sources
        checked = self._checked(sources[0].checked_on) if sources else ""
        room = _MAX_DESCRIPTION - len(checked)
        return (line if len(line) <= room else line[: room - 1] + "…") + checked

    def _checked(self, day: date) -> str:
        return f"（{self.writer.pack.phrase('source_checked', date=day.isoformat())}）"
