"""What is not installed is known without importing anything, and named with its remedy."""

from __future__ import annotations

import sys
import tomllib

import pytest

from bot import extras
from bot.errors import ExtraMissing
from bot.settings import Settings
from tests.conftest import KNOWLEDGE

PROJECT = tomllib.loads((KNOWLEDGE.parent / "pyproject.toml").read_text(encoding="utf-8"))
OPTIONAL = PROJECT["project"]["optional-dependencies"]


@pytest.fixture
def without_sql(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)


def test_every_extra_has_a_module_that_tells_of_it() -> None:
    assert set(extras.MODULES) == set(OPTIONAL) - {"all", "bench", "dev"}


def test_all_is_every_extra() -> None:
    [all_of_them] = OPTIONAL["all"]
    assert all_of_them == f"zhuce[{','.join(sorted(extras.MODULES))}]"


def test_with_sql_sessions_and_journal_are_files() -> None:
    settings = Settings()
    assert (settings.store, settings.journal) == (
        "sqlite:///data/bot.db",
        "sqlite:///data/journal.db",
    )


def test_without_sql_sessions_are_in_memory_and_there_is_no_journal(without_sql: None) -> None:
    settings = Settings()
    assert (settings.store, settings.journal) == ("memory://", None)


def test_what_was_chosen_counts_without_sql_too(
    without_sql: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_STORE", "sqlite:///elsewhere.db")
    assert Settings().store == "sqlite:///elsewhere.db"


def test_what_is_missing_is_named_with_its_remedy() -> None:
    with pytest.raises(ExtraMissing) as caught, extras.needing("sql", "SQL 存储"):
        raise ModuleNotFoundError(name="sqlalchemy")
    assert str(caught.value) == "SQL 存储没有安装（缺 sqlalchemy）：pip install 'zhuce[sql]'"
    assert isinstance(caught.value.__cause__, ModuleNotFoundError)
