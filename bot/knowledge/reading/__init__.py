"""Read bytes into located data: safe YAML with the file and line of every value."""
