"""Describe a procedure as boxes and arrows, independent of how they are drawn."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """A step; `actor` may be empty, and `is_here` marks where the walk stands."""

    id: str
    actor: str
    action: str
    is_here: bool = False

    @property
    def label(self) -> str:
        return f"{self.actor}:{self.action}" if self.actor else self.action


@dataclass(frozen=True, slots=True)
class Arrow:
    source: str
    target: str
    label: str = ""
    is_setback: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """Boxes in the order of the pack, the start first, and arrows between their ids."""

    title: str
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
