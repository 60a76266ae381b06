"""What a pack's slots are called, what they may hold, and which values have a role of their own.

Every pack has four kinds of slots at most, each for one role: the place asked about, the service
wanted, the aspect of it, and another subject than the pack's own.  A pack gives them names of its
own for its files and for JSON; inside they bear the names below, which sessions and replies are
stored with.  What a newcomer would get wrong: the names of slots that only tell details (`DETAIL`)
are the pack's own, inside as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

PLACE, SERVICE, ASPECT, SUBJECT = "region", "registration", "aspect", "certificate"
"""The slots inside, by role."""


class Role(StrEnum):
    """What a slot is for; pack.yaml names the slots and says the role of each."""

    PLACE = "place"
    """Where: its values are the pack's regions, and answers of other places are never given."""
    SERVICE = "service"
    """What is to be done: which of the services that the pack knows."""
    ASPECT = "aspect"
    """What is asked about the service: papers, fees, the way."""
    SUBJECT = "subject"
    """Something else than the pack is about: understood, and declined as not covered."""
    DETAIL = "detail"
    """What kind of thing or person: told apart like services, and asked for after them."""


INSIDE: Mapping[Role, str] = {
    Role.PLACE: PLACE,
    Role.SERVICE: SERVICE,
    Role.ASPECT: ASPECT,
    Role.SUBJECT: SUBJECT,
}
"""What a slot of a role is called inside."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The slots of one pack."""

    names: Mapping[str, str] = field(default_factory=dict)
    """What a slot is called inside -> what the pack calls it; those it has, in its order."""
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What a slot is called inside -> the words it may hold, in the pack's order.

    Places and other subjects are not among them: regions and boundary entries are.
    """
    portal: str = ""
    """The aspect that asks for the door to the service: its entries differ by place."""
    materials: str = ""
    """The aspect that asks for papers."""
    undated: tuple[str, ...] = ()
    """Aspects that nobody wants a date worked out for."""
    substitutes: Mapping[str, str] = field(default_factory=dict)
    """An aspect -> the one that will do where the first has no entry."""
    idle: tuple[str, ...] = ()
    """Words that say nothing beside the subject, because everything here is about them."""

    @property
    def details(self) -> tuple[str, ...]:
        """The slots that tell details."""
        return tuple(kind for kind in self.names if kind not in INSIDE.values())

    @property
    def judged(self) -> tuple[str, ...]:
        """The slots in which an entry and what was said can contradict each other."""
        return (SERVICE, ASPECT, *self.details)

    @property
    def asked_for(self) -> tuple[str, ...]:
        """The slots that are asked for where they are open, in this order."""
        return (PLACE, SERVICE, *self.details)

    def named(self, slots: Mapping[str, str]) -> dict[str, str]:
        """Slots by the pack's own names, for JSON and people."""
        return {self.names.get(kind, kind): value for kind, value in slots.items()}


NO_VOCABULARY = Vocabulary()
"""That of a pack that declares no slots."""
