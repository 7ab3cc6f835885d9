"""Programs that run where the real clients are, and nothing of the hub's."""
