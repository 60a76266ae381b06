"""Hold data only: packs, sessions, updates, understandings, replies."""
