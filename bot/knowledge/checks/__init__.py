"""Check across the files of a pack whether they fit together."""
