"""Convert replies and sessions to data for JSON, and back.

`reply_as_json` is the contract of `zhuce ask --json` and of the HTTP API: new keys may be added,
the present ones stay.  Stores keep `kept_of`, from which the other keys follow.

What a newcomer would get wrong: `shown_text` and `kept_text` are the same two as finished text, for
where every message passes.  Both are made of the same pieces, and the pieces of the replies that
were last given are remembered: building them anew took a tenth of what a message costs.  A reply
that is given again, see `bot.core.dialogue.decisions`, is the same object, and what was made of it
is remembered whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Generic, TypeVar, assert_never

from bot.core.model.choices import replaces_card
from bot.core.model.question_type import QuestionType
from bot.core.model.reply import (
    Answer,
    Choice,
    Choices,
    ClickPath,
    Document,
    Link,
    ListPart,
    Part,
    Picture,
    Reason,
    Reply,
    SourceNote,
    Sources,
    Status,
    Text,
)
from bot.core.model.session import Asking, Context, Session, Walk

Json = dict[str, Any]
T = TypeVar("T")
NO_NAMES: Mapping[str, str] = MappingProxyType({})
REMEMBERED = 512
"""Replies of which is remembered what was made of them."""
_CARD = re.compile(r"(?:^|\+)card:")
"""Recognises a card by its rule, in replies stored before `has_card` existed."""


class OfReply(Generic[T]):
    """Makes something of replies and remembers it for the last ones, by identity: to compare two
    replies takes longer than to make most things of one.
    """

    def __init__(self, make: Callable[[Reply], T]) -> None:
        self._make = make
        self._made: dict[int, tuple[Reply, T]] = {}

    def __call__(self, reply: Reply) -> T:
        known = self._made.get(id(reply))
        if known is not None and known[0] is reply:
            return known[1]
        made = self._make(reply)
        self._made[id(reply)] = reply, made
        if len(self._made) > REMEMBERED:
            with suppress(StopIteration, KeyError, RuntimeError):  # another thread was faster
                del self._made[next(iter(self._made))]
        return made


def reply_as_json(reply: Reply, slot_names: Mapping[str, str] = NO_NAMES) -> Json:
    """Return the public object; its entry and sources are those of the first answer.

    `slot_names` maps the internal names of slots to the pack's.
    """
    return {
        "status": reply.status.value,
        "reason": reply.reason.value if reply.reason else None,
        "text": reply.as_text(),
        **_kept_of(reply, slot_names),
        "entry": reply.answers[0].entry if reply.answers else None,
        "choices": [_choice_as_json(choice) for choice in reply.choices],
        "sources": [_note_as_json(note) for note in reply.sources],
    }


def kept_text(reply: Reply, route: str = "") -> str:
    """Return `kept_of` as JSON, with the way back to the person if there is one."""
    before, after = _kept(reply)
    return f'{before},"route":{_encode(route)}{after}' if route else before + after


@OfReply
def _kept(reply: Reply) -> tuple[str, str]:
    """Return the text before and behind the route."""
    before = _encode(_outline(reply, NO_NAMES))[:-1]
    return before, _tail(parts=reply.parts)


def shown_text(reply: Reply, slot_names: Mapping[str, str], more: Json) -> str:
    """Return `reply_as_json` as JSON, with `more` keys."""
    shown = _outline(reply, slot_names)
    shown["text"] = reply.as_text()
    shown["entry"] = reply.answers[0].entry if reply.answers else None
    lists = _tail(parts=reply.parts, choices=reply.choices, sources=reply.sources)
    return _encode(shown | more)[:-1] + lists


def _outline(reply: Reply, names: Mapping[str, str]) -> Json:
    """Return the keys of both texts without those that are put together from pieces."""
    return {
        "status": reply.status.value,
        "reason": reply.reason.value if reply.reason else None,
        "score": reply.score,
        "question_type": reply.question_type.value if reply.question_type else None,
        "slots": _renamed(reply.slots, names),
        "answers": [_answer_as_json(answer, names) for answer in reply.answers],
        "rule": reply.rule,
        "topic": reply.topic,
        **_flags_of(reply),
    }


def _tail(**lists: Iterable[Part | Choice | SourceNote]) -> str:
    """Return the end of the object, its lists put together from pieces that are remembered."""
    each = [f',"{name}":[{",".join(map(_piece, one))}]' for name, one in lists.items()]
    return f"{''.join(each)}}}"


@lru_cache(1_000)
def _piece(piece: Part | Choice | SourceNote) -> str:
    """Return a part of a reply as JSON; one takes half a KiB."""
    match piece:
        case Choice():
            return _encode(_choice_as_json(piece))
        case SourceNote():
            return _encode(_note_as_json(piece))
        case _:
            return _encode(_part_as_json(piece))


_encode = json.JSONEncoder(
    ensure_ascii=False,
    allow_nan=False,
    check_circular=False,  # these are trees; the check doubles the time
    separators=(",", ":"),
).encode


def _renamed(slots: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    return {names.get(kind, kind): value for kind, value in slots.items()}


def kept_of(reply: Reply) -> Json:
    """Return the keys of the public object from which the others follow."""
    return _kept_of(reply, NO_NAMES)


def _kept_of(reply: Reply, names: Mapping[str, str]) -> Json:
    return {**_outline(reply, names), "parts": [_part_as_json(part) for part in reply.parts]}


def _flags_of(reply: Reply) -> Json:
    """Return the flags whose value is not the default."""
    more = {
        "topics": reply.topics,
        "has_card": reply.has_card,
        "is_unclear": reply.is_unclear,
    }
    return {name: value for name, value in more.items() if value not in (False, 1)}


def reply_from_json(data: Mapping[str, Any]) -> Reply:
    """Invert `kept_of` and `reply_as_json`.

    Raises:
        KeyError, ValueError: `data` was not made by one of them.
    """
    return Reply(
        status=Status(data["status"]),
        parts=tuple(_part_from_json(part) for part in data["parts"]),
        reason=Reason(data["reason"]) if data["reason"] else None,
        answers=tuple(_answer_from_json(answer) for answer in data["answers"]),
        slots=data["slots"],
        score=data["score"],
        rule=data["rule"],
        topics=data.get("topics", 1),
        has_card=data.get("has_card", _CARD.search(data["rule"]) is not None),
        is_unclear=data.get("is_unclear", False),
        question_type=QuestionType(asked) if (asked := data.get("question_type")) else None,
        topic=data.get("topic"),
    )


def session_as_json(session: Session) -> Json:
    """Return the session as stored; newer keys are left out if they are empty."""
    context, walk, asking = session.context, session.walk, session.asking
    more = {
        "shelf": [_walk_as_json(w) for w in session.shelf],
        "asked": session.asked,
        "known": session.known,
        "rated": [list(pair) for pair in session.rated],
    }
    return {
        "pack_version": session.pack_version,
        "context": {
            "slots": dict(context.slots),
            "entry": context.entry,
            "at": context.at.isoformat() if context.at else None,
            **({"trail": list(context.trail)} if context.trail else {}),
        },
        "offered": [list(pair) for pair in session.offered],
        "walk": walk and _walk_as_json(walk),
        "asking": asking
        and {"calculator": asking.calculator, "passed": asking.passed, "span": asking.span},
        **{key: value for key, value in more.items() if value},
    }


def session_from_json(data: Mapping[str, Any]) -> Session:
    """Invert `session_as_json`; accept records of older versions."""
    context, walk = data["context"], data["walk"]
    asking = data.get("asking")  # absent from records of before there were calculators
    at = context["at"]
    return Session(
        pack_version=data["pack_version"],
        context=Context(
            context["slots"],
            context["entry"],
            datetime.fromisoformat(at) if at else None,
            tuple(context.get("trail", ())),
        ),
        offered=tuple((label, value) for label, value in data["offered"]),
        rated=tuple((label, value) for label, value in data.get("rated", ())),
        walk=_walk_from_json(walk) if walk else None,
        asking=Asking(asking["calculator"], asking["passed"], asking["span"]) if asking else None,
        shelf=tuple(_walk_from_json(one) for one in data.get("shelf", ())),
        asked=data.get("asked", ""),
        known=data.get("known", ""),
    )


def _walk_as_json(walk: Walk) -> Json:
    more = {
        "answers": dict(walk.answers),
        "ticks": {step: list(papers) for step, papers in walk.ticks.items()},
        "region": walk.region,
        "is_aside": walk.is_aside,
        "picks": {step: list(options) for step, options in walk.picks.items()},
    }
    return {
        "procedure": walk.procedure,
        "registration": walk.registration,
        "trail": list(walk.trail),
        **{key: value for key, value in more.items() if value},
    }


def _walk_from_json(data: Mapping[str, Any]) -> Walk:
    return Walk(
        procedure=data["procedure"],
        registration=data["registration"],
        trail=tuple(data["trail"]),
        answers=dict(data.get("answers", {})),
        ticks={step: tuple(papers) for step, papers in data.get("ticks", {}).items()},
        region=data.get("region"),
        is_aside=data.get("is_aside", False),
        picks={step: tuple(options) for step, options in data.get("picks", {}).items()},
    )


def _part_as_json(part: Part) -> Json:
    match part:
        case Text(text):
            return {"type": "text", "text": text}
        case ListPart(items, title, is_numbered):
            return {"type": "list", "title": title, "items": list(items), "numbered": is_numbered}
        case Link(label, url, note):
            return {"type": "link", "label": label, "url": url, "note": note}
        case Picture(name, alt):
            return {"type": "picture", "name": name, "alt": alt}
        case Document(name, media_type, content, alt):
            shown_as = {"media_type": media_type, "content": content, "alt": alt}
            return {"type": "document", "name": name, **shown_as}
        case ClickPath(steps):
            return {"type": "path", "steps": list(steps)}
        case Sources(notes, label, checked, more, mark):
            words = {"label": label, "checked": checked, "more": more, "mark": mark}
            shown = [_note_as_json(note) for note in notes]
            return {"type": "sources", "line": part.as_line, **words, "sources": shown}
        case Choices(options, listed):
            offered = [_choice_as_json(option) for option in options]
            in_list = {"listed": listed} if listed else {}
            return {"type": "choices", "choices": offered, **in_list}
        case _:
            assert_never(part)


_READERS: dict[str, Callable[[Mapping[str, Any]], Part]] = {
    "text": lambda data: Text(data["text"]),
    "list": lambda data: ListPart(tuple(data["items"]), data["title"], data["numbered"]),
    "link": lambda data: Link(data["label"], data["url"], data["note"]),
    "document": lambda data: Document(
        data["name"], data["media_type"], data["content"], data["alt"]
    ),
    "picture": lambda data: Picture(data["name"], data["alt"]),
    "path": lambda data: ClickPath(tuple(data["steps"])),
    "sources": lambda data: Sources(
        tuple(_note_from_json(note) for note in data["sources"]),
        data["label"],
        data["checked"],
        data.get("more", ""),
        data.get("mark", ""),
    ),
    "choices": lambda data: Choices(
        tuple(Choice(choice["label"], choice["value"]) for choice in data["choices"]),
        data.get("listed", 0),
    ),
}


def _part_from_json(data: Mapping[str, Any]) -> Part:
    return _READERS[data["type"]](data)


def _choice_as_json(choice: Choice) -> Json:
    shown = {"label": choice.label, "value": choice.value}
    return {**shown, "replaces": True} if replaces_card(choice.value) else dict(shown)


def _answer_as_json(answer: Answer, names: Mapping[str, str]) -> Json:
    return {
        "entry": answer.entry,
        "slots": _renamed(answer.slots, names),
        "sources": [_note_as_json(note) for note in answer.sources],
    }


def _answer_from_json(data: Mapping[str, Any]) -> Answer:
    return Answer(
        data["entry"], data["slots"], tuple(_note_from_json(note) for note in data["sources"])
    )


def _note_as_json(note: SourceNote) -> Json:
    short = {"short": note.short} if note.short else {}
    return {
        "title": note.title,
        **short,
        "article": note.article,
        "url": note.url,
        "checked_on": note.checked_on.isoformat(),
    }


def _note_from_json(data: Mapping[str, Any]) -> SourceNote:
    day = date.fromisoformat(data["checked_on"])
    return SourceNote(data["title"], day, data["article"], data["url"], data.get("short", ""))
