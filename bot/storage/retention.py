"""State how long records are kept; the stores and the journal delete what is older.

The life of a session is a rule of the conversation: `bot.core.model.session.SESSION_LIFE`.
"""

from __future__ import annotations

from datetime import timedelta

CLAIM_LIFE = timedelta(hours=48)
"""How long a claim and its reply are stored.  Telegram repeats an update for up to 24 hours
(https://core.telegram.org/bots/api#getting-updates); the second day is for a clock that jumps.
"""
WORDS_LIFE = timedelta(days=30)
"""How long the journal keeps the scrubbed words of what was not answered, or badly."""
COUNTS_LIFE = timedelta(days=366)
"""How long the journal keeps counts.  They name nobody; after a year seasons can be compared."""
