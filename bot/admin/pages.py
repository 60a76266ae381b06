"""Render the pages: templates with every value escaped, under a policy that allows no inline code.

What a newcomer would get wrong: Jinja escapes by itself in these templates.  Only the HTML of
Telegram's own renderer goes in as it is, because that escapes what is said.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from bot.adapters.web.page import Asset, assets_of
from bot.runtime.explain import QUESTION_TYPES
from bot.runtime.report_text import STATUSES

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
PATH = "/admin"


@cache
def _templates() -> Environment:
    found = Environment(
        loader=PackageLoader("bot.admin"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals |= {"question_types": QUESTION_TYPES, "statuses": STATUSES}
    found.filters["as_html"] = Markup
    found.filters["as_json"] = lambda value: json.dumps(value, ensure_ascii=False)
    return found


def page(
    request: Request, template: str, values: Mapping[str, Any], status: int = 200
) -> HTMLResponse:
    """Return a page; `base` is the address of the console, wherever it is mounted."""
    text = _templates().get_template(template).render({"base": base_of(request), **values})
    headers = {"Content-Security-Policy": POLICY, "Cross-Origin-Opener-Policy": "same-origin"}
    return HTMLResponse(text, status, headers)


def base_of(request: Request) -> str:
    return str(request.scope.get("root_path", "")) + PATH


@cache
def assets() -> Mapping[str, Asset]:
    """Return the script and the style of the console; they tell nothing, so no key guards them."""
    return assets_of(__package__)
