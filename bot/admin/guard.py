"""Stand before every page and form of the console: session, token, number of requests.

What a newcomer would get wrong: a handler is called only for somebody inside, and a handler of a
form only with the token of that very session; it never has to ask again.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from bot.adapters.web.callers import address_of
from bot.admin.door import WRONG_PAUSE_S, Door, Visitor
from bot.admin.pages import base_of, page

COOKIE = "zhuce_console"
HEADER = "x-form-token"
LONGEST_LOGIN = 4096
LONGEST_NAME = 30
Form = Mapping[str, str]
Look = Callable[[Request, Visitor], Awaitable[Response]]
Act = Callable[[Request, Visitor, Form], Awaitable[Response]]


@dataclass(frozen=True)
class Guard:
    """Wraps handlers, and handles the login itself."""

    door: Door

    def looks(self, look: Look) -> Callable[[Request], Awaitable[Response]]:
        """Return the handler of a page."""

        async def handle(request: Request) -> Response:
            visitor = self._visitor(request)
            if visitor is None or not visitor.is_inside:
                return self._to_login(request)
            return await look(request, visitor)

        return handle

    def acts(self, act: Act) -> Callable[[Request], Awaitable[Response]]:
        """Return the handler of a form, or of a request of the script, which bears the token."""

        async def handle(request: Request) -> Response:
            visitor = self._visitor(request)
            if visitor is None or not visitor.is_inside:
                return self._refuse(request, 401, "请先用密钥登录。")
            if wait_s := self.door.busy_s(visitor):
                return self._refuse(request, 429, "请求太多了，请稍等。", wait_s)
            form = await _form(request)
            given = request.headers.get(HEADER) or form.get("token", "")
            if not self.door.has_token(visitor, given):
                return self._refuse(request, 403, "这个页面已经过期，什么都没有做。请刷新后再试。")
            return await act(request, visitor, form)

        return handle

    async def get_login(self, request: Request) -> Response:
        visitor = self._visitor(request)
        if visitor is not None and visitor.is_inside:
            return RedirectResponse(base_of(request), 303)
        return self._login_page(request, visitor or self.door.visit(), "")

    async def post_login(self, request: Request) -> Response:
        address = address_of(request.scope)
        visitor = self._visitor(request)
        if wait_s := self.door.wait_s(address):
            minutes = math.ceil(wait_s / 60)
            said = f"密钥错了太多次，请 {minutes} 分钟后再试。"
            return self._login_page(request, visitor or self.door.visit(), said, 429, wait_s)
        if int(request.headers.get("content-length") or LONGEST_LOGIN + 1) > LONGEST_LOGIN:
            return self._refuse(request, 413, "内容太长。")
        form = await _form(request)
        if visitor is None or not self.door.has_token(visitor, form.get("token", "")):
            said = "登录页面已经过期，请再试一次。"
            return self._login_page(request, self.door.visit(), said, 403)
        name = "".join(c for c in form.get("name", "") if c.isprintable()).strip()[:LONGEST_NAME]
        if not self.door.is_key(form.get("key", "")):
            self.door.count_wrong(address)
            await asyncio.sleep(WRONG_PAUSE_S)
            return self._login_page(request, visitor, "密钥不对。", 403)
        if not name:
            return self._login_page(request, visitor, "请写上名字：改动会记在这个名字下。", 422)
        answer = RedirectResponse(base_of(request), 303)
        self._keep(request, answer, self.door.visit(name))
        return answer

    async def leave(self, request: Request, visitor: Visitor, _: Form) -> Response:
        self.door.end(visitor)
        answer = RedirectResponse(f"{base_of(request)}/login", 303)
        answer.delete_cookie(COOKIE, path=base_of(request))
        return answer

    def _visitor(self, request: Request) -> Visitor | None:
        return self.door.open(request.cookies.get(COOKIE, ""))

    def _keep(self, request: Request, answer: Response, visitor: Visitor) -> None:
        answer.set_cookie(
            COOKIE,
            self.door.seal(visitor),
            path=base_of(request),
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="strict",
        )

    def _login_page(
        self, request: Request, visitor: Visitor, said: str, status: int = 200, wait_s: float = 0
    ) -> Response:
        values = {"token": self.door.token(visitor), "said": said}
        answer = page(request, "login.html", values, status)
        if wait_s:
            answer.headers["Retry-After"] = str(math.ceil(wait_s))
        self._keep(request, answer, visitor)
        return answer

    def _to_login(self, request: Request) -> Response:
        return RedirectResponse(f"{base_of(request)}/login", 303)

    def _refuse(self, request: Request, status: int, said: str, wait_s: float = 0) -> Response:
        headers = {"Retry-After": str(math.ceil(wait_s))} if wait_s else {}
        if HEADER in request.headers:
            return JSONResponse({"said": said}, status, headers)
        answer = page(request, "refused.html", {"said": said}, status)
        answer.headers.update(headers)
        return answer


async def _form(request: Request) -> Form:
    """Return the fields of a form; what is no UTF-8 is replaced."""
    body = (await request.body()).decode("utf-8", "replace")
    return dict(parse_qsl(body, keep_blank_values=True))
