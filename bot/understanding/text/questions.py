"""Split a message into the questions that it puts one after another.

Marks, numbers at the head of a line, commas and 还有 keep clauses apart.  A clause that asks is a
question together with what is told before it; what asks and says hardly anything (怎么办, 可以吗)
belongs to the clauses before it.  What a newcomer would get wrong: most messages with a
comma are a story and one question, so who understands the parts has to be sure of each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum

MOST_QUESTIONS = 6
"""Parts that are looked at; who puts more is told which were left."""
MOST_CLAUSES = 16
_SHORTEST = 2
_NUMBERED = re.compile(
    r"(?:^|(?<=[\s，。；;？?：:]))(?:[（(]?(?:[1-9]|1[0-9]|[一二三四五六七八九十])[)）.、．]|[①-⑩])"
)
_STRETCHES = re.compile(r"([^？?；;\n]+)([？?；;\n]*)")
_COMMAS = re.compile(r"[，,。!！\s]+")
_AND = re.compile(
    r"(?<=..)(?:以及|还有|另外|顺便|(?<!还是)(?:和|跟(?!着)|与)(?!.{1,10}(?:一样|相同))|、)(?=..)"
)
_GOES_ON = re.compile(r"还是|或[者是]|不然|否则|要不(?!要)")
"""How a clause begins that is the rest of the question before it: 先注销，还是直接变更."""


_INTERROGATIVE = re.compile(
    r"(?:什么|甚么|啥|哪|谁)(?!.{0,50}[都也])|(?<![好十这那近头])(?<!^前)(?<![我他她]前)几(?![^，]{0,50}[了没])"
    r"|多少|多久|好久|多长|多大|怎么?|咋|如何|为何|能否|可否|是否|何[时处]|边度|点样"
    r"|(.)[不没]\1|有没有|[吗么嘛呢咩吧伐]$|[能行是要会对用着得][不没否]$|了没有$"
    r"|(?:能|可以|要|会|得|给|让|还)[^，]{1,12}(?<![说偏死就都也是])不$"
    r"|(.)还是(?![这那原老同一不没]).{1,8}\2$|(.).{1,8}还是\3|[是算按走选要找归].{1,8}还是(?![不没])"
)
"""Forms of questions; 几 and 什么 also mean some and any: 几个月没缴, 什么都没有."""


_HELPLESS = re.compile(
    r"^(?:那么?|请问|我们?|本人|单位|公司|现在|目前|这种情况下?|这样|下一步|接下来|后续|后面|之后|以后"
    r"|应该|应当|该|要|得|可以|还|又|到底|究竟|具体){0,6}"
    r"(?:怎么|如何|咋个?|怎样)(?:办理?|做|处理|弄|搞|整|操作|解决|是好)(?:才?好|才?行|才对|[呢呀啊])*$"
)
"""A clause that asks for a way out of what the clauses before it tell."""


_AFTER_ALL = re.compile(
    r"^(?:那|要是|如果|如|若|倘若|假如){0,2}"
    r"(?:不用|不需要|无需|不必|不能|不可以|不行|不是|没有|能|可以|行|需要|要|是|有)"
    r"([^，的]{0,6}?)(?:的话(?:那?就?)|(?=怎么|如何|那|$)那?就?)"
)
"""A condition at the head of a question, and what it names: 不用退卡的话."""


class Part(Enum):
    """What a clause is in a message."""

    STORY = "it tells"
    LITTLE = "it asks, and says hardly anything of its own"
    QUESTION = "it asks"


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of a message."""

    text: str
    is_ended: bool = False
    """A mark, a new line or a number parts it from the next one."""
    is_asked: bool = False
    """A question mark stands behind it."""


def clauses(text: str) -> list[Clause]:
    """Return the clauses of a text, in order."""
    found: list[Clause] = []
    for stretch, end in _STRETCHES.findall(_NUMBERED.sub("\n", text)):
        pieces = [piece for piece in _COMMAS.split(stretch) if len(piece) >= _SHORTEST]
        found += map(Clause, pieces[:-1])
        found += [Clause(piece, bool(end), bool({*end} & {*"？?"})) for piece in pieces[-1:]]
    return found[:MOST_CLAUSES]


def is_interrogative(clause: str) -> bool:
    """Whether a clause has the form of a question, and not of something told: 单位不配合."""
    return bool(_INTERROGATIVE.search(clause))


def is_helpless(clause: str) -> bool:
    """Whether a clause asks what to do, and names nothing of its own: 我下一步应该怎么做."""
    return bool(_HELPLESS.search(clause))


def halves(clause: str) -> Iterator[tuple[str, str]]:
    """Yield the two sides of every 和 or 还有 of a clause."""
    for joint in _AND.finditer(clause):
        yield clause[: joint.start()], clause[joint.end() :]


def without_echo(clause: str, before: str) -> str:
    """Return a clause without a condition that only takes up the question before it.

    不用退卡的话多少天能办好 behind 换卡要先退卡吗 asks about the new card.
    """
    found = _AFTER_ALL.match(clause)
    is_echo = found and found[1] and found[1] in before
    return clause[found.end() :] if found and is_echo else clause


@dataclass(slots=True)
class Grouped:
    """The questions of a message, each with what is told before it, and what is told last."""

    questions: list[str]
    rest: Sequence[str] = ()
    are_marked: bool = False
    """Marks, and not commas only, part them."""


def grouped(parts: Sequence[tuple[Clause, Part]]) -> Grouped:
    """Put clauses together: what is told goes with the question behind it."""
    questions: list[Clause] = []
    told: list[str] = []
    for clause, part in parts:
        goes_on = questions and not told and _GOES_ON.match(clause.text)
        if goes_on or (part is Part.LITTLE and questions and not told):
            text = questions[-1].text + "，" + clause.text
            questions[-1] = replace(clause, text=text)
        elif part is Part.STORY:
            told.append(clause.text)
        else:
            before = questions[-1].text if questions else ""
            told = [text for text in told if without_echo(text, before)]
            asking = without_echo(clause.text, before)
            asking = clause.text if is_helpless(asking) else asking
            questions.append(replace(clause, text="，".join((*told, asking))))
            told = []
    are_marked = all(question.is_ended for question in questions[:-1])
    return Grouped([one.text for one in questions[:MOST_QUESTIONS]], told, are_marked)
