"""Count replies, and take over what versions before 0006 counted.

What a newcomer would get wrong: each statement names one row, in a fixed order, so that processes
which count the same things wait for each other and never lock each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import blake2b

from bot.storage.links import Link, Statement

Tally = tuple[str, str, str]
"""What is counted, its value, and the day."""
BY = ":"
"""Between reason and entry in the column `reason`, where an entry replied badly."""
_ONE_BATCH = 1000
_COUNTED = ("status", "reason", "platform", "entry", "region")
_ADD = Statement(
    "INSERT INTO zhuce_tallies (what, value, day, times) VALUES (:what, :value, :day, :times)"
    " ON CONFLICT (what, value, day) DO UPDATE SET times = zhuce_tallies.times + excluded.times"
)
_FIND_OLD = Statement(
    "SELECT day, platform, status, reason, entry, times FROM zhuce_usage LIMIT :most {to_change}"
)
_DROP_OLD = Statement(
    "DELETE FROM zhuce_usage WHERE day = :day AND platform = :platform AND status = :status"
    " AND reason = :reason AND entry = :entry"
)
_FIND_WITHOUT_DIGEST = Statement(
    "SELECT seq, words FROM zhuce_unanswered WHERE digest = 0 LIMIT :most"
)
_SET_DIGEST = Statement("UPDATE zhuce_unanswered SET digest = :digest WHERE seq = :seq")


def digest_of(words: str) -> int:
    """Return a number for words, to group them by; never 0, nor negative."""
    return int.from_bytes(blake2b(words.encode(), digest_size=8).digest()) >> 1 or 1


def tallied(day: str, said: Iterable[tuple[str, str]]) -> Iterator[Tally]:
    """Yield the key of each tally that a reply adds to; empty values add to none."""
    return ((what, value, day) for what, value in said if value)


def add_tallies(link: Link, found: Counter[Tally]) -> None:
    lines = [
        {"what": what, "value": value, "day": day, "times": times}
        for (what, value, day), times in sorted(found.items())
    ]
    link.run_each(_ADD, lines)


def take_over(link: Link) -> int:
    """Move some counts of versions before into the tallies, and give some words their digest.

    Return how many; 0 if none are left.
    """
    return _take_over_counts(link) + _take_over_words(link)


def _take_over_counts(link: Link) -> int:
    names = ("day", "platform", "status", "reason", "entry", "times")
    rows = [
        dict(zip(names, row, strict=True))
        for row in link.run(_FIND_OLD, {"most": _ONE_BATCH}).fetchall()
    ]
    found = Counter[Tally]()
    for row in rows:
        said = ((what, row.get(what, "")) for what in _COUNTED)
        found.update(dict.fromkeys(tallied(row["day"], said), row["times"]))
    add_tallies(link, found)
    link.run_each(_DROP_OLD, rows)
    return len(rows)


def _take_over_words(link: Link) -> int:
    rows = link.run(_FIND_WITHOUT_DIGEST, {"most": _ONE_BATCH}).fetchall()
    link.run_each(_SET_DIGEST, [{"seq": seq, "digest": digest_of(words)} for seq, words in rows])
    return len(rows)
