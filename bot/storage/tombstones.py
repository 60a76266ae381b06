"""Remember that an update was answered, and nothing else of it, once its person is forgotten.

Platforms deliver an update again for a day; without a trace of it a person who had everything
deleted would be answered anew, and stored anew.
"""

from __future__ import annotations

from hashlib import blake2b

from bot.core.model.update import ConversationKey
from bot.core.ports import FORGOTTEN, Applied

REPEAT_OF_FORGOTTEN = Applied(FORGOTTEN, version=1, is_repeat=True, is_sent=True)


def tombstone(key: ConversationKey, update_id: str) -> str:
    """Return a hash of the update's name; only who knows the whole name can look for it."""
    name = "\0".join((key.platform, key.user, key.chat, update_id))
    return blake2b(name.encode(), digest_size=16).hexdigest()
