"""Programs that run where the real libraries are, and nothing of the hub's."""
