"""Make text comparable: normalise, cut into words, spell in pinyin, find dates."""
