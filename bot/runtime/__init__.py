"""What runs beside the answers: pack and understander, clock, chores, the wiring of platforms."""
