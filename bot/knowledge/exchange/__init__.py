"""Read what other programs keep, as a draft of a pack, and write what they read."""
