"""Save tables, map them and look things up in them; nothing here knows of words or entries."""
