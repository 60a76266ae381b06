"""Find stored phrasings by shared features, weighted by idf, with Dice's coefficient."""
