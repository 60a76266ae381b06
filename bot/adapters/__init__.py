"""One platform each: read a payload into an `Update`, render a `Reply`, run a loop."""
