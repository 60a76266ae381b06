"""Set the account's menu to the commands; verified accounts only.

Keys are what a person would type (https://developers.weixin.qq.com/doc/service/api/custommenu/
api_createcustommenu.html: three entries of at most four Chinese characters, five below each).
"""

from __future__ import annotations

from bot.adapters.vendors.calls import Caller, Json
from bot.core.model.pack import Pack

_CREATE = "/cgi-bin/menu/create"
_PLACE = ("menu_where", "/portal")
_WORK = (("menu_papers", "/materials"), ("menu_steps", "/steps"), ("menu_deadline", "/deadline"))
_MORE = (("menu_help", "/help"), ("menu_sources", "/sources"), ("menu_privacy", "/privacy"))


async def set_menu(caller: Caller, pack: Pack) -> None:
    """Replace the menu.  Raises as the caller."""

    def entry(name: str, command: str) -> Json:
        return {"type": "click", "name": pack.phrase(name), "key": command}

    below = [
        {"name": pack.phrase("menu_work"), "sub_button": [entry(*one) for one in _WORK]},
        {"name": pack.phrase("menu_more"), "sub_button": [entry(*one) for one in _MORE]},
    ]
    await caller.post(_CREATE, {"button": [entry(*_PLACE), *below]})
