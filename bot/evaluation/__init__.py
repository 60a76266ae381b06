"""Measure the collection engine on questions that no pack was made for.

It measures ranking, calibration and speed of `bot.understanding.collection.retriever`, which
answers no user; people are answered by `bot.understanding.ranking`.
"""
