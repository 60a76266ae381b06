"""Describe where a reply goes in WeCom; stored beside the reply, it survives a crash."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Self

from bot.core.model.update import ConversationKey

APP, ROBOT = "wecom", "wecom_robot"
"""The platforms: people of one are not those of the other."""
_IN_GROUP, _ALONE = "g", "p"


@dataclass(frozen=True, slots=True)
class Route:
    """The way back to one person in one chat."""

    chat: str
    """The group, or the person alone: what is held back or given up for one says nothing of others.
    """
    user: str
    is_group: bool = False
    request: str = ""
    """The request that a robot's answer belongs to; of use on the connection that brought it."""

    @property
    def place(self) -> str:
        return self.chat

    @property
    def asked(self) -> None:
        """Return nothing: messages of ours have no ids that could be used."""
        return

    @property
    def is_paced(self) -> bool:
        return self.is_group

    @property
    def is_outside(self) -> bool:
        return False

    def moved_to(self, chat: Hashable) -> Self:
        """Chats never get another id.

        Raises:
            TypeError: always.
        """
        raise TypeError(f"WeCom moves no chats, and none to {chat!r}")

    def in_reply_to(self, message: int) -> Self:  # noqa: ARG002  there are no replies to messages
        return self

    def afresh(self) -> Self:
        return self

    def as_text(self) -> str:
        return f"{_IN_GROUP if self.is_group else _ALONE}{self.request}"


def read_route(key: ConversationKey, text: str) -> Route:
    """Invert `Route.as_text`.

    Raises:
        ValueError: the text was not made by it.
    """
    kind, request = text[:1], text[1:]
    if kind not in (_IN_GROUP, _ALONE):
        raise ValueError(text)
    is_group = kind == _IN_GROUP
    return Route(key.chat if is_group else key.user, key.user, is_group, request)
