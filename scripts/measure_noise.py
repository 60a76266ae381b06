"""Ask every question of the pack with every kind of noise, and print what was lost (`make noise`).

Takes some minutes.  Ends with 1 if a class is below the floor of the tests, or if any question gets
the portal of a region that it does not name.
"""

from __future__ import annotations

import sys
from random import Random

from bot.app import load_brain
from tests import noise
from tests.noisy import FLOOR, Asker, every_ask, share

SHOWN = 12
"""Number of lost questions that are printed for each class."""


def main() -> int:
    brain = load_brain(None)
    asker = Asker(brain.pack, brain.understander)
    is_well = True
    for name in noise.CLASSES:
        outcomes = list(asker.outcomes(name, every_ask(brain.pack)))
        lost = [outcome for outcome in outcomes if not outcome.is_found]
        wrong = [o for o in lost if asker.strays(brain.pack.entries[o.entry], o.ask, o.reply)]
        is_well = is_well and share(outcomes) >= FLOOR and not wrong
        told = f"{share(outcomes):.3f} found, {len(wrong)} wrong portals"
        print(f"{name:14} {len(outcomes):5} asked, {told}", flush=True)
        for outcome in (*wrong, *Random(1).sample(lost, min(SHOWN, len(lost)))):
            print(f"    {outcome}")
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main())
