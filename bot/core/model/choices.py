"""The values of choices: what comes back when somebody presses one."""

from __future__ import annotations

CLEAR_CONTEXT = "context:clear"
"""The choice that forgets what was said before."""


CALCULATE = "d"
"""The kind of choice that works out a date: `d:<calculator>`, `d:<calculator>:<span>`, and with
`:ics` behind it the file for a calendar."""
