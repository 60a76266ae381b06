"""Reply to free text: one answer, one question back, or a refusal with its reason."""
