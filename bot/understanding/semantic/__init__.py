"""The optional sentence encoder: a second opinion by meaning."""
