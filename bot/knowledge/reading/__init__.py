"""Bytes in, located data out: safe YAML with the file and line of every value."""
