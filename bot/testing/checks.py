"""The promises of an adapter, one check each."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, NoReturn

from bot.core.conversation import Conversation
from bot.core.model.reply import (
    Choice,
    Choices,
    ClickPath,
    Document,
    Link,
    ListPart,
    Part,
    Picture,
    Reply,
    SourceNote,
    Sources,
    Status,
    Text,
)
from bot.core.model.update import ConversationKey, Update
from bot.plugins import Adapter, Finding, Listening, Response, Surroundings
from bot.plugins.registry import adapters
from bot.settings import misfit
from bot.storage.memory import MemoryStore
from bot.testing.bench import Bench, Scripted, StandingClock, at_work, brain
from bot.testing.counterpart import Counterpart, Shown
from bot.testing.mutations import damaged_bodies, damaged_frames

MUTATIONS = 300
STALE = timedelta(minutes=10, seconds=1)
_SOURCE = SourceNote("管理规定", date(2026, 11, 1), "第七条", "https://example.cn/rule")
_OPTIONS = tuple(Choice(f"选项{n}", f"value-{n}") for n in range(1, 13))
PARTS: dict[str, tuple[Part, tuple[str, ...]]] = {
    "text": (Text("第一行\n第二行 <b>&amp;</b> ]]> 😀"), ("第一行", "第二行 <b>&amp;</b> ]]> 😀")),
    "list": (ListPart(("甲；", "乙；"), "单子"), ("单子", "甲；", "乙；")),
    "numbered list": (ListPart(("丙；", "丁；"), is_numbered=True), ("1. 丙；", "2. 丁；")),
    "click path": (ClickPath(("https://example.cn/a", "办事", "提交")), ("办事", "提交")),
    "link": (
        Link("网站", "https://example.cn/", "未核实"),
        ("网站", "https://example.cn/", "未核实"),
    ),
    "picture": (Picture("map", "图上是三个步骤"), ("图上是三个步骤",)),
    "document": (
        Document("day.ics", "text/calendar", "BEGIN:VCALENDAR\r\n", "日历提醒：2027-02-28"),
        ("日历提醒：2027-02-28",),
    ),
    "sources": (Sources((_SOURCE,), "依据：", "核对于 {date}"), ("管理规定 第七条", "2026-11-01")),
    "choices": (Choices(_OPTIONS), tuple(f"{n}. 选项{n}" for n in range(1, 13))),
}
"""Every kind of part, with the words that have to be shown."""


@dataclass(frozen=True, slots=True)
class Check:
    """One promise; calling it raises AssertionError if the adapter does not keep it."""

    name: str
    run: Callable[[], None]

    def __call__(self) -> None:
        self.run()

    def __str__(self) -> str:
        return self.name


Examination = Callable[[Bench], Awaitable[None]]


def checks(
    adapter: Adapter[Any], counterpart: Callable[[], Counterpart], *, mutations: int = MUTATIONS
) -> list[Check]:
    """Return the checks that apply to what the adapter says it can.

    `counterpart` is called once for each; `mutations` is how many damaged bodies are tried.
    """
    kit = _Kit(adapter, counterpart, mutations)
    return [Check(name.replace("_", " "), run) for name, run in kit.promises()]


@dataclass(frozen=True, slots=True)
class _Kit:
    adapter: Adapter[Any]
    counterpart: Callable[[], Counterpart]
    mutations: int

    def promises(self) -> Iterator[tuple[str, Callable[[], None]]]:
        """Yield each promise with its name."""
        yield "it is registered and its settings are well formed", self._is_registered
        yield "nothing starts without settings, and doctor never fails", self._is_off_by_default
        scripted: dict[str, Examination] = {
            "words reach core as they were said": _words_arrive,
            "every message is an update of its own, every person a conversation": _keys_differ,
            **{f"nothing of a part is lost: {name}": _shows(part) for name, part in PARTS.items()},
            "parts come in reading order": _keeps_order,
            "a long reply is told to its end within the limits": _tells_long,
            "a repeat is answered once and in the same words": _repeats,
            "a repeat that comes at the same time is answered once": _repeats_at_once,
            "a forged request never reaches core": _refuses_forgeries,
            "damaged requests are no fault of ours": self._survives_damage,
        }
        can, plays = self.adapter.capabilities, self.counterpart
        if _kind(plays).signs_time:
            scripted["an old request is refused"] = _refuses_stale
        if can.buttons:
            scripted["a button brings back its choice"] = _presses
        if can.has_groups:
            scripted["in a group it is quiet unless addressed"] = _is_quiet
        for name, examination in scripted.items():
            yield name, self._over_script(examination)
        yield "every choice is taken by its number", self._takes_numbers

    def _over_script(self, examination: Examination) -> Callable[[], None]:
        def run() -> None:
            clock = StandingClock()
            self._run(examination, lambda: Scripted(MemoryStore(), clock), clock)

        return run

    def _run(
        self, examination: Examination, talks: Callable[[], Conversation], clock: StandingClock
    ) -> None:
        counterpart = self.counterpart()

        async def run() -> None:
            async with at_work(self.adapter, counterpart, talks(), clock) as bench:
                await examination(bench)

        try:
            asyncio.run(run())
        finally:
            counterpart.close()

    def _is_registered(self) -> None:
        name = self.adapter.name
        if adapters().get(name) is not self.adapter:
            _fail(f"no entry point {name!r} of the group zhuce.adapters leads to it")
        if problem := misfit(name, self.adapter.settings):
            _fail(problem)

    def _is_off_by_default(self) -> None:
        defaults = self.adapter.settings()
        talks = Scripted(MemoryStore(), StandingClock())
        if self.adapter.start(defaults, Surroundings(talks, talks.clock)) is not None:
            _fail("it starts although nothing was set: no secret can be right then")
        counterpart = self.counterpart()
        try:
            chosen = self.adapter.settings.model_validate(dict(counterpart.settings))
            for settings in (defaults, chosen):
                found = asyncio.run(_examined(self.adapter, settings))
                if any(not isinstance(one, Finding) for one in found):
                    _fail(f"doctor gets something else than findings: {found}")
        finally:
            counterpart.close()

    def _takes_numbers(self) -> None:
        """Compare with core itself: a number means the choice that was shown in that place."""
        for place in (1, 2, 7):
            clock = StandingClock()
            said = ("/portal", str(place))
            expected = asyncio.run(_said_by_core(said, clock))

            async def run(
                bench: Bench, said: Sequence[str] = said, expected: Reply = expected
            ) -> None:
                for words in said:
                    shown = await bench.asked(bench.says(words))
                told = _told(shown)
                lines = [line for line in expected.as_text().splitlines() if line.strip()]
                missing = [line for line in lines if line not in told]
                if len(missing) > len(lines) // 2 or not shown:
                    _fail(f"{said[-1]} was answered by {told!r}, core says {expected.as_text()!r}")

            self._run(run, lambda: Conversation(brain(), MemoryStore(), clock), clock)  # noqa: B023

    async def _survives_damage(self, bench: Bench) -> None:
        request, heard = bench.says("四川"), _heard(bench)
        count = len(heard)
        for damaged in damaged_frames(request):
            _is_no_fault(await bench.post(damaged), damaged)
        genuine = len(heard)
        for number, body in enumerate(damaged_bodies(request.body, self.mutations)):
            damaged = replace(request, body=body)
            _is_no_fault(await bench.post(damaged), damaged)
            if bench.counterpart.signs_body and len(heard) > genuine:
                _fail(f"a changed body was taken: {damaged}")
            if number % 3 == 0 and bench.counterpart.signs_body:
                signed = bench.counterpart.signed(request, body)
                _is_no_fault(await bench.post(signed), signed)
                genuine = len(heard)
        if len(heard) - count > self.mutations:
            _fail("more updates than requests")
        await bench.settle()


def _kind(plays: Callable[[], Counterpart]) -> Counterpart:
    """Return a counterpart to look at."""
    found = plays()
    found.close()
    return found


async def _examined(adapter: Adapter[Any], settings: Any) -> Sequence[Any]:
    return await adapter.examine(settings, Listening())


async def _said_by_core(said: Sequence[str], clock: StandingClock) -> Reply:
    conversation = Conversation(brain(), MemoryStore(), clock)
    key = ConversationKey("kit", "chat", "person")
    for number, words in enumerate(said):
        reply = await conversation.handle(Update(str(number), key, clock.now(), text=words))
    return reply


def _heard(bench: Bench) -> list[Update]:
    return _script(bench).heard


def _script(bench: Bench) -> Scripted:
    conversation = bench.conversation
    if not isinstance(conversation, Scripted):
        raise TypeError("this check is over a script")
    return conversation


async def _words_arrive(bench: Bench) -> None:
    words = "  四川 二级\t在哪办？😀 ]]> <a>&amp;"
    if not await bench.asked(bench.says(words)):
        _fail("nothing is shown for it")
    heard = _heard(bench)[-1]
    if (heard.text, heard.press) != (words, None):
        _fail(f"core heard {heard.text!r} for {words!r}")
    if heard.key.platform != bench.adapter.name:
        _fail(f"the platform of its keys is {heard.key.platform!r}, not its name")


async def _keys_differ(bench: Bench) -> None:
    for person in (1, 1, 2):
        await bench.asked(bench.says("问", person=person))
    first, second, other = _heard(bench)[-3:]
    if first.id == second.id:
        _fail("two messages have the same id")
    if first.key != second.key or first.key == other.key:
        _fail("one person has two conversations, or two persons have one")


def _shows(part: tuple[Part, tuple[str, ...]]) -> Examination:
    async def run(bench: Bench) -> None:
        told = await _told_for(bench, Text("前文"), part[0])
        if lost := [word for word in ("前文", *part[1]) if word not in told]:
            _fail(f"lost: {lost}; shown: {told!r}")

    return run


async def _keeps_order(bench: Bench) -> None:
    told = await _told_for(bench, *(part for part, _ in PARTS.values()))
    places = [told.find(words[0]) for _, words in PARTS.values()]
    if -1 in places or places != sorted(places):
        _fail(f"shown in another order: {told!r}")


async def _tells_long(bench: Bench) -> None:
    """A platform that may send one message only has to lead to the rest by a link."""
    can = bench.adapter.capabilities
    lines = [f"第{n}行" + "长😀" * 40 for n in range(1, 400)]
    _script(bench).reply = Reply(Status.ANSWERED, (Text("\n".join(lines) + "终"),))
    shown = await bench.asked(bench.says("问"))
    sizes = [can.units.size(one.text) for one in shown]
    if can.longest is not None and max(sizes) > can.longest:
        _fail(f"a message has {max(sizes)} {can.units.value}, {can.longest} are allowed")
    if can.most_messages is not None and len(shown) > can.most_messages:
        _fail(f"{len(shown)} messages, {can.most_messages} are allowed")
    told = _told(shown)
    if any(line not in _joined(told) for line in map(_joined, lines)) and "://" not in told:
        _fail("a part of it is neither shown nor linked to")


async def _repeats(bench: Bench) -> None:
    _script(bench).reply = Reply(Status.ANSWERED, (Text("一次"), Choices(_OPTIONS)))
    request = bench.says("问")
    first = await bench.asked(request)
    count = len(_heard(bench))
    _script(bench).reply = Reply(Status.ANSWERED, (Text("两次"),))
    bench.clock.forward(timedelta(seconds=5))
    again = await bench.asked(request)
    if len(_heard(bench)) > count:
        _fail("core heard the repeat as something new")
    if list(again) not in ([], list(first)):
        _fail(f"first {first}, at the repeat {again}")
    if not again and not bench.adapter.capabilities.can_push:
        _fail("the repeat got nothing, and the first answer may have been lost")


async def _repeats_at_once(bench: Bench) -> None:
    request, count = bench.says("问"), len(_heard(bench))
    answers = await asyncio.gather(*(bench.post(request) for _ in range(5)))
    await bench.settle()
    if len(_heard(bench)) != count + 1:
        _fail(f"core heard it {len(_heard(bench)) - count} times")
    if any(one.status >= 500 for one in answers):
        _fail(f"answered by {answers}")


async def _refuses_forgeries(bench: Bench) -> None:
    request, count = bench.says("问"), len(_heard(bench))
    tried = list(bench.counterpart.forgeries(request))
    if not tried:
        _fail("the counterpart tries no forgery")
    for forged in tried:
        response = await bench.post(forged)
        if len(_heard(bench)) > count:
            _fail(f"core heard a forged request: {forged}")
        if not 400 <= response.status < 500:
            _fail(f"a forged request got {response.status}: {forged}")


async def _refuses_stale(bench: Bench) -> None:
    count, now = len(_heard(bench)), bench.clock.now()
    for at in (now - STALE, now + STALE):
        response = await bench.post(bench.says("问", at=at))
        if len(_heard(bench)) > count or not 400 <= response.status < 500:
            _fail(f"a request of {at}, with the clock at {now}, got {response.status}")
    await bench.asked(bench.says("问", at=now - timedelta(minutes=1)))
    if len(_heard(bench)) != count + 1:
        _fail("a request that is a minute old was not taken")


async def _presses(bench: Bench) -> None:
    count = min(bench.adapter.capabilities.buttons, 3)
    options = Choices(_OPTIONS[:count])
    _script(bench).reply = Reply(Status.CLARIFY, (Text("哪一个？"), options))
    shown = await bench.asked(bench.says("问"))
    buttons = [button for one in shown for button in one.buttons]
    if [button.label for button in buttons] != [option.label for option in options.options]:
        _fail(f"{count} choices became {buttons}")
    pressed = bench.counterpart.presses(
        buttons[-1], number=bench.number(), at=bench.clock.now(), person=1
    )
    await bench.asked(pressed)
    heard = _heard(bench)[-1]
    if (heard.press, heard.text) != (options.options[-1].value, None):
        _fail(f"a press of {buttons[-1]} was heard as {heard}")


async def _is_quiet(bench: Bench) -> None:
    heard, shown = len(_heard(bench)), len(bench.counterpart.shown())
    for is_addressed in (False, True):
        request = bench.counterpart.says_in_group(
            "四川", number=bench.number(), at=bench.clock.now(), is_addressed=is_addressed
        )
        await bench.asked(request)
        is_answered = len(bench.counterpart.shown()) > shown and len(_heard(bench)) > heard
        if is_answered != is_addressed:
            _fail(f"addressed: {is_addressed}, answered: {is_answered}")


async def _told_for(bench: Bench, *parts: Part) -> str:
    _script(bench).reply = Reply(Status.ANSWERED, parts)
    return _told(await bench.asked(bench.says("问")))


def _told(shown: Sequence[Shown]) -> str:
    """Return messages as somebody reads them out: buttons numbered, links spelt out."""
    return "".join(_read_out(one) for one in shown)


def _read_out(shown: Shown) -> str:
    listed = "\n".join(f"{n}. {button.label}" for n, button in enumerate(shown.buttons, 1))
    return "\n".join(filter(None, (shown.text, listed, *shown.links)))


def _joined(text: str) -> str:
    return "".join(text.split())


def _is_no_fault(response: Response, request: object) -> None:
    if response.status >= 500:
        _fail(f"{response.status} for {request}")


def _fail(text: str) -> NoReturn:
    raise AssertionError(text)
