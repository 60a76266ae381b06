"""Tables that are saved, mapped and looked up; nothing here knows of words or entries."""
