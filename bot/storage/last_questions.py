"""Remember each conversation's last question for two minutes, to see whether its answer was bad.

What a newcomer would get wrong: this is memory of one process and nothing is stored, until the
person says that the answer was no good: then the words of that one question are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.model.choices import NoneOfThese
from bot.core.model.reply import RATINGS, Reason, Reply, Status
from bot.core.model.update import ConversationKey, Update

AGAIN_WITHIN = timedelta(minutes=2)
MOST_REMEMBERED = 5_000
"""Conversations; about 1 KiB each."""
UNSURE_BELOW = 0.75
"""Score below which an answer was given while unsure: fewer than three of four such are right."""
ALIKE = 0.4
"""Dice's coefficient of pairs of characters from which a question is the one before, reworded."""

UNSURE, DECLINED, AGAIN = "unsure", "declined", "asked_again"
_DECLINING = frozenset(("none_of_these", "rejected"))


@dataclass(frozen=True, slots=True)
class Complaint:
    """Words that were answered badly: why one thinks so, and the entry that replied."""

    words: str
    reason: str
    entry: str


@dataclass(frozen=True, slots=True)
class _Asked:
    words: str
    entry: str
    at: datetime


class LastQuestions:
    """The last question of each conversation."""

    def __init__(self) -> None:
        self._asked: dict[ConversationKey, _Asked] = {}
        """The oldest first.  A TTLCache reads the clock and keeps links at each step: 30 µs."""

    def judge(self, update: Update, reply: Reply, now: datetime) -> Complaint | None:
        """Return what this turn says of an answer, its own or the one before."""
        self._drop_old(now)
        before = self._asked.pop(update.key, None)
        if _declines(update, reply):
            return Complaint(before.words, DECLINED, before.entry) if before else None
        if reply.reason in RATINGS:
            return self._rated(update.key, reply, before)
        words, entry = update.text, reply.answers[0].entry if reply.answers else ""
        if not words or reply.status is Status.SMALLTALK or words.startswith("/"):
            return None
        self._asked[update.key] = _Asked(words, entry, now)
        if _is_unsure(reply):
            return Complaint(words, UNSURE, entry)
        if before and before.entry and _alike(before.words, words) >= ALIKE:
            return Complaint(before.words, AGAIN, before.entry)
        return None

    def _rated(self, key: ConversationKey, reply: Reply, before: _Asked | None) -> Complaint | None:
        """Return what a rating says; the words are remembered, for the reason that may follow."""
        is_about_it = before and before.entry in [answer.entry for answer in reply.answers]
        if not (before and is_about_it) or reply.reason in (None, Reason.LIKED):
            return None
        self._asked[key] = before
        return Complaint(before.words, reply.reason.value, before.entry)

    def _drop_old(self, now: datetime) -> None:
        while self._asked:
            oldest = next(iter(self._asked))
            is_old = now - self._asked[oldest].at > AGAIN_WITHIN
            if not is_old and len(self._asked) < MOST_REMEMBERED:
                return
            del self._asked[oldest]

    def forget(self, platform: str, user: str) -> None:
        """Drop what a person said last."""
        for key in [k for k in self._asked if (k.platform, k.user) == (platform, user)]:
            self._asked.pop(key, None)


def _declines(update: Update, reply: Reply) -> bool:
    return update.press == str(NoneOfThese()) or reply.rule in _DECLINING


def _is_unsure(reply: Reply) -> bool:
    is_told = reply.status is Status.ANSWERED and reply.score is not None
    return is_told and reply.score is not None and reply.score < UNSURE_BELOW


def _alike(one: str, other: str) -> float:
    """Return how alike two questions are; one that was sent twice is no rewording."""
    if one == other:
        return 0.0
    a, b = ({text[i : i + 2] for i in range(len(text) - 1)} for text in (one, other))
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0
