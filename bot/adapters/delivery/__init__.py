"""Taking replies to people on any platform: in order, at what pace, cut where."""
