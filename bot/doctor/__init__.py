"""`zhuce doctor`: looks at everything that the bot depends on, changes nothing.

Each examination returns findings in Chinese for the operator: what was found and, where something
is wrong, how to mend it.  An examination never raises: what it cannot find out is a finding too.
"""

from bot.doctor.examine import examine
from bot.doctor.finding import Finding, State

__all__ = ["Finding", "State", "examine"]
