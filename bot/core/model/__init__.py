"""Data only: what a pack, a session, an update, an understanding and a reply are."""
