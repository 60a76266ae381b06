"""One module a migration, each with a way up and a way down."""
