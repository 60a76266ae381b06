"""Declare requests and replies as pydantic models: requests are validated, replies only described.

Replies are written by `bot.core.wire.reply_as_json`; the models here only describe them in OpenAPI
(a test holds the two together).  Their docstrings are shown there.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Path, Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from bot.core.model.question_type import QuestionType
from bot.core.model.reply import Reason, Status
from bot.core.model.update import representable

MAX_TEXT_CHARACTERS = 20_000
MAX_ID_CHARACTERS = 128
MAX_BEGINNING = 200
MOST_REPLIES = 100


def _readable(value: Any) -> Any:
    """Replace what no store or platform can represent: lone surrogates and NUL."""
    return representable(value) if isinstance(value, str) else value


_PRINTABLE = r"^[^\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+$"
r"""No control, line-separating, zero-width or bidi characters; classes such as `\p{C}` are
avoided, because JSON Schema tools do not all know them.
"""

ConversationId = Annotated[
    str, Field(min_length=1, max_length=MAX_ID_CHARACTERS, pattern=_PRINTABLE)
]
Words = Annotated[str, Field(max_length=MAX_TEXT_CHARACTERS), BeforeValidator(_readable)]
PictureName = Annotated[
    str, Path(min_length=1, max_length=400, description="The `name` of a picture in a reply.")
]
LinkPayload = Annotated[
    str, Path(min_length=1, max_length=64, description="The `link` of a reply.")
]
Beginning = Annotated[
    str,
    Query(max_length=MAX_BEGINNING, description="What was typed so far."),
    BeforeValidator(_readable),
]
Name = Annotated[str, Path(min_length=1, max_length=128)]
Day = Annotated[
    str,
    Query(
        pattern=r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$",
        description="YYYY-MM-DD, or YYYY-MM or YYYY if no more is known.",
    ),
]
Most = Annotated[int, Query(ge=1, le=MOST_REPLIES, description="The last so many.")]
MessageId = Annotated[str, Field(min_length=1, max_length=MAX_ID_CHARACTERS)]

_EXACTLY_ONE: dict[str, Any] = {
    "oneOf": [
        {"required": [one], "properties": {one: {"type": "string"}, other: {"type": "null"}}}
        for one, other in (("text", "press"), ("press", "text"))
    ],
    "examples": [
        {"conversation": "my-chat-1", "text": "要什么材料"},
        {"conversation": "my-chat-1", "press": "value-of-a-choice", "id": "message-2"},
    ],
}


class MessageIn(BaseModel):
    """Something a person said (`text`) or a choice they took (`press`): exactly one of the two."""

    model_config = ConfigDict(json_schema_extra=_EXACTLY_ONE)

    conversation: ConversationId
    text: Words | None = None
    press: Words | None = Field(None, description="The `value` of a choice of an earlier reply.")
    id: MessageId | None = Field(
        None,
        description="Names the message within its conversation: a repeat gets the same reply.",
    )

    @model_validator(mode="after")
    def _exactly_one(self) -> MessageIn:
        if (self.text is None) == (self.press is None):
            raise PydanticCustomError("exactly_one", "exactly one of text and press is needed")
        return self


class _Out(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SourceOut(_Out):
    title: str
    short: str | None = Field(None, description="The title in the last line of an answer.")
    article: str | None
    url: str | None
    checked_on: str = Field(json_schema_extra={"format": "date"})


class ChoiceOut(_Out):
    label: str
    value: str
    replaces: bool = Field(
        default=False,
        description="The reply to it may take the place of this one: a card, a check list.",
    )


class TextOut(_Out):
    type: Literal["text"]
    text: str


class ClickPathOut(_Out):
    """Where to click, step by step; break lines between the steps."""

    type: Literal["path"]
    steps: list[str]


class ListOut(_Out):
    type: Literal["list"]
    title: str | None
    items: list[str]
    numbered: bool


class PathOut(_Out):
    type: Literal["path"]
    steps: list[str] = Field(description="Where to click, step by step.")


class LinkOut(_Out):
    type: Literal["link"]
    label: str
    url: str
    note: str | None


class PictureOut(_Out):
    type: Literal["picture"]
    name: str = Field(description="Drawn by `GET /api/v1/pictures/{name}`, percent-encoded.")
    alt: str = Field(description="Says the same in text; show it where the picture is not shown.")


class DocumentOut(_Out):
    """A file of text; clients that cannot save files show `alt`."""

    type: Literal["document"]
    name: str
    media_type: str
    content: str = Field(description="The whole file, as text in UTF-8.")
    alt: str


class SourcesOut(_Out):
    type: Literal["sources"]
    line: str = Field(description="The one line that ends an answer; show this.")
    label: str
    checked: str = Field(description="How a note's date is worded; `{date}` stands for the date.")
    more: str = Field(description="Behind the first source if there are more; `{count}` of them.")
    mark: str = Field(description="A few words on the age of the sources; empty if they are new.")
    sources: list[SourceOut]


class ChoicesOut(_Out):
    type: Literal["choices"]
    choices: list[ChoiceOut]
    listed: int = Field(
        0, description="The first so many are the items of the list above; absent if none are."
    )


PartOut = Annotated[
    TextOut | ClickPathOut | ListOut | LinkOut | PictureOut | DocumentOut | SourcesOut | ChoicesOut,
    Field(discriminator="type"),
]


class AnswerOut(_Out):
    entry: str
    slots: dict[str, str]
    sources: list[SourceOut]


class ReplyOut(_Out):
    """The bot's reply; the same object that `zhuce ask --json` prints."""

    model_config = ConfigDict(extra="allow")

    status: Status
    reason: Reason | None
    text: str = Field(description="The whole reply as plain text, choices numbered.")
    parts: list[PartOut] = Field(description="The same as typed parts; show these or `text`.")
    entry: str | None
    score: float | None = Field(ge=0, le=1)
    question_type: QuestionType | None = Field(description="What was asked for, as understood.")
    topic: str | None = Field(None, description="What an abstention was understood to be about.")
    slots: dict[str, str]
    answers: list[AnswerOut]
    choices: list[ChoiceOut]
    sources: list[SourceOut]
    link: str | None = Field(
        None, description="Opens this answer or step: `/?open=…`, `GET /api/v1/links/…`."
    )
    ratings: list[ChoiceOut] = Field(
        [], description="What may be pressed to say whether it helped; empty if nobody asks."
    )


class ToldOut(_Out):
    at: str = Field(json_schema_extra={"format": "date-time"})
    reply: ReplyOut


class HistoryOut(_Out):
    """What was answered in a conversation within the last 48 hours; what was said is not kept."""

    conversation: str
    replies: list[ToldOut] = Field(description="Oldest first.")


class FeedbackIn(BaseModel):
    """What somebody says of an answer: it helped, it did not, or what was wrong with it."""

    conversation: ConversationId
    entry: Annotated[str, Field(min_length=1, max_length=MAX_ID_CHARACTERS)]
    region: Annotated[str, Field(max_length=MAX_ID_CHARACTERS)] = Field(
        "", description="The region that the answer was for, if it was for one."
    )
    rating: Literal[
        "liked", "disliked", "outdated", "beside_the_point", "unclear", "region_missing"
    ]


class FeedbackOut(_Out):
    text: str = Field(description="What may be said to the person.")
    choices: list[ChoiceOut] = Field(description="Reasons that may be pressed after `disliked`.")


class CalculatorOut(_Out):
    id: str
    title: str


class CalculatorsOut(_Out):
    calculators: list[CalculatorOut]


class DeadlineOut(_Out):
    """A deadline; `reply` has the words, with the working and the sources."""

    id: str
    title: str
    given: str = Field(description="The date it was worked out from; empty if it was refused.")
    outcomes: list[Literal["open", "late", "early", "free", "short"]] = Field(
        description="open: in time. late: too late. early: not allowed yet. free: allowed again. "
        "short: too late to be in time, not expired yet. Two: it depends on the day."
    )
    last_days: list[str] = Field(description="Last day of the period, or last day to act.")
    reply: ReplyOut


class SuggestionOut(_Out):
    title: str
    press: str = Field(description="Shows the answer when it is sent as `press`.")


class SuggestionsOut(_Out):
    suggestions: list[SuggestionOut] = Field(description="Best first.")


class LinkedOut(_Out):
    press: str = Field(description="Shows what the link names when it is sent as `press`.")


def _example(**example: Any) -> ConfigDict:
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [example]})


class KnowledgeOut(_Out):
    model_config = _example(
        version="0123456789ab",
        title="…",
        language="zh",
        entries=400,
        oldest_check="2026-01-01",
        newest_check="2026-02-01",
        sources=[],
    )

    version: str
    title: str
    language: str
    entries: int
    oldest_check: str | None = Field(description="Day of the oldest check of a source.")
    newest_check: str | None
    sources: list[SourceOut]


class ListedOut(_Out):
    id: str
    title: str
    slots: dict[str, str]


class EntriesOut(_Out):
    model_config = _example(entries=[{"id": "fees", "title": "…", "slots": {}}])

    entries: list[ListedOut]


class EntryOut(_Out):
    id: str
    title: str
    reply: ReplyOut


class PortalOut(_Out):
    place: str
    entry: str
    title: str


class PortalsOut(_Out):
    model_config = _example(portals=[{"place": "…", "entry": "portal-1", "title": "…"}])

    portals: list[PortalOut]


class ProcedureListedOut(_Out):
    id: str
    title: str
    kinds: list[str]


class ProceduresOut(_Out):
    model_config = _example(procedures=[{"id": "loan", "title": "…", "kinds": [""]}])

    procedures: list[ProcedureListedOut]


class WayOut(_Out):
    to: str
    label: str | None
    kinds: list[str] = Field(description="For these only; empty: for all.")


class StepOut(_Out):
    id: str
    actor: str | None
    action: str
    ways: list[WayOut]


class DrawingOut(_Out):
    kind: str
    picture: str = Field(description="Drawn by `GET /api/v1/pictures/{name}`, percent-encoded.")
    text: str


class ProcedureOut(_Out):
    id: str
    title: str
    regions: list[str] = Field(description="Where it is done so; empty: everywhere.")
    start: str
    steps: list[StepOut]
    drawings: list[DrawingOut]
    mermaid: str
    sources: list[SourceOut]


class ConversationOut(_Out):
    conversation: str = Field(examples=["Zq3v0m5rS1eXkq2o5mJm2A.2o0cN1yZ9k0wU5xkQv7p1w"])


class ForgottenOut(_Out):
    forgotten: int = Field(ge=0, description="How many sessions were deleted.")


class HealthOut(_Out):
    status: Literal["ok"]


class ReadyOut(_Out):
    status: Literal["ready", "degraded", "unavailable"]
    reasons: list[str]
    knowledge: str = Field(description="Version of the knowledge pack in use.")


class FaultOut(_Out):
    loc: list[str | int] = Field(description="Where in the request, from the outside in.")
    msg: str
    type: str


class RefusalOut(_Out):
    """Every answer that is not a success: problem details (RFC 9457)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "about:blank",
                    "title": "Not Found",
                    "status": 404,
                    "detail": "没有这个地址。",
                    "detail_en": "There is nothing at this address.",
                    "errors": [],
                }
            ]
        }
    )

    type: Literal["about:blank"]
    title: str = Field(description="What the status is called.")
    status: int
    detail: str = Field(description="One sentence in Chinese that can be shown as it is.")
    detail_en: str = Field(description="The same in English.")
    errors: list[FaultOut] = Field(description="What is wrong with the form of the request.")
