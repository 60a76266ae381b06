"""Load the plugin once, with a store in memory, as a project of NoneBot does."""

from __future__ import annotations

import nonebot
import pytest
from nonebot.adapters.onebot.v11 import Adapter
from nonebug import NONEBOT_INIT_KWARGS


def pytest_configure(config: pytest.Config) -> None:
    config.stash[NONEBOT_INIT_KWARGS] = {"zhuce_store": "memory://", "log_level": "WARNING"}


@pytest.fixture(scope="session", autouse=True)
def after_nonebot_init(_nonebot_init: None) -> None:
    """Stand in for the fixture of nonebug that is there for this."""
    nonebot.get_driver().register_adapter(Adapter)
    assert nonebot.load_plugin("nonebot_plugin_zhuce")
