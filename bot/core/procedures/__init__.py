"""Walk people through procedures: the graph, the position of a walk, its cards and pages."""
