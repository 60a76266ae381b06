"""Name the words that the code knows by their role; all other words are in the pack."""

from __future__ import annotations

PORTAL = "入口"
"""The aspect whose entries differ by region."""


MATERIALS = "材料"
