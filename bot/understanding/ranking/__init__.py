"""Entries of a pack ranked for one utterance, with every signal of the score."""
