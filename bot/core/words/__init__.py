"""Chinese that belongs to no pack: moves, numerals, commands."""
