"""Read what a message replies to: the message, the part that is quoted, one of another chat."""

from __future__ import annotations

from typing import cast

from bot.adapters.telegram.incoming.update_types import Message
from bot.adapters.telegram.ports import BotIdentity
from bot.core.model.update import Quoted


def quoted_by(message: Message, me: BotIdentity) -> Quoted | None:
    """Return what a message replies to; `None` if that is nothing with words.

    In a topic every message "replies" to the one that opened it; that does not count.  Of a message
    in another chat (`external_reply`) only the quoted part is told.
    """
    part = message.quote.text if message.quote is not None else ""
    replied = _replied(message)
    if replied is None or replied.forum_topic_created is not None:
        return Quoted(part) if part else None
    words = replied.text or replied.caption or _rich_words(replied) or part
    is_part = bool(part) and part != words
    return Quoted(words, part if is_part else "", _is_ours(replied, me)) if words else None


def _replied(message: Message) -> Message | None:
    """Return the message replied to; in place of "somebody pinned a message" the pinned one."""
    replied = message.reply_to_message
    pinned = replied.pinned_message if replied is not None else None
    return cast("Message", pinned) if getattr(pinned, "from_user", None) else replied


def is_reply_to_us(message: Message, me: BotIdentity) -> bool:
    """Return whether it replies to a message that the bot sent here."""
    replied = message.reply_to_message
    if replied is None or replied.forum_topic_created is not None:
        return False
    return replied.from_user is not None and replied.from_user.id == me.id


def _is_ours(replied: Message, me: BotIdentity) -> bool:
    authors = (replied.from_user, replied.via_bot)
    return any(author is not None and author.id == me.id for author in authors)


def _rich_words(replied: Message) -> str:
    """Return the paragraphs of a rich message (Bot API 10.1), which has no text."""
    rich = getattr(replied, "rich_message", None)
    blocks = getattr(rich, "blocks", None) or ()
    texts = (getattr(block, "text", None) for block in blocks)
    return "\n".join(text for text in texts if isinstance(text, str))
