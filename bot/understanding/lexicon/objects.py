"""Things that are none of the pack's business, and are what the same is done to.

Whoever wants to set up a firm does to it what others do to the pack's subject, in the same words.
What a newcomer would get wrong: a firm is also where the subject is, so naming it says nothing
(换公司, 在公司, 我公司); it has to open the sentence with what is done to it, or stand behind that
as its object, and what has happened to it (了, 后) is only told.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from bot.core.model.lexicon import Term
from bot.core.model.understanding import Slot
from bot.core.model.vocabulary import PLACE, SERVICE
from bot.understanding.lexicon.forms import Span

_PLACE_MARK = "\0"
_LEAD = (
    "(?:请问|你好|您好|想问|问一?下|咨询|你们|这里|那边|这边|我|想|要|帮|给|怎么|怎样|如何|咋|能|可以|"
    "线上|网上|自己|现在|准备|打算|办理?|搞|弄|新?开|一|个|家|在?\0++市?|去|上?哪里?|哪儿|什么地方)*"
)
"""What a sentence may begin with before its topic; other words make the thing something else's."""
_OUR_OWN = "(?<![我俺咱])"
_HAPPENED = (
    "(?!了|咗|啦|已经|后|以后|之后|过|完|的|地(?!址[能可要用])|在|"
    "到|于|不|没|[人员资信]|怎么办|咋办|怎么搞|咋搞)"
)
"""What follows where something is told of a thing: it is done (了), or done somewhere (在)."""
_MEASURED = "(?:一?(?:个|家|间)|一)[一-鿿]{0,4}?"
_KIND = "[^到在的了进去新原老别其他同两哪几多分母子总]{0,4}?"
"""What kind of thing it is (离岸公司); the characters left out say where something of ours is."""
_ASKED = (
    "(?=$|要[多什花几准交哪]|需|得|怎|咋|如何|多少|多久|多长|在哪|去哪|哪|费用|流程|步骤|手续|条件|材料|"
    "几|什么|大概|大约|一般|网站|平台|代办|能|可以|吗|呢|找|归|谁|属)"
)
"""What follows a thing that is asked about; other words only tell of one."""


@dataclass(frozen=True, slots=True)
class Objects:
    """The things of one term, and what is done to them."""

    slot: Slot
    _pattern: re.Pattern[str]

    @classmethod
    def of(cls, term: Term) -> Objects | None:
        if not term.slot or not term.objects:
            return None
        wordings = "|".join(_wording(thing, acts) for thing, *acts in term.objects)
        slot = Slot(term.slot, (term.value or term.word,), "…".join(term.objects[0][:2]))
        return cls(slot, re.compile(wordings))

    def stretch(self, told: str) -> tuple[int, int] | None:
        """Return where the thing and what is done to it are said, if they are what is asked."""
        found = self._pattern.match(told)
        return found.span() if found else None


def object_of(
    utterance: str, spans: Sequence[Span], objects: Iterable[Objects], own: Collection[str]
) -> Slot | None:
    """Return what is asked about in place of the subject; none where a word of ours is said."""
    if any(word in utterance for word in own):
        return None
    told = _without_places(utterance, spans)
    for one in objects:
        stretch = one.stretch(told)
        if stretch and not any(_is_another_service(span, stretch) for span in spans):
            return one.slot
    return None


def _wording(thing: str, acts: Iterable[str]) -> str:
    what, done = re.escape(thing), "|".join(map(re.escape, acts))
    topic = f"{_LEAD}{_OUR_OWN}{what}(?:{done}){_HAPPENED}"
    measured = f"{_LEAD}(?:{done}){_MEASURED}{what}(?!的)"
    bare = f"{_LEAD}(?:{done}){_KIND}{what}{_ASKED}"
    return f"{topic}|{measured}|{bare}"


def _is_another_service(span: Span, stretch: tuple[int, int]) -> bool:
    """Whether a service is named besides, which is then what is asked about."""
    start, end = stretch
    is_named = span.meaning.kind == SERVICE and not span.meaning.is_hint
    return is_named and not (start < span.end and span.start < end)


def _without_places(utterance: str, spans: Iterable[Span]) -> str:
    """The utterance with a mark for each character of a place, so that all else keeps its place."""
    told = utterance
    for span in spans:
        if span.meaning.kind == PLACE:
            told = told[: span.start] + _PLACE_MARK * (span.end - span.start) + told[span.end :]
    return told
