"""Translate click's own sentences into Chinese, with gettext, as click offers.

What a newcomer would get wrong: gettext takes the language from the environment and from nowhere
else, so it is set while a verb runs.  Messages of ours are Chinese whatever the machine speaks, and
click's stand among them.
"""

from __future__ import annotations

import contextlib
import gettext
import os
from collections.abc import Iterator
from pathlib import Path

DOMAIN = "click"
_LOCALES = Path(__file__).with_name("locale")
CATALOGUE = _LOCALES / "zh" / "LC_MESSAGES" / f"{DOMAIN}.mo"


@contextlib.contextmanager
def chinese() -> Iterator[None]:
    """Let gettext use this catalogue where no domain is named, as long as this lasts."""
    domain, language = gettext.textdomain(), os.environ.get("LANGUAGE")
    gettext.bindtextdomain(DOMAIN, str(_LOCALES))
    gettext.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = "zh"
    try:
        yield
    finally:
        gettext.textdomain(domain)
        if language is None:
            del os.environ["LANGUAGE"]
        else:
            os.environ["LANGUAGE"] = language
