"""Put the addresses of the console together."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.admin.door import Door
from bot.admin.editing import Editing
from bot.admin.guard import Guard
from bot.admin.looking import Looking
from bot.admin.pages import PATH, assets
from bot.runtime.workplace import Workplace


def console_router(work: Workplace, key: str) -> APIRouter:
    """Return the console; `key` opens it, and every page but the login needs it."""
    guard = Guard(Door(key))
    look = Looking(work, guard)
    edit = Editing(look)
    router = APIRouter()
    pages = {
        "": look.overview,
        "/try": look.get_hit_test,
        "/gaps": look.gaps,
        "/feedback": look.feedback,
        "/due": look.due,
        "/knowledge": look.knowledge,
        "/entries/{id}": look.entry,
        "/procedures/{id}": look.procedure,
        "/procedures/{id}/drawing.svg": look.drawing,
        "/api/v1/pictures/{name:path}": look.picture,
        "/edit": edit.get_editor,
        "/changes": edit.changes,
        "/state": edit.state,
    }
    gets = {path: guard.looks(show) for path, show in pages.items()}
    forms = {
        "/logout": guard.leave,
        "/try": look.post_hit_test,
        "/draft": edit.begin,
        "/edit": edit.post_editor,
        "/check": edit.post_check,
        "/undo": edit.undo,
    }
    posts = {path: guard.acts(act) for path, act in forms.items()}
    gets |= {"/login": guard.get_login, "/static/{name}": _asset}
    posts |= {"/login": guard.post_login}
    for method, handlers in (("GET", gets), ("POST", posts)):
        for path, handle in handlers.items():
            router.add_route(f"{PATH}{path}", handle, methods=[method], include_in_schema=False)
    return router


async def _asset(request: Request) -> Response:
    found = assets().get(request.path_params["name"])
    if found is None:
        raise HTTPException(404)
    return found.response(request)
