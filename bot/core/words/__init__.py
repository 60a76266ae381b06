"""Recognise Chinese that belongs to no pack: moves of a walk, and numerals."""
