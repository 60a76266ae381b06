"""Answer inline queries: `@bot 补证` in any chat lists answers; the chosen one is posted whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from cachetools import FIFOCache

from bot.adapters.delivery.codes import Codebook, short_hash
from bot.adapters.delivery.deep_links import ASK, payload_of
from bot.adapters.telegram.outgoing.html import render
from bot.adapters.telegram.outgoing.keyboards import link_button, markup
from bot.core.conversation import Conversation
from bot.core.dialogue.autocomplete import Suggestion
from bot.core.model.pack import Pack
from bot.core.model.reply import Part, Sources, Text

PAGE = 10
MOST_QUERIES = 500
MOST_RESULTS = 5_000
CACHE_S = 60
"""How long Telegram may reuse a list: new knowledge is visible after that time."""
_MAX_DESCRIPTION = 200

Json = dict[str, Any]


class InlineResults:
    """Finds results, caches them and counts which of them are posted."""

    def __init__(self, conversation: Conversation, username: str) -> None:
        self._conversation, self._username = conversation, username
        self._found: FIFOCache[tuple[str, date, str], Sequence[Suggestion]] = FIFOCache(
            MOST_QUERIES
        )
        self._names: FIFOCache[str, str] = FIFOCache(MOST_RESULTS)
        self.chosen: Counter[str] = Counter()
        """Counts by the name of the suggestion, or by a result's id that is no longer known."""

    def page(self, codes: Codebook, text: str, offset: str, now: datetime) -> Json:
        """Return the parameters of answerInlineQuery, except the id of the query."""
        pack = self._conversation.pack
        key = (pack.version, now.date(), text.strip())
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = self._conversation.suggest(text)
        for one in found:
            self._names[result_id(pack, one)] = one.name
        return results_page(pack, codes, self._username, found, offset)

    def count(self, result: str) -> None:
        self.chosen[self._names.get(result) or result] += 1


def result_id(pack: Pack, suggestion: Suggestion) -> str:
    """Return at most 64 bytes: the same for the same answer of the same pack version."""
    return f"{pack.version}-{short_hash(suggestion.name, 20)}"


def results_page(
    pack: Pack, codes: Codebook, username: str, suggestions: Sequence[Suggestion], offset: str
) -> Json:
    """Return the parameters of answerInlineQuery, except the id of the query."""
    start = int(offset) if offset.isascii() and offset.isdigit() and len(offset) < 4 else 0
    shown = suggestions[start : start + PAGE]
    is_more = start + PAGE < len(suggestions)
    params: Json = {
        "results": [article(pack, codes, username, one) for one in shown],
        "cache_time": CACHE_S,
        "is_personal": False,
        "next_offset": str(start + PAGE) if is_more else "",
    }
    if not suggestions:
        text = pack.phrase("nothing_found_inline")
        params["button"] = {"text": text, "start_parameter": ASK}
    return params


def article(pack: Pack, codes: Codebook, username: str, suggestion: Suggestion) -> Json:
    """Return one result; its message is the whole answer with its sources."""
    payload = payload_of(codes, suggestion.reply.answers) or ASK
    button = link_button(pack.phrase("go_on_in_private"), username, payload)
    return {
        "type": "article",
        "id": result_id(pack, suggestion),
        "title": suggestion.title,
        "description": _description(pack, suggestion),
        "input_message_content": {
            "message_text": _text(suggestion),
            "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": True},
        },
        "reply_markup": markup([button]),
    }


def _text(suggestion: Suggestion) -> str:
    """Return the whole answer, or its short form if it does not fit into one message."""
    whole, *more = render(suggestion.reply).pages
    if not more:
        return whole
    sources = [part for part in suggestion.reply.parts if isinstance(part, Sources)]
    parts: tuple[Part, ...] = (Text(suggestion.short), *sources)
    return render(replace(suggestion.reply, parts=parts)).pages[0]


def _description(pack: Pack, suggestion: Suggestion) -> str:
    """Return the first line, and the day when it was last compared with its source."""
    line = suggestion.short.partition("\n")[0]
    sources = suggestion.reply.sources
    checked = _checked(pack, sources[0].checked_on) if sources else ""
    room = _MAX_DESCRIPTION - len(checked)
    return (line if len(line) <= room else line[: room - 1] + "…") + checked


def _checked(pack: Pack, day: date) -> str:
    return f"（{pack.phrase('source_checked', date=day.isoformat())}）"
