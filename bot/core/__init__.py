"""Decide what the bot says, with no platform, database, file or clock in it."""
