"""Telegram's payloads in: fetched or posted, read, and stored before they are acknowledged."""
