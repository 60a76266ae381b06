"""Join one platform each to the core: read payloads into updates, render replies, run a loop."""
