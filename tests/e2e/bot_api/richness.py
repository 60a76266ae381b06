"""Rich messages (Bot API 10.1): what is sent, and what stands in the chat afterwards.

Real servers turn HTML and Markdown into blocks by rules that no library here knows, so the answer
holds one paragraph with the plain text; blocks that were sent come back as they are. What was
sent stands in the ledger. HTML has to be well formed and to keep to known tags.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from tests.e2e.bot_api.refusals import bad_request

VOID = frozenset({"br", "hr", "img", "source"})
TAGS = VOID | frozenset(
    {
        "a",
        "abbr",
        "aside",
        "b",
        "blockquote",
        "caption",
        "center",
        "cite",
        "code",
        "col",
        "colgroup",
        "dd",
        "del",
        "details",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "i",
        "ins",
        "kbd",
        "li",
        "mark",
        "ol",
        "p",
        "pre",
        "q",
        "s",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "tg-emoji",
        "tg-spoiler",
        "tg-time",
        "u",
        "ul",
        "video",
        "audio",
    }
)


def as_rich_message(given: Any) -> dict[str, Any]:
    """The RichMessage that is shown for an InputRichMessage."""
    if not isinstance(given, dict):
        raise bad_request("can't parse rich message JSON object")
    ways = [way for way in ("html", "markdown", "blocks") if given.get(way)]
    if len(ways) != 1:
        raise bad_request("exactly one of html, markdown and blocks must be specified")
    if ways == ["blocks"]:
        return {"blocks": given["blocks"]}
    text = _Reader.plain(given["html"]) if ways == ["html"] else str(given["markdown"])
    if not text.strip():
        raise bad_request("message text is empty")
    return {"blocks": [{"type": "paragraph", "text": text.strip()}]}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.words: list[str] = []

    @classmethod
    def plain(cls, html: str) -> str:
        reader = cls()
        reader.feed(html)
        reader.close()
        if reader.open:
            raise _wrong(f'Can\'t find end tag corresponding to start tag "{reader.open[-1]}"')
        return "".join(reader.words)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in TAGS:
            raise _wrong(f'Unsupported start tag "{tag}"')
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise _wrong(f'Unexpected end tag "{tag}"')

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def _wrong(sentence: str) -> Exception:
    return bad_request(f"can't parse rich message: {sentence}")
