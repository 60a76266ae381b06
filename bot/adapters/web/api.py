"""Define the routes of the HTTP API: messages, conversations, pictures, health.

The docstrings of the route methods are shown in `/openapi.json`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Request, Response, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from bot import tracing
from bot.adapters.web.callers import address_of
from bot.adapters.web.conversation_ids import CLIENT_PREFIX, PLATFORM, Gate, update_id
from bot.adapters.web.errors import Json, ReadyJson, Sentence, refuse
from bot.adapters.web.fair_turns import FairTurns
from bot.adapters.web.links import Links
from bot.adapters.web.ports import Readiness, Talks
from bot.adapters.web.rate_limits import RateLimits, too_often
from bot.adapters.web.schemas import (
    MOST_REPLIES,
    ConversationId,
    ConversationOut,
    FeedbackIn,
    FeedbackOut,
    ForgottenOut,
    HealthOut,
    HistoryOut,
    MessageIn,
    Most,
    PictureName,
    ReadyOut,
    RefusalOut,
    ReplyOut,
)
from bot.core.model.choices import RateAnswer, ReportFault
from bot.core.model.reply import FAULTS, RATINGS, Choice, Reason, Reply, Text
from bot.core.model.update import ConversationKey, Update
from bot.core.ports import Clock, PictureForm
from bot.core.wire import OfReply, reply_as_json, shown_text

MESSAGES = "/api/v1/messages"
TRACE = "X-Trace-Id"
"""The name of a message in the log."""
_bearer = HTTPBearer(auto_error=False, description="Only for conversation ids of the client's own.")
Credentials = Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]

_PICTURE_TYPES: dict[PictureForm, str] = {"svg": "image/svg+xml", "png": "image/png"}
_NOT_ASKED = Sentence(
    "这里不收对回答的评价（BOT_FEEDBACK，BOT_JOURNAL）。",
    "What people say of answers is not taken here (BOT_FEEDBACK, BOT_JOURNAL).",
)
_KEY_IS_OPTIONAL: dict[str, Any] = {"security": [{}]}


def _refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {status: {"model": RefusalOut} for status in statuses}


class Asked(NamedTuple):
    """What a request tells beside its body."""

    address: str
    bearer: str | None
    traceparent: str


@dataclass(frozen=True, slots=True)
class Api:
    conversation: Talks
    clock: Clock
    gate: Gate
    links: Links
    rates: RateLimits
    turns: FairTurns
    readiness: Callable[[], Readiness]
    knowledge_version: Callable[[], str]
    ratings: Callable[[Reply], Sequence[Choice]] | None
    """What may be said of a reply; `None` where nothing that is said of one is taken."""

    _body: OfReply[bytes] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_body", OfReply(self._as_body))

    def router(self) -> APIRouter:
        router = APIRouter()
        self._add_talk(router)
        self._add_state(router)
        return router

    def _add_talk(self, router: APIRouter) -> None:
        """Add what a person says, sees again, rates and has deleted."""
        router.post(
            MESSAGES,
            response_model=ReplyOut,
            responses=_refusals(400, 401, 413, 422, 429, 503),
            openapi_extra=_KEY_IS_OPTIONAL,
        )(self.post_message)
        router.post(
            "/api/v1/conversations",
            response_model=ConversationOut,
            status_code=201,
            responses=_refusals(429),
        )(self.post_conversation)
        router.get(
            "/api/v1/conversations/{conversation:path}",
            response_model=HistoryOut,
            responses=_refusals(401, 404, 422, 429, 503),
            openapi_extra=_KEY_IS_OPTIONAL,
        )(self.get_conversation)
        router.post(
            "/api/v1/feedback",
            response_model=FeedbackOut,
            responses=_refusals(400, 401, 404, 413, 422, 429, 503),
            openapi_extra=_KEY_IS_OPTIONAL,
        )(self.post_feedback)
        router.delete(
            "/api/v1/conversations/{conversation:path}",
            response_model=ForgottenOut,
            responses=_refusals(401, 404, 422, 429, 503),
            openapi_extra=_KEY_IS_OPTIONAL,
        )(self.delete_conversation)

    def _add_state(self, router: APIRouter) -> None:
        """Add the pictures of replies, and how the process is."""
        router.get(
            "/api/v1/pictures/{name:path}",
            response_class=Response,
            responses={
                200: {"content": {kind: {} for kind in _PICTURE_TYPES.values()}},
                **_refusals(404, 422, 429),
            },
        )(self.get_picture)
        router.get("/healthz", response_model=HealthOut)(self.get_health)
        router.get("/readyz", response_model=ReadyOut, responses={503: {"model": ReadyOut}})(
            self.get_readiness
        )

    async def post_message(
        self, message: MessageIn, credentials: Credentials, request: Request
    ) -> Json:
        """Say something to the bot, or take one of the choices it offered."""
        return await self.answer(message, _asked(request, credentials))

    async def answer(self, message: MessageIn, asked: Asked) -> Json:
        """Answer a message whose form is right."""
        key = self.gate.admit(message.conversation, asked.bearer)
        if key is None:
            return _unknown_caller()
        name, at = update_id(key, message.id), self.clock.now()
        trace = tracing.given_in(asked.traceparent)
        update = Update(name, key, at, text=message.text, press=message.press, trace=trace)
        reply = await self._answer(update, asked.address)
        if not isinstance(reply, Reply):
            return reply
        return ReadyJson(self._body(reply), headers={TRACE: update.trace})

    async def get_conversation(
        self, conversation: ConversationId, credentials: Credentials, limit: Most = MOST_REPLIES
    ) -> Json:
        """Return what was answered in the conversation; what was said in it is not kept."""
        key = self.gate.admit(conversation, _token(credentials))
        if key is None:
            return _unknown_caller()
        told = await self.conversation.history(key, limit)
        replies = [{"at": one.at.isoformat(), "reply": self._as_data(one.reply)} for one in told]
        return Json({"conversation": conversation, "replies": replies})

    async def post_feedback(
        self, said: FeedbackIn, credentials: Credentials, request: Request
    ) -> Json:
        """Say whether an answer helped; 404 if the entry is gone or nobody wants to know."""
        key = self.gate.admit(said.conversation, _token(credentials))
        if key is None:
            return _unknown_caller()
        if self.ratings is None:
            return refuse(404, _NOT_ASKED)
        press = _rating(said.rating, said.entry, said.region)
        update = Update(update_id(key, None), key, self.clock.now(), press=press)
        reply = await self._answer(update, address_of(request.scope))
        if not isinstance(reply, Reply):
            return reply
        if reply.reason not in RATINGS:
            return refuse(404)
        text = "\n".join(part.text for part in reply.parts if isinstance(part, Text))
        shown = [{"label": one.label, "value": one.value} for one in reply.choices]
        return Json({"text": text, "choices": shown})

    async def _answer(self, update: Update, address: str) -> Reply | Json:
        """Return the reply, or the refusal of a conversation that says too much."""
        if wait_s := await self.rates.wait_s("conversation", update.key.user):
            return too_often(wait_s)
        async with self.turns.of(_caller(update.key, address)):
            return await self.conversation.handle(update)

    def _as_body(self, reply: Reply) -> bytes:
        shown = shown_text(reply, self.conversation.slot_names, self._more(reply))
        return shown.encode("utf-8", "replace")

    def _as_data(self, reply: Reply) -> dict[str, Any]:
        return {**reply_as_json(reply, self.conversation.slot_names), **self._more(reply)}

    def _more(self, reply: Reply) -> dict[str, Any]:
        """Return what the web knows of a reply."""
        ratings = self.ratings(reply) if self.ratings else ()
        rated = [{"label": one.label, "value": one.value} for one in ratings]
        return {"link": self.links.of(reply), "ratings": rated}

    async def post_conversation(self) -> Json:
        """Get a conversation id that needs no key. Nothing is stored until something is said."""
        return Json({"conversation": self.gate.issue()}, 201)

    async def delete_conversation(
        self, conversation: ConversationId, credentials: Credentials
    ) -> Json:
        """Forget the conversation: everything that is kept under this id is deleted."""
        key = self.gate.admit(conversation, _token(credentials))
        if key is None:
            return _unknown_caller()
        return Json({"forgotten": await self.conversation.forget(PLATFORM, key.user)})

    async def get_picture(self, name: PictureName, form: PictureForm = "svg") -> Response:
        """Return a picture by the `name` in a part of a reply. If there is none, show its `alt`."""
        drawn = await self.conversation.picture(name, form)
        if drawn is None:
            return refuse(404)
        headers = {"Cache-Control": "no-cache"}
        return Response(drawn, media_type=_PICTURE_TYPES[form], headers=headers)

    async def get_health(self) -> Json:
        """Say that the process is alive; this says nothing about what it depends on."""
        return Json({"status": "ok"})

    async def get_readiness(self) -> Json:
        """Return whether questions can be answered, and what is out of order."""
        found = self.readiness()
        reasons = list(found.degraded)
        status = ("degraded" if reasons else "ready") if found.can_answer else "unavailable"
        body = {"status": status, "reasons": reasons, "knowledge": self.knowledge_version()}
        return Json(body, 200 if found.can_answer else 503)


def _rating(rating: str, entry: str, region: str) -> str:
    """Return the press that says this of an answer."""
    reason = Reason(rating)
    if reason in FAULTS:
        return str(ReportFault(entry, reason, region))
    return str(RateAnswer(entry, reason is Reason.LIKED, region))


def _token(credentials: HTTPAuthorizationCredentials | None) -> str | None:
    """Return the key of a request: headers arrive decoded as latin-1, the key is UTF-8."""
    return (
        credentials.credentials.encode("latin-1").decode(errors="replace") if credentials else None
    )


def _asked(request: Request, credentials: HTTPAuthorizationCredentials | None) -> Asked:
    traceparent = request.headers.get("traceparent", "")
    return Asked(address_of(request.scope), _token(credentials), traceparent)


def _caller(key: ConversationKey, address: str) -> str:
    """Return whose turn it is: programs with the key speak for many people."""
    return key.user if key.user.startswith(CLIENT_PREFIX) else address


def _unknown_caller() -> Json:
    return refuse(401, headers={"WWW-Authenticate": "Bearer"})
