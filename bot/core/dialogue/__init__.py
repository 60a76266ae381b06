"""The order of rules for one update; presses, commands, small talk and suggestions."""
