"""Send messages or edit older ones, and fall back to simpler forms when a form is refused."""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from html import unescape
from typing import Any

from bot.adapters.delivery.editing import edit_in_place
from bot.adapters.delivery.errors import Gone, Migrated, NotModified, Refused
from bot.adapters.telegram.errors import TopicRefused
from bot.adapters.telegram.outgoing.html import render
from bot.adapters.telegram.outgoing.message import OutgoingMessage
from bot.adapters.telegram.ports import Caller, Upload
from bot.adapters.telegram.routes import Route
from bot.adapters.telegram.utf16 import units
from bot.core.model.reply import Document

_TAG = re.compile(r"<[^<>]+>")
_HTML = {"parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}
MAX_CAPTION = 1024
"""Units of text under a picture (https://core.telegram.org/bots/api#sendphoto, read 2026-11)."""
_RICH, _EPHEMERAL = "sendRichMessage", "editEphemeralMessageText"
log = logging.getLogger(__name__)

Json = dict[str, Any]


class Sender:
    """Sends messages; a form that the server has refused is not tried again."""

    def __init__(
        self,
        caller: Caller,
        *,
        is_ephemeral: bool,
        is_rich: bool,
        picture: Callable[[str], Awaitable[bytes | None]],
    ) -> None:
        self._caller, self._picture = caller, picture
        self._can_hide = is_ephemeral and caller.has(_EPHEMERAL)
        self._is_rich = is_rich and caller.has(_RICH)

    def hides(self, route: Route) -> bool:
        """Return whether only the asker sees what is sent along this route."""
        return route.is_group and (self._can_hide or route.ephemeral is not None)

    async def send(self, message: OutgoingMessage, route: Route) -> tuple[int, ...]:
        """Send, and return the ids of the messages that now exist, without files; empty for none.

        Raises:
            Gone: nobody is there.
            Migrated: the group has another id now.
            DeliveryFailed: not now; some of the pages may have been sent.
        """
        if route.guest is not None:
            await self._answer_guest(message, route.guest)
            return ()
        sent = await self._send_words(message, route)
        for document in message.documents if not self.hides(route) else ():
            await self._send_document(document, route)
        return sent

    async def _send_words(self, message: OutgoingMessage, route: Route) -> tuple[int, ...]:
        if route.edits:
            return await self._replace(message, route)
        if message.picture and (found := await self._send_photo(message, route)):
            return found
        if message.rich and self._is_rich and (found := await self._send_rich(message, route)):
            return found
        return await self._send_pages(message, route)

    async def _send_pages(self, message: OutgoingMessage, route: Route) -> tuple[int, ...]:
        try:
            if message.is_pointer:
                return await self._send_pointer(message, route)
            return await self._send_all(message.pages, message.keyboard, route, _HTML)
        except Refused:
            if message.plain is None:
                raise
            log.exception("a message was refused and goes out as plain text")
        pages = [plain(page) for page in render(message.plain, with_choices=True).pages]
        return await self._send_all(pages, None, replace(route, asked=None), {})

    async def _send_pointer(self, message: OutgoingMessage, route: Route) -> tuple[int, ...]:
        params = _to_chat(route) | {"reply_parameters": {"message_id": route.asked}}
        result = await self._put("sendMessage", {"text": message.pages[0], **_HTML, **params})
        return (_message_id(result),)

    async def _send_all(
        self, pages: Sequence[str], keyboard: Json | None, route: Route, mode: Json
    ) -> tuple[int, ...]:
        sent: list[int] = []
        for number, page in enumerate(pages, 1):
            params = {"text": page, **mode}
            if keyboard and number == len(pages):
                params["reply_markup"] = keyboard
            result = await self._send(params, route if not sent else replace(route, asked=None))
            sent.append(_message_id(result))
        return tuple(filter(None, sent))

    async def _send(self, params: Json, route: Route) -> Any:
        if self.hides(route):
            try:
                return await self._put("sendMessage", params | _to_one(route))
            except (Gone, Migrated, NotModified):
                raise
            except Refused:
                log.exception("messages for one person only are refused; they go to all")
                self._can_hide = False
        return await self._put("sendMessage", params | _to_chat(route))

    async def _put(self, method: str, params: Json) -> Any:
        """Send into the topic; if it is deleted or closed, into the chat.

        A reply to a message of a closed topic belongs into that topic too, so the last attempt is
        no reply.
        """
        try:
            return await self._caller.call(method, params)
        except TopicRefused:
            for kept in _without_topic(params):
                with contextlib.suppress(TopicRefused):
                    return await self._caller.call(method, kept)
            raise

    async def _send_document(self, document: Document, route: Route) -> None:
        """Send a file; its words were sent before, so nothing is lost if it is refused."""
        upload = Upload(document.name, document.content.encode())
        place = _to_chat(replace(route, asked=None))
        try:
            await self._put("sendDocument", {"document": upload, **place})
        except Refused:
            log.exception("a file was refused; its words were sent")

    async def _send_photo(self, message: OutgoingMessage, route: Route) -> tuple[int, ...]:
        """Send the picture with the words under it; return nothing if it cannot be drawn.

        Words that are too long for a caption follow as messages of their own.
        """
        drawn = None if self.hides(route) else await self._picture(message.picture or "")
        if drawn is None:
            return ()
        params: Json = {"photo": Upload("picture.png", drawn), **_to_chat(route)}
        is_short = len(message.pages) == 1 and units(plain(message.pages[0])) <= MAX_CAPTION
        if is_short:
            params |= {"caption": message.pages[0], "parse_mode": "HTML"}
        if is_short and message.keyboard:
            params["reply_markup"] = message.keyboard
        try:
            result = await self._put("sendPhoto", params)
        except (Gone, Migrated):
            raise
        except Refused:
            log.exception("a picture was refused; its words are sent")
            return ()
        if is_short:
            return (_message_id(result),)
        return (_message_id(result), *await self._send_pages(message, replace(route, asked=None)))

    async def _send_rich(self, message: OutgoingMessage, route: Route) -> tuple[int, ...]:
        params: Json = {"rich_message": {"blocks": message.rich}, **_to_chat(route)}
        if message.keyboard:
            params["reply_markup"] = message.keyboard
        try:
            result = await self._put(_RICH, params)
        except Refused:
            log.exception("rich messages are refused; HTML is sent from now on")
            self._is_rich = False
            return ()
        if not isinstance(result, dict) or "rich_message" not in result:
            log.warning("the server took a rich message and shows none; HTML is sent from now on")
            self._is_rich = False
            return ()
        return (_message_id(result),)

    async def _replace(self, message: OutgoingMessage, route: Route) -> tuple[int, ...]:
        """Edit the old messages; delete those too many, and send the pages that are missing."""

        async def edit(page: int, old: int) -> None:
            params = {"text": message.pages[page], **_HTML}
            if message.keyboard and page == len(message.pages) - 1:
                params["reply_markup"] = message.keyboard
            await self._edit(params, old, route)

        async def delete(old: int) -> None:
            await self._caller.call("deleteMessage", {"chat_id": route.chat, "message_id": old})

        kept = await edit_in_place(route.edits, len(message.pages), edit, delete)
        rest = message.pages[len(kept) :]
        if not rest:
            return kept
        onward = replace(route, edits=(), asked=None if kept else route.asked)
        return (*kept, *await self._send_pages(replace(message, pages=rest), onward))

    async def _edit(self, params: Json, old: int, route: Route) -> None:
        if route.ephemeral is not None:
            place = {"receiver_user_id": route.user, "ephemeral_message_id": route.ephemeral}
            await self._caller.call(_EPHEMERAL, {"chat_id": route.chat, **place, **params})
        else:
            where = {**_place(route), "message_id": old}
            await self._caller.call("editMessageText", where | params)

    async def _answer_guest(self, message: OutgoingMessage, query: str) -> None:
        content = {"message_text": message.pages[0], **_HTML}
        result: Json = {
            "type": "article",
            "id": "answer",
            "title": plain(message.pages[0]).partition("\n")[0][:60],
            "input_message_content": content,
        }
        if message.keyboard:
            result["reply_markup"] = message.keyboard
        await self._caller.call("answerGuestQuery", {"guest_query_id": query, "result": result})


def plain(page: str) -> str:
    """Return the visible text of a page of ours."""
    return unescape(_TAG.sub("", page))


def _without_topic(params: Json) -> Iterator[Json]:
    """Yield what to send instead: without the topic, then without the reply if it is optional."""
    kept = {name: value for name, value in params.items() if name != "message_thread_id"}
    yield kept
    if kept.get("reply_parameters", {}).get("allow_sending_without_reply"):
        yield {name: value for name, value in kept.items() if name != "reply_parameters"}


def _place(route: Route) -> Json:
    """Return the chat, and the Business account in whose name is spoken there."""
    named = {"business_connection_id": route.business} if route.business is not None else {}
    return {"chat_id": route.chat, **named}


def _to_chat(route: Route) -> Json:
    params = _place(route)
    if route.thread is not None:
        params["message_thread_id"] = route.thread
    if route.is_group and route.asked is not None:
        params["reply_parameters"] = {
            "message_id": route.asked,
            "allow_sending_without_reply": True,
        }
    return params


def _to_one(route: Route) -> Json:
    params = _to_chat(route) | {"ephemeral_message_parameters": {"receiver_user_id": route.user}}
    if route.ephemeral is not None:
        params["reply_parameters"] = {"ephemeral_message_id": route.ephemeral}
    return params


def _message_id(result: Any) -> int:
    """Return 0 if there is none, for instance for a message to one person only."""
    return int(result.get("message_id", 0)) if isinstance(result, dict) else 0
