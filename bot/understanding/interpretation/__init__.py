"""How one question may be taken: alone, with the context, clause by clause, in a conversation."""
