"""Dates worked out: which calculator is meant, the talk about it, what comes out."""
