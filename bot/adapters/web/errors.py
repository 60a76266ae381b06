"""Refuse requests in one form, the problem details of RFC 9457, in Chinese and in English.

`detail` is shown to people as it is; `errors` is for those who write clients.  The content of the
request is never repeated: it may be private, or not representable in JSON (lone surrogates, NaN).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, NamedTuple, cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from bot.adapters.web.fair_turns import BusyError
from bot.adapters.web.middleware import SECURITY_HEADERS
from bot.errors import StoreUnavailable

log = logging.getLogger(__name__)

RETRY_AFTER_S = 5
BUSY_RETRY_AFTER_S = 2
"""All places are free again in half a second, unless more come."""


class Sentence(NamedTuple):
    """The same in both languages; the Chinese one is shown to people as it is."""

    zh: str
    en: str


_SENTENCES = {
    400: Sentence(
        "请求内容读不出来，请发送 UTF-8 编码的 JSON。",
        "The body cannot be read; send JSON in UTF-8.",
    ),
    401: Sentence(
        "这个会话编号没有签名。请先用 POST /api/v1/conversations 领取编号，或者带上密钥。",
        "This conversation id is not signed; get one by POST /api/v1/conversations, "
        "or send the key.",
    ),
    404: Sentence("没有这个地址。", "There is nothing at this address."),
    405: Sentence("这个地址不支持这种请求方法。", "This address does not take this method."),
    408: Sentence(
        "请求来得太慢，连接已经关闭。请重试。",
        "The request came too slowly, and the connection is closed; try again.",
    ),
    413: Sentence("内容太长，请缩短以后再发。", "The body is too long; shorten it."),
    431: Sentence("请求的地址和请求头太长。", "Address and headers are too long."),
    500: Sentence(
        "服务出错了，错误已经记录。请稍后重试。",
        "The server made a mistake, which was logged; try again later.",
    ),
    503: Sentence(
        "服务暂时连不上存储，这条消息还没有处理。请稍后重试。",
        "The store cannot be reached, and this was not processed; try again later.",
    ),
}
_OTHER = Sentence("这个请求没有办成。", "The request was not carried out.")

_FAULTS = {
    "missing": "缺少",
    "exactly_one": "text 和 press 必须给出其中一个，不能都给，也不能都不给",
    "string_type": "必须是字符串",
    "string_too_long": "太长，最多 {max_length} 个字符",
    "string_too_short": "不能为空",
    "string_pattern_mismatch": "只能用可以显示的字符",
    "string_unicode": "含有不完整的字符",
    "json_invalid": "不是有效的 JSON",
    "model_attributes_type": "必须是 JSON 对象，并且请求带有 Content-Type: application/json",
}


_BUSY = Sentence(
    "现在消息太多，这条还没有处理。请过几秒再试。",
    "Too many messages wait, and this was not processed; try again in a few seconds.",
)
_TOO_MANY_AT_ONCE = Sentence(
    "您同时发来的消息太多，这条还没有处理。请过几秒再试。",
    "You sent too much at once, and this was not processed; try again in a few seconds.",
)
PROBLEM = "application/problem+json"


class Json(JSONResponse):
    """JSON in UTF-8; a character that UTF-8 cannot encode becomes a question mark."""

    def render(self, content: Any) -> bytes:
        text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text.encode("utf-8", "replace")


class ReadyJson(Json):
    """JSON that is made already."""

    def render(self, content: bytes) -> bytes:
        return content


def refuse(
    status: int,
    sentence: Sentence | None = None,
    faults: Sequence[Mapping[str, Any]] = (),
    headers: Mapping[str, str] | None = None,
) -> Json:
    """Return a problem in the form of RFC 9457; `faults` say what is wrong with the request."""
    said = sentence or _SENTENCES.get(status, _OTHER)
    problem = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": said.zh,
        "detail_en": said.en,
        "errors": list(faults),
    }
    return Json(problem, status, headers, PROBLEM)


def add_refusals(app: FastAPI) -> None:
    for kind in (HTTPException, StoreUnavailable, BusyError):
        app.add_exception_handler(kind, _refuse)
    app.add_exception_handler(RequestValidationError, _refuse_form)
    app.add_exception_handler(ClientDisconnect, _say_nothing)
    app.add_exception_handler(Exception, _refuse_fault)


def refusal_of(error: Exception) -> Json | None:
    """Return what answers a request that ended in this error; `None` if it is a fault of ours."""
    match error:
        case HTTPException():
            return refuse(error.status_code, headers=error.headers)
        case StoreUnavailable():
            log.warning("a request was not answered, the store is out: %s", error)
            return refuse(503, headers={"Retry-After": str(RETRY_AFTER_S)})
        case BusyError():
            headers = {"Retry-After": str(BUSY_RETRY_AFTER_S)}
            if error.is_theirs:
                return refuse(429, _TOO_MANY_AT_ONCE, headers=headers)
            return refuse(503, _BUSY, headers=headers)
        case _:
            return None


async def _refuse(_: Request, error: Exception) -> Json:
    return refusal_of(error) or refuse(500)


async def _refuse_form(_: Request, error: Exception) -> Json:
    faults = cast("RequestValidationError", error).errors()
    zh = "请求的格式不对：" + "；".join(_fault_as_text(fault) for fault in faults) + "。"
    en = "The form of the request is wrong: " + "; ".join(map(_fault_in_english, faults)) + "."
    errors = [{name: fault[name] for name in ("loc", "msg", "type")} for fault in faults]
    return refuse(422, Sentence(zh, en), errors)


async def _say_nothing(_: Request, __: Exception) -> Response:
    """End a request whose sender has gone or was too slow; nobody reads this, and no log should."""
    return Response(status_code=400)


async def _refuse_fault(_: Request, __: Exception) -> Json:
    """Answer 500; Starlette sends it outside every middleware, hence the headers, and logs it."""
    return refuse(500, headers=SECURITY_HEADERS)


def _fault_as_text(fault: Mapping[str, Any]) -> str:
    known = _FAULTS.get(fault["type"])
    what = known.format_map(fault.get("ctx", {})) if known else str(fault["msg"])
    return " ".join(part for part in (_place(fault["loc"]), what) if part)


def _fault_in_english(fault: Mapping[str, Any]) -> str:
    return " ".join(part for part in (_place(fault["loc"]), str(fault["msg"])) if part)


def _place(loc: Sequence[str | int]) -> str:
    """Return the field that a fault is about; empty if it is the body as a whole."""
    return ".".join(str(step) for step in loc[1:] if isinstance(step, str))
