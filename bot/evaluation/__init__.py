"""The engine on questions that no pack was made for: how well it finds, how sure it is, how fast.

Everything here measures; what is measured is `bot.understanding.collection.retriever`.
"""
