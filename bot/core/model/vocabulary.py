"""Declare the slots of a pack: their names, their possible values, and values with a role.

Every pack has at most four kinds of slots, each with one role: the place asked about, the service
wanted, the aspect of it, and a subject other than the pack's own.  A pack gives them names of its
own for its files and for JSON; the program uses the internal names below, with which sessions and
replies are stored.  What a newcomer would get wrong: slots with the role `DETAIL` have the pack's
own names internally as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

PLACE, SERVICE, ASPECT, SUBJECT = "region", "registration", "aspect", "certificate"
"""The internal names of slots, by role."""


class Role(StrEnum):
    """What a slot is for; pack.yaml names the slots and gives the role of each."""

    PLACE = "place"
    """Where; its values are the pack's regions, and another place's answer is never given."""
    SERVICE = "service"
    """What is to be done: one of the services that the pack knows."""
    ASPECT = "aspect"
    """What is asked about the service: papers, fees, the procedure."""
    SUBJECT = "subject"
    """Another subject than the pack's: understood, and declined as not covered."""
    DETAIL = "detail"
    """A kind of thing or person; distinguished like services, and asked for after them."""


INSIDE: Mapping[Role, str] = {
    Role.PLACE: PLACE,
    Role.SERVICE: SERVICE,
    Role.ASPECT: ASPECT,
    Role.SUBJECT: SUBJECT,
}
"""Maps a role to the internal name of its slot."""
_INSIDE = frozenset(INSIDE.values())


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The slots of one pack."""

    names: Mapping[str, str] = field(default_factory=dict)
    """Maps the internal name of each slot to the pack's, in the pack's order."""
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Maps the internal name of a slot to its possible words, in the pack's order.

    Places and other subjects are not included: regions and boundary entries list them.
    """
    portal: str = ""
    """The aspect that asks for the website of the service: its entries differ by place."""
    materials: str = ""
    """The aspect that asks for papers."""
    undated: tuple[str, ...] = ()
    """Aspects for which no date is worked out."""
    substitutes: Mapping[str, str] = field(default_factory=dict)
    """Maps an aspect to the one that replaces it where the first has no entry."""
    idle: tuple[str, ...] = ()
    """Words that add nothing to the subject, because every question is about them."""
    authorities: tuple[str, ...] = ()
    """Words that name whom to ask; an answer that has one of them says it already."""
    own: tuple[str, ...] = ()
    """Words that speak of the subject without naming it; beside one, `Term.objects` count not."""
    elsewhere: str = ""
    """The word for another place; taken as said by who comes from one and wants another."""
    sites: tuple[str, ...] = ()
    """Words for what is done at a place without belonging to it: a job that one is sent to."""
    actors: tuple[str, ...] = ()
    """Words for those who may do something to the asker: the employer, the office."""
    asides: tuple[str, ...] = ()
    """Other subjects that a letter may mention in passing, such as a loan to be paid back."""

    @property
    def details(self) -> tuple[str, ...]:
        """Return the slots with the role `DETAIL`."""
        return tuple([kind for kind in self.names if kind not in _INSIDE])

    @property
    def judged(self) -> tuple[str, ...]:
        """Return the slots in which an entry and the words can contradict each other."""
        return (SERVICE, ASPECT, *self.details)

    def named(self, slots: Mapping[str, str]) -> dict[str, str]:
        """Return slots under the pack's own names, for JSON and people."""
        return {self.names.get(kind, kind): value for kind, value in slots.items()}


NO_VOCABULARY = Vocabulary()
"""The vocabulary of a pack that declares no slots."""
