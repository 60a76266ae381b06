"""Measure what one message costs, and how long it keeps others waiting, with texts made to be slow.

Prints the slowest of the conversations that each text is said in: a new one, one with a topic, and
one at each question of a walk and of a calculator.  Of each the whole turn, and the longest stretch
of it between two pauses (`bot.core.slices`), for which others wait.  Ends with 1 if a turn takes
over `LIMIT_MS`, or a stretch over `STRETCH_MS`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from time import thread_time
from typing import NamedTuple

from bot.core.dialogue.decide import take_turn
from bot.core.model.session import Session
from bot.core.model.update import ConversationKey, Update
from bot.core.ports import Brain
from bot.core.slices import hand_over
from bot.core.wire import reply_as_json
from bot.runtime.brain import load_brain
from bot.runtime.clock import SystemClock
from bot.storage.scrubbing import scrub

LIMIT_MS, STRETCH_MS = 50, 10
TIMES = 3
KEY = ConversationKey("measure", "chat", "user")
BEGINNINGS = (
    (),
    ("四川初始注册要什么材料",),
    ("/steps 初始注册",),
    ("/steps 初始注册", "下一步"),
    ("/steps 初始注册", "下一步", "下一步"),
    ("/deadline",),
    ("/deadline 延续注册",),
)
"""What was said before, each in a conversation of its own."""
HAN = "".join(chr(0x4E00 + n % 20_902) for n in range(100_000))
TEXTS = {
    "a place, blanks, where": "四川" + " " * 9_000 + "在哪",
    "a. again and again": "a." * 100_000,
    "100,000 Han characters": HAN,
    "commas": "，" * 5_000,
    "Latin commas": "," * 5_000,
    "question marks": "？" * 2_000,
    "a place again and again": "四川" * 1_000,
    "digits": "1234567890" * 20_000,
    "one digit": "1" * 200_000,
    "letters": "a" * 200_000,
    "blanks": " " * 200_000,
    "new lines": "\n" * 200_000,
    "full stops": "." * 200_000,
    "at signs": "a@" * 50_000,
    "a command and blanks": "/ask" + " " * 200_000 + "?",
    "a command and Han characters": "/ask " + HAN,
    "one wide character": "\ufdfa" * 2_000,
    "combining marks": "a" + "\u0301" * 200_000,
    "years": "2021年" * 40_000,
    "days": "3月5日" * 40_000,
    "numerals": "一" * 200_000,
    "many numerals": "三五十" * 60_000,
    "pinyin": "zhuce" * 40_000,
    "pinyin apart": "zhu ce " * 30_000,
    "places": "四川重庆北京上海广东" * 20_000,
    "places and commas": "四川，重庆，北京，" * 20_000,
    "questions": "四川二建怎么注册？" * 20_000,
    "questions with commas": "二建怎么注册，要什么材料，" * 10_000,
    "services": "初始注册延续注册变更注册增项注册" * 10_000,
    "why": "为什么" * 60_000,
    "next step": "下一步" * 60_000,
    "next step and a mark": "下一步" * 60_000 + "x",
    "is it not": "是不是" * 60_000,
    "two of each": "".join(c + c for c in HAN),
    "different sentences": "".join(HAN[n : n + 9] + "，" for n in range(0, 50_000, 9)),
    "twelve clauses of ours": "".join("二建" + HAN[n : n + 38] + "，" for n in range(0, 456, 38)),
    "eight questions of ours": "".join(
        f"二建{HAN[n : n + 18]}，{HAN[n + 18 : n + 36]}，二建注测{HAN[n + 36 : n + 50]}？"
        for n in range(0, 400, 50)
    ),
    "two questions of six clauses": "".join(
        "".join(f"二建{HAN[n + 9 * k : n + 9 * k + 9]}，" for k in range(6)) + "？" for n in (0, 60)
    ),
    "four questions of three clauses": "".join(
        "".join(f"二建{HAN[n + 15 * k : n + 15 * k + 15]}，" for k in range(3)) + "？"
        for n in (0, 60, 120, 180)
    ),
    "eight questions of our words": "二建注测需要什么财料，重亲注侧怎么办，要交那些资科？" * 8,
    "eight questions in pinyin": "erjian zenme zhuce b chengdu xuyao shenme cailiao na? " * 9,
    "clauses with breaths": "，".join("二建" + HAN[n : n + 16] for n in range(0, 400, 16)),
    "a long breath of ours": "二建" + HAN[:108],
    "a sentence of ours with slips": "二级建造师注侧需要神么材科" * 10_000,
}


def sessions(brain: Brain, now: datetime) -> Iterator[Session]:
    """A session for each of the beginnings."""
    for said in BEGINNINGS:
        session = Session()
        for text in said:
            update = Update("0", KEY, now, text=text)
            session = take_turn(brain, session, update, now).session
        yield session


class Cost(NamedTuple):
    """Of one turn, in milliseconds."""

    whole: float
    stretch: float
    """The longest time between two pauses."""


def cost(brain: Brain, session: Session, text: str, now: datetime) -> Cost:
    """The least of some turns, in computing time: other programs do not count.

    Each ends in another character, so that nothing is remembered from the one before.
    """
    wholes, stretches = [], []
    for number in range(TIMES):
        pauses = [thread_time()]
        token = hand_over.set(lambda: pauses.append(thread_time()))  # noqa: B023  reset below
        update = Update("1", KEY, now, text=text + HAN[number])
        turn = take_turn(brain, session, update, now)
        hand_over.reset(token)
        reply_as_json(turn.reply, brain.pack.vocabulary.names)
        scrub(update.text or "")
        pauses.append(thread_time())
        wholes.append(pauses[-1] - pauses[0])
        stretches.append(max(after - before for before, after in pairwise(pauses)))
    return Cost(min(wholes) * 1000, min(stretches) * 1000)


def main() -> int:
    brain, now = load_brain(), SystemClock().now()
    found = tuple(sessions(brain, now))
    is_well = True
    for name, text in TEXTS.items():
        costs = [cost(brain, session, text, now) for session in found]
        whole, stretch = max(one.whole for one in costs), max(one.stretch for one in costs)
        is_well = is_well and whole < LIMIT_MS and stretch < STRETCH_MS
        told = f"{whole:8.1f} ms, at a stretch {stretch:5.1f}"
        print(f"{name:32} {len(text):7,} characters {told}", flush=True)
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main())
