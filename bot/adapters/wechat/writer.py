"""Write a reply as the one text that an official account can answer with.

A text that is too long ends at the border of a block, and a line leads to a page that has all of
it.  The choices stay, as they are answered by number.
"""

from __future__ import annotations

from collections.abc import Callable

from bot.adapters.delivery.splitting import GAP
from bot.adapters.tencent.full_text import Names
from bot.adapters.tencent.pages import pages_of, shortened, size, texts_of
from bot.core.model.pack import Pack
from bot.core.model.reply import Reply
from bot.core.model.update import Update

MOST_BYTES = 2048
"""Of one text in UTF-8.  WeCom's page says so of the same XML
(https://developer.work.weixin.qq.com/document/path/90241); WeChat's names no figure.
"""


class Writer:
    """Writes texts for one account."""

    def __init__(self, pack: Callable[[], Pack], names: Names, full_text_url: str) -> None:
        """Take `full_text_url` as the address that the name of an update completes."""
        self._pack, self._names, self._full_text_url = pack, names, full_text_url

    def phrase(self, key: str) -> str:
        """Return one of the bot's own phrases."""
        return self._pack().phrase(key)

    def pages(self, reply: Reply) -> list[str]:
        """Return the reply whole, in as many texts as it takes."""
        return pages_of(texts_of(reply.parts), MOST_BYTES)

    def write(self, update: Update, reply: Reply) -> str:
        """Return the reply as one text; empty if there is nothing to say."""
        whole = GAP.join(texts_of(reply.parts))
        if size(whole) <= MOST_BYTES:
            return whole
        url = self._full_text_url + self._names.write(update.key, update.id)
        return shortened(reply.parts, f"{self.phrase('full_text')}：{url}", MOST_BYTES)
