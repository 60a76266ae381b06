"""Measure text in the units in which a platform limits it."""

from __future__ import annotations

from enum import Enum

_ASTRAL = "\U00010000"


class Units(Enum):
    """What the length of a message is counted in."""

    UTF16 = "UTF-16 units"
    """A character beyond the BMP counts twice."""
    BYTES = "bytes of UTF-8"
    CHARACTERS = "characters"

    def size(self, text: str) -> int:
        """Return the length of a text in these units."""
        match self:
            case Units.CHARACTERS:
                return len(text)
            case Units.BYTES:
                return len(text.encode("utf-8", "surrogatepass"))
            case Units.UTF16:
                return len(text) + sum(character >= _ASTRAL for character in _astral(text))

    def within(self, text: str, room: int) -> int:
        """Return how many characters from the start fit into `room` units."""
        if self is Units.CHARACTERS or (self is Units.UTF16 and not _astral(text)):
            return min(room, len(text))
        taken = 0
        for index, character in enumerate(text):
            taken += self.size(character)
            if taken > room:
                return index
        return len(text)


def _astral(text: str) -> str:
    """Return the text if a character of it is beyond the BMP, else nothing: a quick look."""
    return text if text and max(text) >= _ASTRAL else ""
