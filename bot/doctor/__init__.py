"""Examine everything that the bot depends on, without changing anything (`zhuce doctor`).

Each examination returns findings in Chinese for the operator: what was found and, if something is
wrong, how to fix it.  An examination never raises: what it cannot find out is a finding too.
"""

from bot.doctor.examine import examine
from bot.plugins.finding import Finding, State

__all__ = ["Finding", "State", "examine"]
