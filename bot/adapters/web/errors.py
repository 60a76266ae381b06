"""Refuse requests in one form with one sentence in Chinese.

The sentence is shown to people as it is; `detail` is for those who write clients.  The content of
the request is never repeated: it may be private, or not representable in JSON (lone surrogates,
NaN).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any, cast

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

_SENTENCES = {
    400: "请求内容读不出来，请发送 UTF-8 编码的 JSON。",
    401: "这个会话编号没有签名。请先用 POST /api/v1/conversations 领取编号，或者带上密钥。",
    404: "没有这个地址。",
    405: "这个地址不支持这种请求方法。",
    408: "请求来得太慢，连接已经关闭。请重试。",
    413: "内容太长，请缩短以后再发。",
    431: "请求的地址和请求头太长。",
    500: "服务出错了，错误已经记录。请稍后重试。",
    503: "服务暂时连不上存储，这条消息还没有处理。请稍后重试。",
}

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


_BUSY = "现在消息太多，这条还没有处理。请过几秒再试。"
_TOO_MANY_AT_ONCE = "您同时发来的消息太多，这条还没有处理。请过几秒再试。"


class Json(JSONResponse):
    """JSON in UTF-8; a character that UTF-8 cannot encode becomes a question mark."""

    def render(self, content: Any) -> bytes:
        text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text.encode("utf-8", "replace")


def refuse(
    status: int,
    message: str | None = None,
    detail: Any = None,
    headers: Mapping[str, str] | None = None,
) -> Json:
    sentence = message or _SENTENCES.get(status, "这个请求没有办成。")
    return Json({"error": {"message": sentence}, "detail": detail}, status, headers)


def add_refusals(app: FastAPI) -> None:
    app.add_exception_handler(HTTPException, _refuse_http)
    app.add_exception_handler(RequestValidationError, _refuse_form)
    app.add_exception_handler(StoreUnavailable, _refuse_for_now)
    app.add_exception_handler(BusyError, _refuse_busy)
    app.add_exception_handler(ClientDisconnect, _say_nothing)
    app.add_exception_handler(Exception, _refuse_fault)


async def _refuse_http(_: Request, error: Exception) -> Json:
    found = cast("HTTPException", error)
    return refuse(found.status_code, detail=found.detail, headers=found.headers)


async def _refuse_form(_: Request, error: Exception) -> Json:
    faults = cast("RequestValidationError", error).errors()
    sentence = "请求的格式不对：" + "；".join(_fault_as_text(fault) for fault in faults) + "。"
    detail = [{name: fault[name] for name in ("loc", "msg", "type")} for fault in faults]
    return refuse(422, sentence, detail)


async def _refuse_for_now(_: Request, error: Exception) -> Json:
    log.warning("a request was not answered, the store is out: %s", error)
    return refuse(503, headers={"Retry-After": str(RETRY_AFTER_S)})


async def _refuse_busy(_: Request, error: Exception) -> Json:
    headers = {"Retry-After": str(BUSY_RETRY_AFTER_S)}
    if cast("BusyError", error).is_theirs:
        return refuse(429, _TOO_MANY_AT_ONCE, headers=headers)
    return refuse(503, _BUSY, headers=headers)


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


def _place(loc: Sequence[str | int]) -> str:
    """Return the field that a fault is about; empty if it is the body as a whole."""
    return ".".join(str(step) for step in loc[1:] if isinstance(step, str))
