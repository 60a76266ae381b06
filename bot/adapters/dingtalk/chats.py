"""Send replies to a session, or by the API when the session has ended.

What a newcomer would get wrong: a button of an action card sends nothing to the bot.  It opens an
address, and `dtmd://dingtalkclient/sendMessage` makes the client say words in the person's name
(not in the vendor's reference; it can be turned off).  So choices are always numbered in the text
as well.
"""

from __future__ import annotations

import json
from urllib.parse import quote

import httpx

from bot.adapters.delivery.chats import Chats, Json, OutgoingMessage, Route, is_answer
from bot.adapters.delivery.errors import Gone, Refused
from bot.adapters.delivery.full_text import FullText
from bot.adapters.delivery.plain import plain_pages
from bot.adapters.delivery.splitting import Room
from bot.adapters.dingtalk.updates import PLATFORM, SESSION_PATH
from bot.adapters.vendors.calls import Caller, Codes, Line
from bot.core.model.reply import Choice, Reply
from bot.errors import DeliveryFailed
from bot.plugins import Surroundings, Units

MOST_BYTES = 15_000
"""Of one text; 20,000 bytes of a body are the most (https://open.dingtalk.com/document/group/
custom-robot-access)."""
MOST_BUTTONS, LONGEST_LABEL = 5, 20
GROUP_RATE = 9
"""Replies a minute; a group takes 20 messages of a robot (the same page), and one may be two."""
MARGIN_S = 60.0
"""A session is left alone so long before its end."""
_LABEL = "dtmd://dingtalkclient/sendMessage?content="
_TO_PERSON, _TO_GROUP = "/v1.0/robot/oToMessages/batchSend", "/v1.0/robot/groupMessages/send"
SESSION_CODES = Codes(gone=frozenset(), pauses={-1: 1.0, 130101: 60.0}, ended=frozenset())
"""130101 is for more than 20 a minute (the same page)."""
CODES = Codes(
    gone=frozenset({"staffId.notExisted", "resource.not.found"}),
    pauses={"ServiceUnavailable": 1.0, "Throttling": 60.0},
    ended=frozenset({"InvalidAuthentication"}),
    code="code",
    text="message",
    authorise=lambda token: {"headers": {"x-acs-dingtalk-access-token": token}},
)


class RobotChats(Chats):
    """Implements `bot.adapters.delivery.ports.Platform`."""

    name = PLATFORM

    def __init__(
        self,
        surroundings: Surroundings,
        full_text: FullText | None,
        calls: tuple[httpx.AsyncClient, Caller],
        robot: str,
        *,
        has_cards: bool = True,
    ) -> None:
        """Take `calls` as the client of the sessions' server, and the caller of the API."""
        super().__init__(surroundings, full_text)
        client, self._caller = calls
        self._sessions = Line(client, SESSION_CODES)
        self._robot, self._has_cards = robot, has_cards

    def write(self, reply: Reply, route: Route) -> OutgoingMessage:
        shown = self.shown(reply, route)
        pages = plain_pages(shown, Room(MOST_BYTES, Units.BYTES))
        card = self._card(shown.choices) if self._has_cards else None
        return OutgoingMessage(pages, card, is_answer(reply))

    def _card(self, choices: tuple[Choice, ...]) -> Json | None:
        labels = [one.label for one in choices]
        if not 0 < len(labels) <= MOST_BUTTONS or max(map(len, labels)) > LONGEST_LABEL:
            return None
        buttons = [{"title": one, "actionURL": _LABEL + quote(one, safe="")} for one in labels]
        asked = self.phrase("choose_one")
        return {"title": asked, "text": asked, "btnOrientation": "0", "btns": buttons}

    async def send(self, message: OutgoingMessage, route: Route) -> tuple[int, ...]:
        for page in message.pages:
            await self._send_text(page, route)
        if message.card and (session := self._session(route)):
            await self._say(session, {"msgtype": "actionCard", "actionCard": message.card})
        return ()

    async def _send_text(self, page: str, route: Route) -> None:
        session = self._session(route)
        if session and await self._is_said(session, page, route):
            return
        template = {"msgKey": "sampleText", "msgParam": json.dumps({"content": page})}
        body: Json = {"robotCode": self._robot, **template}
        if route.is_group:
            await self._caller.post(_TO_GROUP, body | {"openConversationId": route.chat})
            return
        answer = await self._caller.post(_TO_PERSON, body | {"userIds": [route.user]})
        if route.user in (answer.get("invalidStaffIdList") or ()):
            raise Gone(f"{_TO_PERSON}: no such member")
        if route.user in (answer.get("flowControlledStaffIdList") or ()):
            raise DeliveryFailed(f"{_TO_PERSON}: too many for this member", 60.0)

    async def _is_said(self, session: str, page: str, route: Route) -> bool:
        """Return whether the session took the words; if it has ended, the API may."""
        body: Json = {"msgtype": "text", "text": {"content": page}}
        if route.is_group:
            body["at"] = {"atUserIds": [route.user]}
        try:
            await self._say(session, body)
        except Refused:
            return False
        return True

    async def _say(self, session: str, body: Json) -> None:
        path, _, name = SESSION_PATH.partition("?")
        await self._sessions.ask("POST", path, params={name.removesuffix("="): session}, json=body)

    def _session(self, route: Route) -> str:
        """Return the secret of the session; empty if there is none any more."""
        ends, _, session = route.request.partition(" ")
        now = self._clock.now().timestamp()
        return session if session and now < int(ends) / 1000 - MARGIN_S else ""
