"""Who did it to whom: whether an actor of the pack did to the asker what a term stands for.

卡被馆里停了, 馆里把我的卡停了 and 馆里偷偷停卡 tell what happened to somebody; 我把卡停了 tells
what that person did, and 馆里能不能把我的卡停了 only asks whether it is allowed.  What a newcomer
would get wrong: in 卡被馆里停了 the characters 馆里停了 are no clause, so a form that says 馆里停了
(the library has closed) is not found there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from bot.core.model.pack import Pack
from bot.understanding.lexicon.forms import Span

_ACTOR = "\x01"
"""What stands for an actor in a sketch: the words before a term, as they were said otherwise."""
_ANYBODY = re.compile("他们|人家|对方|有人|别人")
_FAR = 60
"""Characters before a term that are looked at."""
_MANNER = (
    r"(?:偷偷|悄悄|私自|擅自|暗中|背地里|强制|强行|单方面|单方|直接|无故|无缘无故|莫名其妙|平白无故|误操作|"
    r"自动|误|错误|给|地|就|都|一下子|当天|突然|已经|早就|早|全|又|也|自己|主动|统一){0,8}+"
)
_PASSIVES = ("被", "遭", "遭到", "俾", "挨", "让", "叫", "给")
_BEFORE_A_VERB = "给"
_STRONG = r"(?:被|遭到?|俾|挨)"
_SOMEBODY = rf"(?:[^被把将不没能会]{{0,6}}{_ACTOR}|人|谁)(?:那边|里|上)?"
_PASSIVE = re.compile(rf"(?P<before>.*){_STRONG}(?:{_SOMEBODY})?{_MANNER}")
_PASSIVE_WITH_ACTOR = re.compile(rf"(?P<before>.*)(?:让|叫|给)(?:{_SOMEBODY}){_MANNER}")
_DISPOSED = re.compile(
    rf"(?P<before>.*){_ACTOR}(?P<between>[^{_ACTOR}]{{0,16}})[把将](?P<whose>[^{_ACTOR}]{{0,12}}?){_MANNER}"
)
_FOR_ME = re.compile(
    rf"(?P<before>.*){_ACTOR}(?P<between>[^{_ACTOR}]{{0,10}})给(?P<whose>[我俺咱]们?的?[^{_ACTOR}]{{0,6}}?){_MANNER}"
)
_WITHOUT_ME = (
    r"(?:(?:背着|瞒着|避开|(?:没|没有|未|不)(?:告诉|通知|跟|和|问过?|征求|经过?|征得|经))"
    r"(?:我|本人)们?的?(?:同意|允许|许可|意见|商量|说一声|打招呼|说|本人)?就?|"
    r"不声不响|一声不吭|招呼都?不打|没打招呼|没说一声|二话不说)"
)
_STEALTH = re.compile(
    rf"(?P<before>.*){_ACTOR}(?P<between>[^{_ACTOR}]{{0,10}})"
    rf"(?:偷偷|悄悄|私自|擅自|暗中|背地里|{_WITHOUT_ME})(?P<whose>[^{_ACTOR}]{{0,8}}?){_MANNER}"
)
_LEFT_OUT = re.compile(_WITHOUT_ME)
_NOT_BY_ME = re.compile(
    r".*(?<!是)(?:不是|并非)(?:我|本人)(?:自己|本人)?(?:去|来|申请|主动|提交?|点|办理?|要)?的?"
)
_IN_TIME = (
    "(?:已经|都|早就?|刚刚?|也|又|现在|突然|后来|居然|竟然|要是|如果|"
    "[去今前]年|上个?月|[昨今]天){0,4}"
)
_OTHERS_BEFORE = re.compile(rf"(?:{_ACTOR}|员工|同事|他|她)(?:的证|们)?{_IN_TIME}$")
_AT_AN_ACTORS = re.compile(rf"(?:在|从|离开)[^{_ACTOR}]{{0,6}}{_ACTOR}(?:里|那边)?{_IN_TIME}$")
_IMAGINED = re.compile(r"(?:会|要|能|易|才|不会|怕|有没有|是不是|是否|不是(?:我的?证?)?|没|没有)$")
_CAUSED = re.compile(r"(?:让|叫|请|找|求|催|喊|等|劝|要求|申请|想要?|先|要|去|就|再|得|我)$")
_WISHED = re.compile("[不没未能可要会想该肯愿怎咋帮替]|如何|是否|必须|才")
_OWN_DOING = re.compile("[我俺咱]|自己|本人|员工|他|她")
_NOT_THE_ASKERS = re.compile("员工|同事|[他她不没未]")
_DONE = re.compile("[了掉啦咗过喽]")
At = Callable[[str, int], Sequence[Span]]


class Voices:
    """Knows what is said of a term where an actor did it to the asker. Built once for a pack."""

    def __init__(self, pack: Pack) -> None:
        self._suffered: Mapping[str, str] = {
            term.word: term.suffered for term in pack.lexicon.terms if term.suffered
        }
        self._actors = frozenset(pack.vocabulary.actors)

    @property
    def words(self) -> frozenset[str]:
        """Every word that stands for something suffered."""
        return frozenset(self._suffered.values())

    def told_apart(self, here: Sequence[Span], utterance: str, at: At) -> Sequence[Span]:
        """The forms found at one place, or the actor alone where a passive names it there.

        `at` finds the forms at another place.
        """
        if not here or not utterance[: here[0].start].endswith(_PASSIVES):
            return here
        actors = [span for span in here if span.meaning.word in self._actors]
        if not actors:
            return here
        verb = actors[0].end + utterance.startswith(_BEFORE_A_VERB, actors[0].end)
        return (
            actors if any(s.meaning.word in self._suffered for s in at(utterance, verb)) else here
        )

    def read(self, utterance: str, spans: Sequence[Span]) -> Sequence[Span]:
        """The spans, with the word for having suffered it where an actor did it to the asker."""
        if not self._actors or all(s.meaning.word not in self._suffered for s in spans):
            return spans
        found: list[Span] = []
        sketch = ""
        for span in spans:
            word = self._suffered.get(span.meaning.word)
            if word and _is_suffered(
                sketch[-_FAR:], span.surface + utterance[span.end : span.end + 1]
            ):
                found.append(span._replace(meaning=span.meaning._replace(word=word)))
            else:
                found.append(span)
            sketch += _ACTOR if span.meaning.word in self._actors else span.surface
        return found


def _is_suffered(sketch: str, tail: str) -> bool:
    """Whether what stands before a term says that somebody did it to the asker.

    `tail` is the term with the character behind it, which says whether it has happened.
    """
    sketch = _ANYBODY.sub(_ACTOR, sketch)
    if passive := _PASSIVE.fullmatch(sketch):
        if tail.endswith("的"):
            return False  # which cases are those in which it is done
        return _is_of_the_asker(before := passive["before"]) and not _IMAGINED.search(before)
    if _DONE.search(tail) and (passive := _PASSIVE_WITH_ACTOR.fullmatch(sketch)):
        return _is_of_the_asker(before := passive["before"]) and not _CAUSED.search(before)
    if _NOT_BY_ME.fullmatch(sketch):
        return True
    ways = [_DISPOSED.fullmatch, _STEALTH.fullmatch]
    if _DONE.search(tail):
        ways.append(_FOR_ME.fullmatch)
    return any(_is_done_by_an_actor(found) for way in ways if (found := way(sketch)))


def _is_of_the_asker(before: str) -> bool:
    """Whether what a passive is said of is neither an actor's nor another person's."""
    return not _OTHERS_BEFORE.search(before) or bool(_AT_AN_ACTORS.search(before))


def _is_done_by_an_actor(found: re.Match[str]) -> bool:
    """Whether an actor of its own will has done it, to nobody but the asker."""
    between = _LEFT_OUT.sub("", found["between"])
    is_wished = _WISHED.search(between) or _CAUSED.search(found["before"])
    return not (is_wished or _OWN_DOING.search(between) or _NOT_THE_ASKERS.search(found["whose"]))
