"""Search a collection of questions without a pack; only `zhuce kb eval` uses this engine."""
