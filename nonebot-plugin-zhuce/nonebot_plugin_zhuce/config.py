"""Declare what NoneBot's own configuration may say."""

from __future__ import annotations

from pydantic import BaseModel, Field


class Config(BaseModel):
    """Settings of the plugin; see its README."""

    zhuce_store: str | None = None
    zhuce_journal: str | None = None
    zhuce_knowledge: str | None = None
    zhuce_priority: int = Field(default=90, ge=1)
    zhuce_longest: int = Field(default=1500, ge=100)
