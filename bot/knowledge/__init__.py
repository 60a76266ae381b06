"""Turn YAML into a `Pack`: read a folder, report every mistake at once, build frozen data."""
