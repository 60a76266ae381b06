"""List the addresses that a pack names, and what came of it when they were last opened.

What a newcomer would get wrong: nothing is opened while a question is answered.  `zhuce kb links
--open` opens them and writes `links.json` into the pack's folder; everything else reads that file,
which is no part of the pack: its version does not change.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from bot.core.model.entry import Entry
from bot.core.model.pack import Pack

RECORD = "links.json"
TIMEOUT_S = 10.0
AT_ONCE = 8
_ADDRESS = re.compile(r"https?://[\x21-\x7e]*[\w/=&#-]")
_HEADERS = {"User-Agent": "zhuce-links/1 (checks that addresses still open)"}
_OTHER_METHOD = (403, 405, 501)
"""What servers answer that know no HEAD, or take it for an attack."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What came of opening an address: the HTTP status, or in a word why there was none."""

    status: str
    on: date

    @property
    def is_good(self) -> bool:
        return self.status.isdigit() and 200 <= int(self.status) < 400


@dataclass(frozen=True, slots=True)
class Link:
    """An address, where the pack names it, and what came of it; `None` if it was never opened."""

    url: str
    places: tuple[str, ...]
    opened: Opened | None = None


def links_of(pack: Pack, folder: Path) -> list[Link]:
    """Return every address of the pack with what is recorded of it, in the order of the pack."""
    places: dict[str, dict[str, None]] = {}
    for url, place in _named(pack):
        places.setdefault(url, {})[place] = None
    known = read_record(folder)
    return [Link(url, tuple(found), known.get(url)) for url, found in places.items()]


def read_record(folder: Path) -> dict[str, Opened]:
    """Return what is recorded; nothing if there is no record, or it is damaged."""
    try:
        data = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        return {url: _read(one) for url, one in data.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def open_all(links: Sequence[Link], folder: Path, today: date) -> list[Link]:
    """Open every address, record what came of it, and return the links anew.

    Raises:
        OSError: the record cannot be written.
    """
    with ThreadPoolExecutor(AT_ONCE) as threads:
        found = list(threads.map(_open, [link.url for link in links]))
    opened = {link.url: Opened(s, today) for link, s in zip(links, found, strict=True)}
    shown = {url: {"status": one.status, "on": one.on.isoformat()} for url, one in opened.items()}
    text = json.dumps(shown, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / RECORD).write_text(text + "\n", encoding="utf-8")
    return [Link(link.url, link.places, opened[link.url]) for link in links]


def _read(one: Mapping[str, Any]) -> Opened:
    return Opened(str(one["status"]), date.fromisoformat(one["on"]))


def _named(pack: Pack) -> Iterator[tuple[str, str]]:
    for source in pack.sources.values():
        if source.url:
            yield source.url, source.id
    for region in pack.regions.values():
        if region.gov_portal:
            yield region.gov_portal.url, region.short
    for entry in pack.entries.values():
        yield from ((url, entry.id) for url in _told(entry))


def _told(entry: Entry) -> Iterator[str]:
    for fact in entry.all_facts:
        if fact.link:
            yield fact.link.url
        yield from _ADDRESS.findall(fact.text)


def _open(url: str) -> str:
    status = _status(url, "HEAD")
    return _status(url, "GET") if status in map(str, _OTHER_METHOD) else status


def _status(url: str, method: str) -> str:
    try:
        with urlopen(Request(url, headers=_HEADERS, method=method), timeout=TIMEOUT_S) as answer:  # noqa: S310  only http and https are found
            return str(answer.status)
    except HTTPError as error:
        return str(error.code)
    except TimeoutError:
        return "timeout"
    except URLError as error:
        return "timeout" if isinstance(error.reason, TimeoutError) else "unreachable"
    except (OSError, ValueError):
        return "unreachable"
