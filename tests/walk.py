"""初始注册 as the seed's chart has it, walked without the bot: what each move has to show.

Tests of the stores compare what the bot said with this, so it borrows nothing from the bot but the
codes of its buttons.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.core.procedures.checklist import code_of

BEGIN, NEXT, BACK, QUESTION = "/steps 初始注册", "下一步", "上一步", "四川二建在哪注册"
STEPS = 8
PAPERS = (
    "注册建造师注册申请表",
    "建造师执业资格证书",
    "申请人身份证和学历证复印件",
    "注册所在地市（州）建设行政主管部门出具的工程业绩证明",
    "申请人与聘用单位签订的聘用合同或有效证明文件复印件",
    "超过规定时间申请初始注册的，应当提交建造师继续教育证明",
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody stands, and which papers are ticked."""

    step: int = 0
    had: frozenset[str] = frozenset()

    def after(self, move: str) -> Place:
        """`move` is what is said, or the name of a paper, whose tick is set or taken away."""
        if move in PAPERS:
            return replace(self, had=self.had ^ {move})
        if jump := re.fullmatch(r"第 (\d) 步", move):
            return replace(self, step=int(jump[1]))
        step = {BEGIN: 1, NEXT: self.step + 1, BACK: max(1, self.step - 1), QUESTION: self.step}
        return replace(self, step=step[move])


def wander(seed: int) -> Iterator[str]:
    """Moves without end that stay on the chart, the first of them the beginning."""
    dice, here, move = random.Random(seed), Place(), BEGIN
    while True:
        yield move
        here = here.after(move)
        moves = [BACK, QUESTION, f"第 {dice.randint(1, STEPS)} 步", *dice.choices(PAPERS, k=3)]
        move = dice.choice([*moves, *[NEXT] * 4] if here.step < STEPS else moves)


def as_update(move: str) -> Mapping[str, str]:
    """The words or the press of an `Update` that makes the move."""
    if move in PAPERS:
        return {"press": f"t:sichuan-registration#初始注册:{code_of(move)}"}
    return {"text": move}


@dataclass(frozen=True, slots=True)
class Told:
    """One reply, as far as it shows where the person stands; no card is step 0."""

    user: str
    update: str
    move: str
    version: int
    step: int
    had: list[str] | None
    """The papers that are ticked; `None` where the reply says nothing about any."""

    def shows(self, place: Place) -> bool:
        return self.step == place.step and (self.had is None or set(self.had) == place.had)


def read(text: str) -> tuple[int, list[str] | None]:
    """The step and the ticks that a reply shows."""
    steps = set(re.findall(r"第 (\d)(?:/8)? 步", text))
    had = re.findall(r"(?:·|\d\.) 已备：(.+)", text) if "材料，已备" in text else None
    return int(steps.pop()) if len(steps) == 1 else 0, had


@dataclass(frozen=True, slots=True)
class Account:
    """What a store made of the updates it was given; all but the first two should be 0."""

    people: int = 0
    turns: int = 0
    lost: int = 0
    """Turns that another one took the place of."""
    doubled: int = 0
    """Updates that were turns more than once, and turns that nobody asked for."""
    astray: int = 0
    """Replies that show another place than the turns before them lead to."""
    held_up: int = 0
    """Times when somebody who stood still kept others from going on."""

    @property
    def is_clean(self) -> bool:
        return not self.lost + self.doubled + self.astray

    def __str__(self) -> str:
        wrong = f"{self.lost} lost, {self.doubled} doubled, {self.astray} astray"
        return f"{self.turns} turns of {self.people} people: {wrong}"


def account(replies: Iterable[Told]) -> Account:
    """Replies of every copy of every update, put in the order in which they were stored."""
    told: defaultdict[str, list[Told]] = defaultdict(list)
    for reply in replies:
        told[reply.user].append(reply)
    each = [_account_of_one(one) for one in told.values()]
    sums = [sum(getattr(one, name) for one in each) for name in ("turns", *_FAULTS)]
    return Account(len(told), *sums)


_FAULTS = ("lost", "doubled", "astray")


def _account_of_one(replies: Sequence[Told]) -> Account:
    turns = {(told.update, told.version): told for told in replies}
    versions = {told.version for told in turns.values()}
    updates = {told.update for told in turns.values()}
    astray = sum(told != turns[told.update, told.version] for told in replies)
    here = Place()
    for told in sorted(turns.values(), key=lambda told: told.version):
        here = here.after(told.move)
        astray += not told.shows(here)
    return Account(
        turns=len(updates),
        lost=len(turns) - len(versions),
        doubled=len(turns) - len(updates) + max(versions) - len(versions),
        astray=astray,
    )
