"""Read and write the flat XML of WeChat and WeCom.

Texts go into CDATA, where `]]>` has to be divided.  What a newcomer would get wrong: people's words
hold characters that XML does not allow, in both directions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

Fields = Mapping[str, str]
Content = str | int | Mapping[str, "Content"]
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no place for (https://www.w3.org/TR/xml/#charsets)."""
_LINE_END = re.compile("\r\n?")


class Unreadable(ValueError):  # noqa: N818  what the text is, said in one word
    """The bytes are not the XML that the platforms send."""


def read(body: bytes, *, has_words: bool = False) -> Fields:
    """Return the text of every element below the root, by name; of equal names the first counts.

    Elements inside others are named with both: `SendLocationInfo/Label`.  Where it `has_words` of
    people, what XML does not allow in them is left out.

    Raises:
        Unreadable: it is no XML, or XML that may do harm.
    """
    try:
        text = body.decode()
        root = fromstring(_FORBIDDEN.sub("", text) if has_words else text, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, RecursionError) as error:
        raise Unreadable(type(error).__name__) from error
    found: dict[str, str] = {}
    for name, text in _texts(root):
        found.setdefault(name, text)
    return found


def _texts(root: Element) -> Iterator[tuple[str, str]]:
    for child in root:
        yield child.tag, child.text or ""
        for inner in child:
            yield f"{child.tag}/{inner.tag}", inner.text or ""


def write(fields: Mapping[str, Content]) -> str:
    """Return the XML of the fields, in their order; texts come out of any parser unchanged.

    But for line ends, which become new lines, and what XML cannot hold, which is left out.
    """
    return f"<xml>{_written(fields)}</xml>"


def _written(fields: Mapping[str, Content]) -> str:
    return "".join(f"<{name}>{_content(value)}</{name}>" for name, value in fields.items())


def _content(value: Content) -> str:
    match value:
        case int():
            return str(value)
        case str():
            return f"<![CDATA[{clean(value).replace(']]>', ']]]]><![CDATA[>')}]]>"
        case _:
            return _written(value)


def clean(text: str) -> str:
    """Return the text without what XML cannot hold, with plain new lines."""
    return _LINE_END.sub("\n", _FORBIDDEN.sub("", text))
