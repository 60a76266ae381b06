"""Open what a link names, and suggest answers while a question is typed.

Both lead to the `press` of an ordinary message, so nothing is answered here.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from fastapi import APIRouter

from bot.adapters.delivery.codes import Codebook
from bot.adapters.delivery.deep_links import payload_of_reply, value_from
from bot.adapters.web.errors import Json, refuse
from bot.adapters.web.ports import Talks
from bot.adapters.web.schemas import (
    Beginning,
    LinkedOut,
    LinkPayload,
    RefusalOut,
    SuggestionsOut,
)
from bot.core.model.pack import Pack
from bot.core.model.reply import Reply

MAX_SUGGESTIONS = 5
"""As many as a phone shows above its keyboard."""


class Links:
    """Payloads of links, in the pack that is in use now; without a pack there are none."""

    def __init__(self, pack: Callable[[], Pack] | None) -> None:
        self._pack = pack
        self._known: tuple[Pack, Codebook] | None = None

    def of(self, reply: Reply) -> str | None:
        codes = self._codes()
        return payload_of_reply(codes, reply) if codes else None

    def value(self, payload: str) -> str | None:
        codes = self._codes()
        return value_from(codes, payload) if codes else None

    def _codes(self) -> Codebook | None:
        if self._pack is None:
            return None
        pack = self._pack()
        if self._known is None or self._known[0] is not pack:
            self._known = pack, Codebook(pack)
        return self._known[1]


def link_router(conversation: Talks, links: Links) -> APIRouter:
    router = APIRouter()

    @router.get(
        "/api/v1/links/{payload}",
        response_model=LinkedOut,
        responses={404: {"model": RefusalOut}, 422: {"model": RefusalOut}},
    )
    async def get_link(payload: LinkPayload) -> Json:
        """Return what to press to see what a link names; 404 if it is gone or was mistyped."""
        value = links.value(payload)
        return Json({"press": value}) if value else refuse(404)

    @router.get(
        "/api/v1/suggestions",
        response_model=SuggestionsOut,
        responses={422: {"model": RefusalOut}},
    )
    async def get_suggestions(text: Beginning = "") -> Json:
        """Return what the words so far may ask; nothing is stored."""
        found = (one for one in await conversation.suggest(text) if one.can_be_opened)
        shown = [
            {"title": one.title, "press": f"o:{one.name}"} for one in islice(found, MAX_SUGGESTIONS)
        ]
        return Json({"suggestions": shown})

    return router
