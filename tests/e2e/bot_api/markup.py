"""Text as Telegram takes it: HTML into plain text and entities, lengths in UTF-16 units.

Rules and sentences follow `parse_html` of TDLib's MessageEntity.cpp. Two things surprise: only the
references lt, gt, amp and quot have names, and a link whose address is no address loses its entity
without a word. Markdown is not understood here, so it is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from tests.e2e.bot_api.refusals import Refused, bad_request

KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
REFERENCES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
MOST_ENTITIES = 100  # further ones are dropped in silence (PTB: MessageLimit.MESSAGE_ENTITIES)

_REFERENCE = re.compile(r"&(?:#x([0-9A-Fa-f]{1,6})|#([0-9]{1,7})|(lt|gt|amp|quot)\b);?")
_PLAIN = re.compile(r"[^<&]+")
_START = re.compile(r"""<([^\s>]*)((?:"[^"]*"|'[^']*'|[^'">])*)>""")
_END = re.compile(r"</([^\s>]*)\s*>")
_ATTRIBUTE = re.compile(r"""\s+([^\s=>]+)(?:\s*=\s*("[^"]*"|'[^']*'|[A-Za-z0-9.-]+))?""")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")

Entity = dict[str, Any]


def units(text: str) -> int:
    """Length in UTF-16 code units, as Telegram counts."""
    return len(text) + sum(char > "\uffff" for char in text)


def formatted(
    text: str, mode: str, given: list[Entity], *, most: int, least: int = 1, too_long: str
) -> tuple[str, list[Entity]]:
    """Plain text and entities, trimmed and measured.

    Raises:
        Refused: the mark-up is wrong, nothing is left, or it is longer than `most` units.
    """
    plain, entities = _parsed(_CONTROL.sub(" ", text.replace("\r", "")), mode, given)
    plain, entities = _trimmed(plain, entities)
    if units(plain) < least:
        raise bad_request("message text is empty")
    if units(plain) > most:
        raise bad_request(too_long)
    return plain, entities[:MOST_ENTITIES]


def _parsed(text: str, mode: str, given: list[Entity]) -> tuple[str, list[Entity]]:
    if not mode:
        return text, _checked(given)
    if mode.lower() == "html":
        return Html(text).parse()
    if mode.lower() in {"markdown", "markdownv2"}:
        raise bad_request("can't parse entities: this test server understands HTML only")
    raise bad_request("unsupported parse_mode")


def _checked(given: list[Entity]) -> list[Entity]:
    for entity in given:
        if int(entity.get("offset", -1)) < 0 or int(entity.get("length", 0)) <= 0:
            raise bad_request("can't parse entities: an entity with incorrect offset or length")
    return sorted(given, key=_place)


def _trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    kept = text.strip()
    shift, end = units(text) - units(text.lstrip()), units(kept)
    moved = []
    for entity in entities:
        start = max(0, entity["offset"] - shift)
        stop = min(end, entity["offset"] + entity["length"] - shift)
        if stop > start:
            moved.append(entity | {"offset": start, "length": stop - start})
    return kept, moved


def _place(entity: Entity) -> tuple[int, int]:
    return entity["offset"], -entity["length"]


def is_address(url: str) -> bool:
    """Whether Telegram would make a link of it."""
    scheme, separator, rest = url.partition("://")
    host = re.split(r"[/?#]", rest if separator else url, maxsplit=1)[0]
    if scheme.lower() == "tg" and separator:
        return bool(rest)
    return (
        (not separator or scheme.lower() in {"http", "https", "ton", "tonsite"})
        and "." in host.strip(".")
        and not re.search(r"\s", host)
    )


@dataclass
class _Open:
    tag: str
    attributes: dict[str, str]
    offset: int
    begin: int


@dataclass
class Html:
    """One pass over one text."""

    source: str
    pos: int = 0
    length: int = 0
    out: list[str] = field(default_factory=list)
    open: list[_Open] = field(default_factory=list)
    found: list[Entity] = field(default_factory=list)

    def parse(self) -> tuple[str, list[Entity]]:
        while self.pos < len(self.source):
            self._step()
        if self.open:
            tag = self.open[-1].tag
            raise _wrong(f'can\'t find end tag corresponding to start tag "{tag}"')
        return "".join(self.out), sorted(self.found, key=_place)

    def _step(self) -> None:
        if self.source.startswith("</", self.pos):
            self._end()
        elif self.source[self.pos] == "<":
            self._start()
        elif self.source[self.pos] == "&":
            self._reference()
        else:
            self._plain()

    def _plain(self) -> None:
        found = _PLAIN.match(self.source, self.pos)
        assert found
        self._write(found[0], found.end())

    def _reference(self) -> None:
        found = _REFERENCE.match(self.source, self.pos)
        char = _referred(found) if found else ""
        self._write(char or "&", found.end() if found and char else self.pos + 1)

    def _write(self, text: str, pos: int) -> None:
        self.out.append(text)
        self.length += units(text)
        self.pos = pos

    def _start(self) -> None:
        found = _START.match(self.source, self.pos)
        if found is None:
            raise _wrong(f"unclosed start tag at byte offset {self._byte()}")
        tag = found[1].lower()
        if tag not in KINDS:
            raise _wrong(f'unsupported start tag "{tag}" at byte offset {self._byte()}')
        attributes = self._attributes(tag, found[2])
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            where = self._byte()
            raise _wrong(f'tag "span" must have class "tg-spoiler" at byte offset {where}')
        self.open.append(_Open(tag, attributes, self.length, len(self.out)))
        self.pos = found.end()

    def _attributes(self, tag: str, written: str) -> dict[str, str]:
        read, pos = {}, 0
        while found := _ATTRIBUTE.match(written, pos):
            read[found[1].lower()] = self._value(tag, found[1], found[2])
            pos = found.end()
        if written[pos:].strip():
            raise _wrong(f'empty attribute name in the tag "{tag}" at byte offset {self._byte()}')
        return read

    def _value(self, tag: str, name: str, written: str | None) -> str:
        if written is not None:
            return _REFERENCE.sub(lambda found: _referred(found) or found[0], written.strip("\"'"))
        if (tag, name) == ("blockquote", "expandable"):
            return ""
        raise _wrong(
            f'expected equal sign in declaration of an attribute of the tag "{tag}"'
            f" at byte offset {self._byte()}"
        )

    def _end(self) -> None:
        found = _END.match(self.source, self.pos)
        if found is None:
            raise _wrong(f"unclosed end tag at byte offset {self._byte()}")
        if not self.open:
            raise _wrong(f"unexpected end tag at byte offset {self._byte()}")
        opened, name = self.open.pop(), found[1].lower()
        if name and name != opened.tag:
            raise _wrong(
                f"unmatched end tag at byte offset {self._byte()},"
                f' expected "</{opened.tag}>", found "</{name}>"'
            )
        self._close(opened)
        self.pos = found.end()

    def _close(self, opened: _Open) -> None:
        length = self.length - opened.offset
        inside = "".join(self.out[opened.begin :])
        more = _extras(opened, inside) if length else None
        if more is not None:
            kind = {"type": KINDS[opened.tag], "offset": opened.offset, "length": length}
            self.found.append(kind | more)

    def _byte(self) -> int:
        return len(self.source[: self.pos].encode())


def _extras(opened: _Open, inside: str) -> Entity | None:
    """What an entity carries besides its place; None where Telegram drops it in silence."""
    attributes = opened.attributes
    match opened.tag:
        case "a":
            return _link(attributes.get("href") or inside)
        case "blockquote" if "expandable" in attributes:
            return {"type": "expandable_blockquote"}
        case "code" if attributes.get("class", "").startswith("language-"):
            return {"language": attributes["class"].removeprefix("language-")}
        case "tg-emoji":
            return {"custom_emoji_id": attributes.get("emoji-id", "")}
        case "tg-time":
            return {"unix_time": int(attributes.get("unix", 0))}
        case _:
            return {}


def _link(url: str) -> Entity | None:
    if person := re.fullmatch(r"tg://user\?id=(\d+)", url):
        user = {"id": int(person[1]), "is_bot": False, "first_name": person[1]}
        return {"type": "text_mention", "user": user}
    return {"url": url} if is_address(url) else None


def _referred(found: re.Match[str]) -> str:
    if found[3]:
        return REFERENCES[found[3]]
    code = int(found[1], 16) if found[1] else int(found[2])
    return chr(code) if 0 < code < 0x10FFFF and not 0xD800 <= code <= 0xDFFF else ""


def _wrong(sentence: str) -> Refused:
    return bad_request(f"can't parse entities: {sentence[0].upper()}{sentence[1:]}")
