"""QQ: an official robot that is called back, one to one and in groups."""
