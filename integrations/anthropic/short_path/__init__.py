"""The memory tool at a path of one segment."""
