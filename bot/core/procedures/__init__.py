"""Procedures walked step by step: the graph, where a walk stands, and its cards."""
