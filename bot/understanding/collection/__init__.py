"""The engine for a collection of questions without a pack: only `zhuce kb eval` uses it."""
