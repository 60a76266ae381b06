"""Define the verbs of `zhuce`, one file a group."""
