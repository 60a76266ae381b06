"""What the bot is, with no platform, database, file or clock in it."""
