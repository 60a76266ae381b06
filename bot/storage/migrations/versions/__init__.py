"""Hold one module for each migration, with an upgrade and a downgrade."""
