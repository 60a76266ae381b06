"""Try the promises of docs/reliability.md and write what came of it."""
