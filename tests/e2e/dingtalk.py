"""DingTalk on loopback: members who write to a robot, its sessions, its API and its gateway."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import unquote

from aiohttp import WSMsgType, web

from tests.e2e.tencent.loopback import Json, Loopback, joined

CLIENT_ID, SECRET = "ding0123456789abcdef", "loopback-ding-secret-canary"
MOST_BYTES, MOST_A_MINUTE = 20_000, 20
TOPIC = "/v1.0/im/bot/messages/get"


@dataclass
class DingTalk(Loopback):
    members: set[str] = field(default_factory=lambda: {"xiaowang", "xiaoli"})
    sessions: dict[str, tuple[str, float]] = field(default_factory=dict)
    """Chat and end of each session, by its secret."""
    session_life_s: float = 5400.0
    seen: dict[str, list[str]] = field(default_factory=dict)
    """What was written in each chat."""
    buttons: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Label and address of the buttons of the last card of each chat."""
    acknowledged: list[str] = field(default_factory=list)
    connections: int = 0
    ticket: str = "ticket {}+/="
    """One that has to be quoted in an address, as the npm client does not."""
    is_idle: Callable[[], bool] = lambda: True

    def __post_init__(self) -> None:
        super().__post_init__()
        self._ids = count(1)
        self._tickets: set[str] = set()
        self._socket: web.WebSocketResponse | None = None

    def settings(self, *, port: int = 0) -> dict[str, str]:
        """For Stream, or for the webhook at a port."""
        given = {
            "BOT_DINGTALK__CLIENT_ID": CLIENT_ID,
            "BOT_DINGTALK__CLIENT_SECRET": SECRET,
            "BOT_DINGTALK__API_URL": self.url,
            "BOT_DINGTALK__SESSION_URL": self.url,
        }
        if port:
            url = f"http://127.0.0.1:{port}/webhooks/dingtalk"
            given |= {"BOT_DINGTALK__MODE": "webhook", "BOT_DINGTALK__PUBLIC_URL": url}
        return given

    def routes(self) -> dict[tuple[str, str], Callable[[web.Request], Awaitable[Any]]]:
        return {
            ("GET", "/"): self.front_page,
            ("POST", "/v1.0/oauth2/accessToken"): self._access_token,
            ("POST", "/robot/sendBySession"): self._by_session,
            ("POST", "/v1.0/robot/oToMessages/batchSend"): self._to_person,
            ("POST", "/v1.0/robot/groupMessages/send"): self._to_group,
            ("POST", "/v1.0/gateway/connections/open"): self._open,
            ("GET", "/gateway"): self._gateway,
        }

    async def _access_token(self, request: web.Request) -> web.Response:
        body = await request.json()
        if (body.get("appKey"), body.get("appSecret")) != (CLIENT_ID, SECRET):
            return web.json_response({"code": "invalidClientIdOrSecret"}, status=400)
        made = self.token()
        self._keep(request.path, body, {})
        return web.json_response(
            {"accessToken": made["access_token"], "expireIn": made["expires_in"]}
        )

    async def _by_session(self, request: web.Request) -> web.Response:
        def take(body: Json) -> Json:
            chat, ends = self.sessions.get(request.query.get("session", ""), ("", 0.0))
            if not chat or ends < self.now():
                return {"errcode": 300001, "errmsg": "session expired"}
            if len(json.dumps(body, ensure_ascii=False).encode()) > MOST_BYTES:
                return {"errcode": 460101, "errmsg": "message too long"}
            self._show(chat, body)
            return {"errcode": 0, "errmsg": "ok"}

        return await self.answered(request, take, needs_token=False)

    def _show(self, chat: str, body: Json) -> None:
        kind = body["msgtype"]
        if kind == "actionCard":
            card = body[kind]
            assert card["title"]
            assert card["text"]
            found = [(one["title"], one["actionURL"]) for one in card["btns"]]
            self.buttons[chat] = found
        else:
            self.seen.setdefault(chat, []).append(body["text"]["content"])

    def _refused(self, request: web.Request) -> Json | None:
        """What a call to the API gets instead: a fault, or that its token is not taken."""
        end = self.tokens.get(request.headers.get("x-acs-dingtalk-access-token", ""), 0.0)
        if end <= time.monotonic():
            return {"code": "InvalidAuthentication", "message": "不合法的access_token"}
        return None

    async def _to_person(self, request: web.Request) -> web.Response:
        body = await request.json()
        if refused := self._refused(request):
            return self._keep(request.path, body, refused, 400)
        assert body["robotCode"] == CLIENT_ID
        gone = [user for user in body["userIds"] if user not in self.members]
        for user in set(body["userIds"]) - set(gone):
            self.seen.setdefault(user, []).append(json.loads(body["msgParam"])["content"])
        return self._keep(request.path, body, {"invalidStaffIdList": gone})

    async def _to_group(self, request: web.Request) -> web.Response:
        body = await request.json()
        if refused := self._refused(request):
            return self._keep(request.path, body, refused, 400)
        words = json.loads(body["msgParam"])["content"]
        self.seen.setdefault(body["openConversationId"], []).append(words)
        return self._keep(request.path, body, {"processQueryKey": "k"})

    def _keep(self, path: str, body: Json, outcome: Json, status: int = 200) -> web.Response:
        self.note(path, body, outcome)
        return web.json_response(outcome, status=status)

    # The gateway of Stream

    async def _open(self, request: web.Request) -> web.Response:
        body = await request.json()
        if (body.get("clientId"), body.get("clientSecret")) != (CLIENT_ID, SECRET):
            return web.json_response({"code": "authFailed", "message": "鉴权失败"}, status=401)
        assert {"type": "CALLBACK", "topic": TOPIC} in body["subscriptions"]
        ticket = self.ticket.format(next(self._ids))
        self._tickets.add(ticket)
        address = self.url.replace("http", "ws") + "/gateway"
        return web.json_response({"endpoint": address, "ticket": ticket})

    async def _gateway(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=401)
        self._tickets.discard(ticket)  # good for one connection
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._socket, self.connections = socket, self.connections + 1
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                frame = json.loads(message.data)
                assert frame["code"] == 200
                self.acknowledged.append(frame["headers"]["messageId"])
        return socket

    def delivers(self, body: Json, kind: str = "CALLBACK", topic: str = TOPIC) -> str:
        number = f"frame{next(self._ids)}"
        headers = {"topic": topic, "messageId": number, "contentType": "application/json"}
        frame = {"specVersion": "1.0", "type": kind, "headers": headers, "data": json.dumps(body)}
        assert self._socket
        self.do(self._socket.send_json(frame))
        return number

    # What people do

    def message(self, user: str, words: str, group: str = "", **more: Any) -> Json:
        now, secret = self.now(), f"session{next(self._ids)}"
        self.sessions[secret] = (group or user, now + self.session_life_s)
        place = {"conversationId": group or f"cid-{user}"}
        return {
            "msgId": f"msg{next(self._ids)}",
            "msgtype": "text",
            "text": {"content": f" {words}" if group else words},
            "conversationType": "2" if group else "1",
            "senderId": f"$:LWCP_v1:${user}",
            "senderStaffId": user,
            "senderNick": "小王",
            "chatbotUserId": "$:LWCP_v1:$bot",
            "isInAtList": bool(group),
            "createAt": int(now * 1000),
            "sessionWebhook": f"{self.url}/robot/sendBySession?session={secret}",
            "sessionWebhookExpiredTime": int((now + self.session_life_s) * 1000),
            "robotCode": CLIENT_ID,
            **place,
            **more,
        }

    def asks(self, user: str, words: str, group: str = "", **more: Any) -> str:
        """What is written in the chat after somebody said something by Stream."""
        return self.after(
            group or user, lambda: self.delivers(self.message(user, words, group, **more))
        )

    def presses(self, user: str, label: str, group: str = "") -> str:
        """What the client does with the address of a button: it says words in one's name."""
        [address] = [url for name, url in self.buttons[group or user] if name == label]
        before, _, words = address.partition("?content=")
        assert before == "dtmd://dingtalkclient/sendMessage"
        return self.asks(user, unquote(words), group)

    def after(self, chat: str, act: Callable[[], object], within_s: float = 10.0) -> str:
        before = len(self.seen.get(chat, []))
        self.buttons.pop(chat, None)
        act()
        self.wait(lambda: len(self.seen.get(chat, [])) > before and self.is_idle(), within_s)
        return joined(self.seen[chat][before:])
