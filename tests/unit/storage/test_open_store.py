from __future__ import annotations

import subprocess
import sys

import pytest

from bot.errors import SettingsError
from bot.storage import open_store
from bot.storage.sqlite import read_address


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "url", ["mysql://host/db", "sqlite", "", "data/bot.db", "Sqlite:///a.db", "sqlite:/a.db"]
)
async def test_an_unknown_scheme_names_the_known_ones(url: str) -> None:
    with pytest.raises(SettingsError, match=r"BOT_STORE.*memory://、sqlite://"):
        async with open_store(url):
            pass


@pytest.mark.asyncio
@pytest.mark.parametrize("url", ["mysql://me:hunter2@host/db", "mysql:me:hunter2@host"])
async def test_a_password_is_not_repeated(url: str) -> None:
    with pytest.raises(SettingsError) as caught:
        async with open_store(url):
            pass
    assert "hunter2" not in str(caught.value)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "url", ["memory://x", "sqlite://", "sqlite:///", "sqlite://data/bot.db", "sqlite:///a.db?x=1"]
)
async def test_a_wrong_rest_says_how_it_is_written(url: str) -> None:
    with pytest.raises(SettingsError, match=r"memory:// 后面不写|sqlite:///相对路径"):
        async with open_store(url):
            pass


@pytest.mark.parametrize(
    ("address", "path", "mode"),
    [
        ("/data/bot.db", "data/bot.db", "NORMAL"),
        ("//var/lib/bot.db", "/var/lib/bot.db", "NORMAL"),
        ("/数据 库/a#b.db", "数据 库/a#b.db", "NORMAL"),
        ("/bot.db?synchronous=normal", "bot.db", "NORMAL"),
        ("/bot.db?synchronous=full", "bot.db", "FULL"),
    ],
)
def test_an_address_is_a_path_and_a_mode(address: str, path: str, mode: str) -> None:
    found, found_mode = read_address(address)
    assert (str(found), found_mode) == (path, mode)


def test_a_memory_store_loads_no_database_driver() -> None:
    program = (
        "import asyncio, sys, bot.storage\n"
        "async def main():\n"
        "    async with bot.storage.open_store('memory://'): pass\n"
        "asyncio.run(main())\n"
        "print([name for name in ('sqlalchemy', 'sqlite3') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
