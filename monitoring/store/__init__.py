"""The shared tables of all workers."""
