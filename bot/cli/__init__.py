"""The verbs of `zhuce`, one file a group."""
