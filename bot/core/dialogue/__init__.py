"""Decide one update by rules in order: presses, commands, small talk, suggestions."""
