"""Run what surrounds the answers: loading pack and understander, clock, chores, platform wiring."""
