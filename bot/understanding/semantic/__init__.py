"""Compare by meaning with an optional sentence encoder, where words leave doubt."""
