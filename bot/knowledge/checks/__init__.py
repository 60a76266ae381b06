"""Checks across the files of a pack: whether what each says fits what the others say."""
