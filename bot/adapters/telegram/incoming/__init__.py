"""Receive Telegram's payloads, by fetching or webhook: read and store before acknowledging."""
