"""Phrasings found by their words, characters and pairs, with BM25 weights."""
