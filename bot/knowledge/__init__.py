"""YAML in, `Pack` out: read a folder, name every mistake at once, build the frozen data of core."""
