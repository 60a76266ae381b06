"""Text made comparable: normalised, cut into words, spelt in pinyin, dates found."""
