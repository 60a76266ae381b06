"""Serve the operators' console at `/admin`: look, try questions, edit, propose, go back.

What a newcomer would get wrong: this room decides nothing about answers.  Every reply shown comes
from the functions that answer people, and every change goes through the checks of the pack.
"""

from bot.admin.routes import console_router

__all__ = ["console_router"]
