"""Adapters are found by their entry points; one that cannot be used is told with its package."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import BaseModel, Field, SecretStr

from bot import settings as settings_module
from bot.app import check_settings
from bot.errors import PluginError, SettingsError
from bot.plugins import Adapter, Answering, Capabilities, registry
from bot.plugins.registry import GROUP, OURS, adapters
from bot.settings import as_toml, holds_secrets, in_force, load_settings, settings_model
from tests.conftest import KNOWLEDGE

PROJECT = tomllib.loads((KNOWLEDGE.parent / "pyproject.toml").read_text(encoding="utf-8"))


class ShopSettings(BaseModel):
    password: SecretStr | None = Field(default=None, description="密码")
    shelf: int = Field(default=1, ge=1, description="货架")


def shop(**changes: Any) -> Adapter[Any]:
    fields = {"name": "shop", "title": "商店", "settings": ShopSettings}
    more = {"capabilities": Capabilities(), "start": lambda *_: Answering()}
    return Adapter(**(fields | more | changes))


Install = Callable[..., None]


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Install packages, each with one entry point."""

    def forget() -> None:
        adapters.cache_clear()
        settings_model.cache_clear()

    def put(*found: Any, name: str = "shop") -> None:
        module = SimpleNamespace(**{f"a{n}": one for n, one in enumerate(found)})
        monkeypatch.setitem(sys.modules, "shop_of_tests", module)  # type: ignore[arg-type]
        points = [EntryPoint(name, f"shop_of_tests:a{n}", GROUP) for n in range(len(found))]
        monkeypatch.setattr(registry, "entry_points", lambda group: points)
        forget()

    yield put
    monkeypatch.undo()
    forget()


def test_ours_are_entry_points_like_any_other() -> None:
    assert PROJECT["project"]["entry-points"][GROUP] == OURS
    assert set(OURS) <= set(adapters())


def test_settings_of_an_installed_adapter_are_read_shown_and_checked(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter = shop()
    install(adapter)
    monkeypatch.setenv("BOT_SHOP__PASSWORD", "canary-canary")
    monkeypatch.setenv("BOT_SHOP__SHELF", "3")
    settings = load_settings()
    assert settings.of(adapter).shelf == 3
    assert dict(in_force(settings))["BOT_SHOP__PASSWORD"] == "（已设置，不显示）"
    assert "canary-canary" in settings.secrets()
    monkeypatch.setenv("BOT_SHOP__SHELF", "0")
    with pytest.raises(SettingsError, match=r"BOT_SHOP__SHELF.*货架"):
        load_settings()
    monkeypatch.setenv("BOT_SHOP__SHELV", "3")
    with pytest.raises(SettingsError, match="是不是想写 BOT_SHOP__SHELF？"):
        load_settings()


def test_a_file_has_a_table_for_an_installed_adapter(install: Install, tmp_path: Path) -> None:
    adapter, file = shop(), tmp_path / "zhuce.toml"
    install(adapter)
    file.write_text('[shop]\npassword = "canary-canary"\nshelf = 3\n', encoding="utf-8")
    settings = load_settings(file)
    assert settings.of(adapter).shelf == 3
    assert "canary-canary" in settings.secrets()
    assert holds_secrets(file)
    example = "\n".join(as_toml())
    assert '[shop]\n# 密码\n# password = ""\n\n# 货架\n# shelf = 1\n' in example
    file.write_text("[shop]\nshelf = 0\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"里的 shop\.shelf.*货架"):
        load_settings(file)
    file.write_text("[shop]\nshelv = 3\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"里的 shop\.shelv.*是不是想写 shop\.shelf？"):
        load_settings(file)


def test_a_check_of_the_settings_says_what_an_adapter_lacks(install: Install) -> None:
    def start(*_: object) -> None:
        raise SettingsError("BOT_SHOP__PASSWORD", None, "要有密码")

    install(shop(start=start))
    with pytest.raises(SettingsError, match="BOT_SHOP__PASSWORD"):
        check_settings(load_settings())


def test_a_wrong_secret_of_an_adapter_is_not_repeated(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Strict(BaseModel):
        password: SecretStr | None = Field(default=None, min_length=8, description="密码")

    install(shop(settings=Strict))
    monkeypatch.setenv("BOT_SHOP__PASSWORD", "canary")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert "canary" not in str(caught.value)


class Required(BaseModel):
    shelf: int = Field(description="货架")


class Undescribed(BaseModel):
    shelf: int = 1


@pytest.mark.parametrize(
    ("found", "told"),
    [
        pytest.param([object()], "不是 bot.plugins.Adapter", id="none"),
        pytest.param([shop(name="stall")], "要相同", id="another name"),
        pytest.param([shop(), shop()], "也叫这个名字", id="two of one name"),
        pytest.param([shop(settings=Required)], "要有默认值", id="a setting without default"),
        pytest.param([shop(settings=Undescribed)], "description", id="an undescribed setting"),
    ],
)
def test_an_adapter_that_cannot_be_used_is_told(
    install: Install, found: list[Any], told: str
) -> None:
    install(*found)
    with pytest.raises(PluginError, match=told) as caught:
        load_settings()
    assert caught.value.name == "shop"


def test_an_adapter_may_not_take_a_name_of_the_program(install: Install) -> None:
    install(shop(name="http"), name="http")
    with pytest.raises(PluginError, match="BOT_HTTP"):
        load_settings()


def test_one_that_cannot_be_imported_is_told_with_its_error(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    install()
    points = [EntryPoint("shop", "no_such_module_at_all:ADAPTER", GROUP)]
    monkeypatch.setattr(registry, "entry_points", lambda group: points)
    with pytest.raises(PluginError, match="no_such_module_at_all"):
        settings_module.load_settings()
