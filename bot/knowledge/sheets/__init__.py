"""Take a pack to a table (CSV, XLSX) and back, without losing a character of its files."""
