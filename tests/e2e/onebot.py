"""Implementations of OneBot v11 and v12 on loopback, which connect to a robot as NapCat does.

Reverse WebSocket (https://github.com/botuniverse/onebot-11/blob/master/communication/ws-reverse.md):
events out, calls in.  Version 12 is as nonebot-adapter-onebot 2.4.6 reads it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Self

from websockets.sync.client import ClientConnection, connect

SELF = 10001
TOKEN = "loopback-onebot-token"
Json = dict[str, Any]


@dataclass
class OneBot:
    url: str
    calls: list[Json] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._ids = count(1)
        self._open = ExitStack()
        self._socket: ClientConnection | None = None

    def __enter__(self) -> Self:
        headers = self.headers() | {"Authorization": f"Bearer {TOKEN}"}
        wire = connect(self.url, additional_headers=headers, proxy=None)
        self._socket = self._open.enter_context(wire)
        for event in self.greeting():
            self._send(event | self._base())
        return self

    def headers(self) -> dict[str, str]:
        return {"X-Self-ID": str(SELF), "X-Client-Role": "Universal"}

    def greeting(self) -> Iterable[Json]:
        life = {"post_type": "meta_event", "meta_event_type": "lifecycle", "sub_type": "connect"}
        return [life]

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def _base(self) -> Json:
        return {"time": int(time.time()), "self_id": SELF}

    def _send(self, event: Json) -> None:
        assert self._socket
        self._socket.send(json.dumps(event))

    def message(self, user: int, words: str, group: int = 0, *, is_named: bool = True) -> Json:
        number = next(self._ids)
        said: list[Json] = [{"type": "text", "data": {"text": words}}]
        if group and is_named:
            said.insert(0, {"type": "at", "data": {"qq": str(SELF)}})
        return self._base() | {
            "post_type": "message",
            "message_type": "group" if group else "private",
            "sub_type": "normal" if group else "friend",
            "message_id": number,
            "user_id": user,
            "message": said,
            "raw_message": words,
            "font": 0,
            "sender": {"user_id": user, "nickname": "小王"},
            **({"group_id": group} if group else {}),
        }

    def says(self, event: Json, copies: int = 1) -> None:
        for _ in range(copies):
            self._send(event)

    def sent(self, quiet_s: float = 1.0, within_s: float = 30.0) -> list[str]:
        """What the robot sends until it is quiet; each call gets its answer."""
        assert self._socket
        told: list[str] = []
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            try:
                call = json.loads(self._socket.recv(timeout=quiet_s if told else within_s))
            except TimeoutError:
                break
            self.calls.append(call)
            answer = {"status": "ok", "retcode": 0, "data": self.outcome(call["action"])}
            self._socket.send(json.dumps(answer | {"message": "", "echo": call.get("echo")}))
            if "message" in call.get("params", {}):
                told.append(_words(call["params"]["message"]))
        return told

    def outcome(self, action: str) -> Json:
        is_login = action == "get_login_info"
        return {"user_id": SELF} if is_login else {"message_id": next(self._ids)}


class OneBot12(OneBot):
    """Version 12: another form of events, and `send_message` for `send_msg`."""

    def headers(self) -> dict[str, str]:
        return {"Sec-WebSocket-Protocol": "12.loopback"}

    def greeting(self) -> Iterable[Json]:
        version = {"impl": "loopback", "version": "1", "onebot_version": "12"}
        me = {"self": {"platform": "qq", "user_id": str(SELF)}, "online": True}
        status = {"good": True, "bots": [me]}
        meta = {"type": "meta", "sub_type": ""}
        yield meta | {"detail_type": "connect", "version": version}
        yield meta | {"detail_type": "status_update", "status": status}

    def _base(self) -> Json:
        return {"id": f"event{next(self._ids)}", "time": time.time()}

    def message(self, user: int, words: str, group: int = 0, *, is_named: bool = True) -> Json:
        said: list[Json] = [{"type": "text", "data": {"text": words}}]
        if group and is_named:
            said.insert(0, {"type": "mention", "data": {"user_id": str(SELF)}})
        return self._base() | {
            "self": {"platform": "qq", "user_id": str(SELF)},
            "type": "message",
            "detail_type": "group" if group else "private",
            "sub_type": "",
            "message_id": f"m{next(self._ids)}",
            "message": said,
            "alt_message": words,
            "user_id": str(user),
            **({"group_id": str(group)} if group else {}),
        }

    def outcome(self, action: str) -> Json:
        assert action == "send_message"
        return {"message_id": f"m{next(self._ids)}", "time": time.time()}


def _words(message: Any) -> str:
    if isinstance(message, str):
        return message
    return "".join(part["data"].get("text", "") for part in message)
