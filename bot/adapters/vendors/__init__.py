"""Call the APIs of platforms, keep their access tokens, and examine both."""
